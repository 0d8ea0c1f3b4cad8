"""What many tests use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("dibao", deadline=None)  # no test asserts a time
settings.load_profile("dibao")

ROOT = Path(__file__).resolve().parent.parent


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
