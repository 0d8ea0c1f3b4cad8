"""Object stores for tests, on loopback only: moto, a real one (SeaweedFS), and a way to either that goes wrong."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

_STARTED = 60.0
_BUCKETS = count(1)


@dataclass
class Server:
    """An object store that runs: its address, and a bucket in it for each test."""

    endpoint: str
    process: subprocess.Popen[bytes]

    def bucket(self) -> str:
        """Make a bucket of its own; returns its name."""
        name = f"bucket-{os.getpid()}-{next(_BUCKETS)}"
        httpx.put(f"{self.endpoint}/{name}", trust_env=False).raise_for_status()
        return name


def environment(endpoint: str, cache: Path, patience: float = 10) -> dict[str, str]:
    """What a process must be told to find a server; the credentials are none."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
        "AWS_REGION": "us-east-1",
        "DIBAO_CACHE": str(cache),
        "DIBAO_PATIENCE": str(patience),
    }


def told(patch: pytest.MonkeyPatch, endpoint: str, cache: Path, patience: float = 10) -> None:
    """Tell this process."""
    for name, value in environment(endpoint, cache, patience).items():
        patch.setenv(name, value)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _await(endpoint: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _STARTED
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(endpoint, trust_env=False).status_code < 500:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise RuntimeError(f"The object store at {endpoint} did not start (exit code {process.poll()}).")


@contextmanager
def moto() -> Iterator[Server]:
    """moto in a process of its own: delta-rs holds Python's lock while it asks, and would wait for itself."""
    port = free_port()
    yield from _running([sys.executable, __file__, str(port)], f"http://127.0.0.1:{port}")


def serve_moto(port: int) -> None:
    """Serve one request at a time: moto looks at the conditions of a put first and writes then, and two may meet."""
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import run_simple

    turn, inner = threading.Lock(), DomainDispatcherApplication(create_backend_app)

    def one_by_one(environ: Any, start: Any) -> Any:
        with turn:
            return [b"".join(inner(environ, start))]

    run_simple("127.0.0.1", port, one_by_one, threaded=True)


@contextmanager
def weed(folder: Path) -> Iterator[Server]:
    """SeaweedFS in one process, on loopback, and telling nobody that it runs. Killed at the end: it ends slowly.

    With the folder of one that was killed it is that one again, at another address.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # Said outright: one that is started again with its data lets nobody in of whom it was told nothing.
    anybody = {"name": "anonymous", "actions": ["Admin", "Read", "Write", "List", "Tagging"]}
    nobody = {"name": "nobody", "credentials": [{"accessKey": "nobody", "secretKey": "nothing"}]}
    config = folder / "s3.json"
    config.write_text(json.dumps({"identities": [anybody, nobody | {"actions": anybody["actions"]}]}))
    names = ("master", "volume", "filer", "s3")
    ports = {each: free_port() for name in names for each in (f"{name}.port", f"{name}.port.grpc")}
    port = ports["s3.port"]
    command = [
        *(shutil.which("weed") or str(Path(sys.executable).with_name("weed")), "server", f"-dir={folder}"),
        *("-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3", f"-s3.config={config}", "-s3.port.iceberg=0"),
        "-s3.port.lance=0",
        *("-master.telemetry=false", "-master.telemetry.url=http://127.0.0.1:9/"),
        *("-master.volumeSizeLimitMB=64", "-volume.max=32", "-master.electionTimeout=1s"),
        *(f"-{name}={number}" for name, number in ports.items()),
    ]
    yield from _running(command, f"http://127.0.0.1:{port}", bucket=True)


def _running(command: list[str], endpoint: str, *, bucket: bool = False) -> Iterator[Server]:
    # Whatever a server might want to say to anybody else, it says to a port where nobody listens.
    nobody = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9")
    environ = os.environ | nobody | {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environ)
    try:
        _await(endpoint, process)
        server = Server(endpoint, process)
        until = time.monotonic() + _STARTED
        while bucket:
            try:
                server.bucket()
                break
            except httpx.HTTPError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)
        yield server
    finally:
        process.kill()
        process.wait()


# ---------------------------------------------------------------- a way that goes wrong

Fault = Callable[[str, str, int], str]
"""From method, path and the number of the request (from 1) to what becomes of it: "" it passes, "down" nobody answers,
"refused" who asks may not, "lost" it is done and the answer does not arrive, "slow" the server asks to slow down,
"blind" its conditions get lost."""


@dataclass
class Way:
    """A proxy to a server, and what goes wrong on it."""

    endpoint: str
    fault: Fault = lambda method, path, number: ""
    requests: list[tuple[str, str, str]] = field(default_factory=list)
    """Method, path and what became of each request so far."""


@contextmanager
def way_to(server: str) -> Iterator[Way]:
    """A way to a server on which a test can make anything go wrong."""
    turn = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with turn:
                ends = way.fault(self.command, self.path, len(way.requests) + 1)
                way.requests.append((self.command, self.path, ends))
            if ends == "down":
                self.close_connection = True
                return
            if ends == "slow":
                self._answer(503, {}, b"<Error><Code>SlowDown</Code><Message>Reduce your rate.</Message></Error>")
                return
            if ends == "refused":
                self._answer(403, {}, b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>")
                return
            headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            if ends == "blind":
                headers = {name: value for name, value in headers.items() if not name.lower().startswith("if-")}
            done = client.request(self.command, f"{server}{self.path}", headers=headers, content=body)
            if ends == "lost":
                self.close_connection = True
                return
            kept = {n: v for n, v in done.headers.items() if n.lower() not in ("transfer-encoding", "connection")}
            self._answer(done.status_code, kept, done.content)

        def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response_only(status)
            for name, value in headers.items():
                if name.lower() != "content-length" or self.command == "HEAD":
                    self.send_header(name, value)
            if self.command != "HEAD":
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_one  # noqa: N815

    with httpx.Client(trust_env=False, timeout=30) as client, ThreadingHTTPServer(("127.0.0.1", 0), Handler) as proxy:
        way = Way(f"http://127.0.0.1:{proxy.server_address[1]}")
        thread = threading.Thread(target=proxy.serve_forever, daemon=True)
        thread.start()
        try:
            yield way
        finally:
            proxy.shutdown()
            thread.join()


if __name__ == "__main__":
    serve_moto(int(sys.argv[1]))
