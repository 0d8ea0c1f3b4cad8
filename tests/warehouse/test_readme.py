"""Every example in warehouse/README.md and every query in warehouse/queries runs on the samples."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "warehouse/README.md").read_text("utf-8")
QUERIES = sorted((ROOT / "warehouse/queries").glob("*.sql"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the README assumes it: the samples' warehouse in warehouse/data, and the queries."""
    here = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "warehouse/queries", here / "warehouse/queries")
    command = [sys.executable, "-m", "flows", "ingest", str(ROOT / "tests/samples"), "--warehouse", "warehouse/data"]
    subprocess.run(command, cwd=here, check=True, capture_output=True, env=_environment())
    return here


def _environment() -> dict[str, str]:
    import os

    return os.environ | {"PYTHONPATH": str(ROOT), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


@pytest.mark.parametrize("number", range(len(re.findall(r"```python\n", README))))
def test_python_examples_run(number: int, folder: Path) -> None:
    code = re.findall(r"```python\n(.*?)```", README, re.DOTALL)[number]
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, env=_environment())
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.parametrize("number", range(len(re.findall(r"```sh\n", README))))
def test_shell_examples_run(number: int, folder: Path) -> None:
    code = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)[number]
    done = subprocess.run(code, shell=True, cwd=folder, capture_output=True, text=True, env=_environment())
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_there_are_ten_queries() -> None:
    assert len(QUERIES) >= 10


@pytest.mark.parametrize("query", QUERIES, ids=lambda path: path.stem)
def test_queries_run(query: Path, folder: Path) -> None:
    sql = query.read_text("utf-8")
    assert sql.startswith("-- "), "a query says in its first line what it answers"
    con = duckdb.connect(str(folder / "warehouse/data/catalogue.duckdb"), read_only=True)
    try:
        assert con.execute(sql).description
    finally:
        con.close()


def test_a_moved_warehouse_is_found_by_its_variable(folder: Path, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere"
    shutil.copytree(folder / "warehouse/data", moved)
    hidden = folder / "warehouse/hidden"
    (folder / "warehouse/data").rename(hidden)
    try:
        con = duckdb.connect(str(moved / "catalogue.duckdb"), read_only=True)
        with pytest.raises(duckdb.IOException):
            con.execute("SELECT count(*) FROM articles")
        con.execute("SET VARIABLE warehouse = $1", [str(moved)])
        assert con.execute("SELECT count(*) > 0 FROM articles").fetchone() == (True,)
        con.close()
    finally:
        hidden.rename(folder / "warehouse/data")
