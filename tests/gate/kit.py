"""The scorers of the kit beside the corpus, and the gold they read, for the quality gates."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


def scorer(shared: Path, name: str) -> ModuleType:
    """A scorer of the kit as a module; skips where the kit is not there."""
    file = shared / "kit" / f"{name}.py"
    if not file.exists():
        pytest.skip(f"no {name} in the kit")
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def folder_sha256(folder: Path) -> str:
    """SHA-256 over the names and bytes of a gold folder's files, so that a floor speaks of one gold only."""
    digest = hashlib.sha256()
    for file in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
