"""Whatever file of a warehouse is damaged, missing or foreign, an audit tells of it and goes on to the end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.examine import examine
from tests.jobs import command, copied, ingest
from warehouse.store import Warehouse

HARMS: dict[str, Callable[[bytes], bytes | None]] = {
    "empty": lambda data: b"",
    "cut": lambda data: data[: len(data) // 2],
    "garbage": lambda data: b"\x00\xff no such thing" * 99,
    "gone": lambda data: None,
}
SORTS = {
    "table": "tables/passages/*.parquet",
    "captures": "tables/captures/*.parquet",
    "snapshot": "snapshots/*.json",
    "list of files": "manifests/*.json",
    "raw": "raw/**/*.warc.gz",
    "catalogue": "catalogue.duckdb",
    "Delta log": "tables/passages/_delta_log/*.json",
}
UNTOLD = {("catalogue", "gone"), ("snapshot", "gone"), ("Delta log", "gone")}
"""What is made anew, and a last snapshot that is gone with nothing after it to miss it."""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Path:
    root = tmp_path_factory.mktemp("small") / "w"
    ingest(root, samples / "harbour-post")
    return root


def harm(root: Path, pattern: str, how: str) -> Path:
    path = sorted(root.glob(pattern))[0]
    data = HARMS[how](path.read_bytes())
    if data is None:
        path.unlink()
    else:
        path.write_bytes(data)
    return path


@pytest.mark.parametrize("how", HARMS)
@pytest.mark.parametrize("sort", SORTS)
def test_a_damaged_file_is_told_of(small: Path, tmp_path: Path, sort: str, how: str) -> None:
    root = copied(small, tmp_path / "w")
    harm(root, SORTS[sort], how)
    if (sort, how) == ("snapshot", "gone"):
        return
    report = examine(Warehouse(root))
    for each in report.findings:
        assert "\n" not in each.message
        assert "Traceback" not in each.message
    assert bool(report.findings) or (sort, how) in UNTOLD


def test_a_foreign_file_is_told_of(small: Path, tmp_path: Path) -> None:
    root = copied(small, tmp_path / "w")
    for name in ("tables/x.csv", "tables/passages/x.csv", "snapshots/note.txt", "raw/page.html"):
        (root / name).write_text("a\n1\n", "utf-8")
    told = [each.message for each in examine(Warehouse(root)).findings if each.check == "foreign"]
    assert len(told) == 4


def test_the_command_says_it_in_lines_and_ends_with_1(small: Path, tmp_path: Path) -> None:
    root = copied(small, tmp_path / "w")
    harm(root, SORTS["table"], "garbage")
    (root / "sources").mkdir(exist_ok=True)
    (root / "sources" / "bad.toml").write_text("location = [", "utf-8")
    done = command("audit", "--warehouse", root)
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    for sort in ("files", "digests", "sources"):
        assert f"\n{sort} " in done.stdout
    asked = command("query", "SELECT count(text) FROM passages", "--warehouse", root)
    assert asked.returncode == 1
    assert asked.stderr.count("\n") == 1
