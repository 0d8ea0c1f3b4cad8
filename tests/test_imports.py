"""Imports point downwards, and heavy libraries come only when they are used."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

FLOORS = ("schemas", "warehouse", "flows")
"""Lowest first. A floor may import itself and those before it."""

STAGES = ("flows/extract", "flows/segment", "flows/clean", "flows/match", "flows/restore")
ORCHESTRATED = {f"flows/{name}.py" for name in ("ingest", "audit", "maintain", "serve", "deployments", "today")}
"""The only modules that may know Prefect."""


def _modules(folder: str) -> list[Path]:
    return sorted(path for path in (ROOT / folder).rglob("*.py"))


def _imports(path: Path) -> Iterator[str]:
    """Every module that a file imports anywhere in it, names of modules imported from a package included."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _named(path: Path) -> str:
    return str(path.relative_to(ROOT))


EVERY = [path for floor in FLOORS for path in _modules(floor)]


@pytest.mark.parametrize("path", EVERY, ids=_named)
def test_imports_point_downwards(path: Path) -> None:
    floor = FLOORS.index(path.relative_to(ROOT).parts[0])
    above = {*FLOORS[floor + 1 :], "tests"}
    assert not {name for name in _imports(path) if name.split(".")[0] in above}


@pytest.mark.parametrize("path", [p for stage in STAGES for p in _modules(stage)], ids=_named)
def test_stages_know_neither_prefect_nor_the_warehouse(path: Path) -> None:
    assert not {name for name in _imports(path) if name.split(".")[0] in ("prefect", "warehouse")}
    rest = ("flows.pipeline", "flows.steps", "flows.commands", "flows.ingest", "flows.settings", "flows.capture")
    assert not {name for name in _imports(path) if name.startswith(rest)}


@pytest.mark.parametrize("path", EVERY, ids=_named)
def test_prefect_is_known_to_the_flows_alone(path: Path) -> None:
    if _named(path) not in ORCHESTRATED:
        assert not {name for name in _imports(path) if name.split(".")[0] == "prefect"}


def test_the_modules_of_the_test_are_those_of_the_packages() -> None:
    assert len(EVERY) > 60
    assert {_named(path) for path in EVERY} & ORCHESTRATED


def _loaded(arguments: list[str], warehouse: Path) -> set[str]:
    """Top-level modules in memory after a command."""
    program = (
        "import sys, json, contextlib, io\n"
        "from flows.__main__ import main\n"
        "with contextlib.redirect_stdout(io.StringIO()):\n"
        f"    status = main({arguments!r})\n"
        "assert status == 0, status\n"
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"DIBAO_WAREHOUSE": str(warehouse), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


READERS = {"lxml", "bs4", "trafilatura", "htmldate", "resiliparse", "selectolax", "opencc"}
HEAVY = READERS | {
    "numpy",
    "pandas",
    "pyarrow",
    "duckdb",
    "deltalake",
    "warcio",
    "fastwarc",
    "prefect",
    "rich",
    "httpx",
}


@pytest.mark.parametrize("arguments", [["--help"], ["ingest", "--help"], ["query", "--help"], ["source", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    assert not _loaded(arguments, tmp_path) & HEAVY


def test_listing_sources_loads_no_table_library(tmp_path: Path) -> None:
    assert not _loaded(["source", "list"], tmp_path) & (READERS | {"pandas", "prefect", "warcio"})


@pytest.mark.parametrize("arguments", [["query", "SELECT 1"], ["status"]])
def test_asking_loads_no_reader(arguments: list[str], sampled: Path) -> None:
    assert not _loaded(arguments, sampled) & (READERS | {"pandas", "prefect", "warcio", "fastwarc", "httpx"})


def test_the_direct_path_loads_no_prefect(samples: Path, tmp_path: Path) -> None:
    text = samples / "harbour-post" / "2024-03-06-ferry.txt"
    assert not _loaded(["ingest", str(text), "--workers", "1"], tmp_path / "w") & {"prefect", "fastapi"}
