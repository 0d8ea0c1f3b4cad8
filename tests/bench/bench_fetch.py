"""How fast pages are fetched and kept, from a server on this machine: `python -m tests.bench.bench_fetch`.

The server runs in a process of its own. Ten names stand for ten hosts. Prints pages a second, processor seconds a page
and the growth of memory; then the times of a first and a second run over unchanged pages, reading included.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from flows.capture.known import Catalogued
from flows.capture.seen import Seen
from flows.capture.session import Session
from flows.sources.registry import Source
from flows.sources.visit import Visit
from flows.sources.wants import Want
from tests.makers.archive import Archive, story
from warehouse.raw import SegmentWriter

HOSTS = 10
KINDS = 50
"""Different pages; the server hands them out under any number."""


def serve(pipe: Connection) -> None:
    """A small server that answers from memory: an event loop, so that it costs little of the machine."""
    import asyncio

    bodies = [story(n, "江岸" * 1500) for n in range(KINDS)]

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1]
                if path == b"/robots.txt":
                    writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                    continue
                number = int(path[1:])
                tag = b'"%d"' % number
                if b"if-none-match: " + tag in head.lower():
                    writer.write(b"HTTP/1.1 304 Not Modified\r\nETag: " + tag + b"\r\n\r\n")
                    continue
                body = bodies[number % KINDS].replace("全文至此".encode(), b"%08d" % number)
                lines = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nETag: %b\r\nContent-Length: %d"
                writer.write(lines % (tag, len(body)) + b"\r\n\r\n" + body)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def main() -> None:
        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


def options(**more: Any) -> dict[str, Any]:
    return {"allow_private": ["127.0.0.0/8"], "max_requests": 10_000_000, "hosts": HOSTS} | more


def throughput(port: int, pages: int, folder: Path) -> dict[str, float]:
    """Fetch and keep pages of ten hosts; no reading."""
    archive = Archive(folder)
    urls = [f"http://host{n % HOSTS}.example:{port}/{n}" for n in range(pages)]
    source = Source(id="bench", kind="pages", location="", options=options())
    clock = lambda: datetime.now(UTC)  # noqa: E731
    with archive.warehouse.writer() as held:
        seen = Seen(archive.warehouse.state, source.id, None)
        with SegmentWriter(archive.warehouse.raw, "bench", clock(), {}) as segments:
            session = Session(segments, archive.warehouse.raw, Catalogued(held.con()), "bench", clock)
            visit = Visit(source, session, seen, resolver=lambda host, port: ["127.0.0.1"])
            rows, quarter = 0, 0
            started, cpu = time.perf_counter(), time.process_time()
            for batch in visit.run(Want(url) for url in urls):
                rows += len(batch.captures)
                if not quarter and rows * 4 > pages:
                    quarter = peak()
            seconds, used = time.perf_counter() - started, time.process_time() - cpu
    assert rows == pages, rows
    return {
        "pages": pages,
        "pages_per_second": round(pages / seconds, 1),
        "cpu_ms_per_page": round(used / pages * 1000, 2),
        "peak_mb": round(peak() / 1024),
        "growth_mb_after_first_quarter": round((peak() - quarter) / 1024, 1),
    }


def repeat(port: int, pages: int, folder: Path) -> dict[str, float]:
    """A first and a second run of the whole job over the same pages of one host."""
    archive = Archive(folder)
    urls = [f"http://127.0.0.1:{port}/{n}" for n in range(pages)]
    source = Source(id="bench", kind="pages", location="", options=options(urls=urls))
    times = []
    for _ in range(2):
        started = time.perf_counter()
        archive.take(source)
        times.append(time.perf_counter() - started)
    texts = archive.sql("SELECT count(DISTINCT snapshot) FROM runs WHERE documents > 0")[0][0]
    return {
        "pages": pages,
        "first_seconds": round(times[0], 2),
        "second_seconds": round(times[1], 2),
        "second_over_first": round(times[1] / times[0], 3),
        "runs_that_added_documents": texts,
    }


def peak() -> int:
    """The most memory that this process has held, in kB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--repeat", type=int, default=1_000)
    asked = parser.parse_args()
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    port = ours.recv()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[0]})  # one core
    with tempfile.TemporaryDirectory() as folder:
        told = {"throughput": throughput(port, asked.pages, Path(folder) / "a")}
        told["repeat"] = repeat(port, asked.repeat, Path(folder) / "b")
    server.terminate()
    json.dump(told, sys.stdout, indent=1)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
