"""What many tests use."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tests.buckets import Server

settings.register_profile("dibao", deadline=None)  # no test asserts a time
settings.load_profile("dibao")

ROOT = Path(__file__).resolve().parent.parent


SLOW = 0.8
"""Seconds of a processor above which a test is slow; what is left takes two cores two to three minutes."""
LISTED = ROOT / "tests" / "slow.txt"
"""The slow tests, a line each: made by `DIBAO_NOTE_SLOW=1 pytest -m 'not corpus'`, which times what it runs."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the listed tests as slow, however they are parametrised."""
    listed = set(LISTED.read_text().split())
    for item in items:
        if item.nodeid.partition("[")[0] in listed:
            item.add_marker("slow")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Note the seconds of a processor that a test takes, with those of the programs that it starts."""
    began = _processor()
    yield
    item.user_properties.append(("processor", _processor() - began))


def _processor() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in both)


_seconds: dict[str, list[float]] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Gather what was noted, in the process that reports."""
    if report.when == "call":
        _seconds.setdefault(report.nodeid.partition("[")[0], []).append(dict(report.user_properties)["processor"])


def pytest_sessionfinish() -> None:
    """Write the list of slow tests anew where that is asked for."""
    if os.environ.get("DIBAO_NOTE_SLOW") and "PYTEST_XDIST_WORKER" not in os.environ:
        slow = {name for name, each in _seconds.items() if sum(each) / len(each) > SLOW}
        kept = set(LISTED.read_text().split()) - set(_seconds)  # those that this run left out
        LISTED.write_text("".join(f"{name}\n" for name in sorted(kept | slow)))


@pytest.fixture(scope="session", autouse=True)
def _disk_is_not_waited_for() -> Iterator[None]:
    """What a power cut would lose no test can see, and a run of one small file waits for the disk a hundred times.

    Programs that tests start, and kill, wait for it as always.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        yield


@pytest.fixture(scope="session")
def samples() -> Path:
    """The bundled demo input."""
    return ROOT / "tests" / "samples"


@pytest.fixture(scope="session")
def s3() -> Iterator[Server]:
    """A server of buckets (moto), one a process of tests; started where a test wants it."""
    from tests.buckets import moto

    with moto() as server:
        yield server


@pytest.fixture
def bucket(s3: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The local folder of a warehouse in an empty bucket that this process can reach."""
    from flows.places import warehouse_folder
    from tests.buckets import told

    told(monkeypatch, s3.endpoint, tmp_path / "cache")
    return warehouse_folder(f"s3://{s3.bucket()}/an/archive")


@pytest.fixture(scope="session")
def golden() -> Path:
    """Nasty files and the rows that are expected of them."""
    return ROOT / "tests" / "golden"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the real corpus: DIBAO_SHARED, else `shared` beside the checkout. Skips where it is absent."""
    folder = Path(os.environ.get("DIBAO_SHARED") or ROOT.parent / "shared")
    if not (folder / "corpus").is_dir():
        pytest.skip(f"no real corpus at {folder}")
    return folder


@pytest.fixture(scope="session")
def sampled(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with the samples in it, for reading only."""
    from tests.jobs import ingest

    root = tmp_path_factory.mktemp("sampled") / "warehouse"
    ingest(root, samples)
    return root
