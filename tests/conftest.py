"""What many tests use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


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
