"""What is fetched can be replayed by another tool: pywb indexes the WARC files and serves back what was fetched.

pywb 2.10 asks for redis 2.10.6 and Prefect for a much newer one, so that pywb lives in an environment of its own:
DIBAO_PYWB names its Python, as CI does; without it the test makes one.
"""

from __future__ import annotations

import gzip
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from flows.sources.registry import Source
from tests.makers.archive import Archive, story
from tests.makers.web_server import Page, serving

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ROOT / ".ci" / "pywb.txt"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with pywb's commands."""
    if named := os.environ.get("DIBAO_PYWB"):
        return Path(named).parent
    folder = tmp_path_factory.mktemp("pywb") / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=120)
    install = [str(folder / "bin" / "pip"), "install", "--quiet", "--only-binary", "gevent", "-r", str(PACKAGES)]
    kept = {name: text for name, text in os.environ.items() if name != "PIP_CONSTRAINT"}
    done = subprocess.run(install, env=kept, capture_output=True, text=True, timeout=500, check=False)
    if done.returncode:
        pytest.skip(f"pywb cannot be installed here: {done.stderr.strip().splitlines()[-1:]}")
    return folder / "bin"


def ticking() -> Any:
    """A clock whose moments lie a second apart, for an index of replays knows no less."""
    steps = count()
    return lambda: datetime(2024, 3, 1, tzinfo=UTC) + timedelta(seconds=next(steps))


@contextmanager
def replaying(tools: Path, folder: Path) -> Iterator[str]:
    """pywb's own server on loopback, and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(tools / "wayback"), "-b", "127.0.0.1", "-p", str(port), "-d", str(folder)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert server.poll() is None, "pywb's server ended"
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/c"
    finally:
        server.terminate()
        server.wait(timeout=30)


def test_pywb_serves_back_what_was_fetched(tools: Path, tmp_path: Path) -> None:
    packed = (("Content-Encoding", "gzip"),)
    told: dict[str, Any] = {
        "/plain": Page(story(1)),
        "/chunked": Page(story(2), chunked=True),
        "/gzip": Page(gzip.compress(story(3)), headers=packed),
        "/both": Page(gzip.compress(story(4)), chunked=True, headers=packed),
        "/same": Page(story(5), validators=False),
        "/wrapped": Page(story(6), validators=False),
        "/changes": Page(story(7)),
        "/gone": Page(b"<h1>Gone</h1>", status=410),
        "/moved": Page(status=301, headers=(("Location", "/plain"),), validators=False),
    }
    archive, clock = Archive(tmp_path), ticking()
    with serving(told) as site:
        options = {"urls": [site.url(path) for path in told], "allow_private": True, "delay": 0.0}
        source = Source(id="w", kind="pages", location="", options=options)
        archive.take(source, clock=clock)
        site.pages["/wrapped"] = Page(gzip.compress(story(6)), headers=packed, validators=False)
        site.pages["/changes"] = Page(story(7, "更正。"))
        archive.take(source, clock=clock)
    rows = archive.sql(
        "SELECT uri, strftime(captured_at, '%Y%m%d%H%M%S'), payload_sha256, http_status, record_type, location, "
        "warc_offset, warc_length, parse_filename(warc_file) FROM captures ORDER BY captured_at"
    )
    assert len(rows) == 2 * len(told)
    assert {row[4] for row in rows} == {"response", "revisit"}

    replay = tmp_path / "replay"
    replay.mkdir()
    for arguments in (["init", "c"], ["add", "c", *map(str, archive.warcs())]):
        done = [str(tools / "wb-manager"), *arguments]
        subprocess.run(done, cwd=replay, check=True, timeout=120, capture_output=True)
    lines = (replay / "collections" / "c" / "indexes" / "index.cdxj").read_text().splitlines()
    indexed = [json.loads(line.split(" ", 2)[2]) | {"at": line.split(" ", 2)[1]} for line in lines]
    places = {(each["url"], each["at"], int(each["offset"]), int(each["length"]), each["filename"]) for each in indexed}
    assert {(row[0], row[1], *row[6:]) for row in rows} <= places

    with replaying(tools, replay) as server, httpx.Client(timeout=30) as client:
        for uri, at, sha256, status, kind, location, *_ in rows:
            answer = client.get(f"{server}/{at}id_/{uri}")
            wanted = 200 if status == 304 else status
            assert answer.status_code == wanted, (uri, at, kind)
            found = archive.sql("SELECT sha256($1::BLOB)", answer.content)
            assert found == [(sha256,)], (uri, at, kind)
            if location:
                assert answer.headers["location"].endswith("/plain")
