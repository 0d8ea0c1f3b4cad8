"""What other systems than Linux lack is asked for nowhere without a way round it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

_BEREFT = """
import importlib.abc, os, pkgutil, signal, sys
import numpy, pandas, pyarrow, duckdb, subprocess, multiprocessing, tempfile, threading  # which have ways of their own

class Lacking(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in ("fcntl", "resource", "pwd", "grp", "termios"):
            raise ModuleNotFoundError(f"No module named {name!r}")

for name in ("fcntl", "resource", "pwd", "grp", "termios"):
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Lacking())
for name in ("pread", "O_CLOEXEC", "sysconf", "fork", "getuid", "geteuid", "sched_getaffinity", "posix_fadvise"):
    if hasattr(os, name):
        delattr(os, name)
for name in ("SIGXCPU", "SIGKILL", "SIGURG", "SIGALRM"):
    if hasattr(signal, name):
        delattr(signal, name)
"""
"""A process without what only some systems have. Windows lacks more: this is no proof that all goes there."""

_IMPORT = """
import flows, schemas, warehouse
for package in (schemas, warehouse, flows):
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
"""

_RUN = """
from pathlib import Path
from tests.jobs import ingest, rows
folder = Path(sys.argv[1])
(folder / "in").mkdir()
(folder / "in" / "2024-03-01.txt").write_text("Ferries\\n\\nThe ferry runs twice a day from Monday on.\\n", "utf-8")
assert ingest(folder / "w", folder / "in").failures == ()
from warehouse.store import Warehouse
con = Warehouse(folder / "w").connect()
assert con.execute("SELECT count(*) FROM articles").fetchall() == [(1,)]
from flows.match.memory import limits
limits("2GB")
"""


@pytest.mark.slow
@pytest.mark.parametrize("work", [_IMPORT, _RUN], ids=["imports", "a run and a query"])
def test_nothing_needs_what_only_some_systems_have(tmp_path: Path, work: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _BEREFT + work, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
