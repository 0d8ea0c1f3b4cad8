"""An audit finds nothing where all is well, and every sort of damage."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from flows.examine import Report, examine, part
from flows.settings import SettingsError
from schemas import TABLES
from schemas.render.checks import table_checks
from tests.jobs import command, copied, ingest, rows, value
from warehouse.errors import Missing
from warehouse.store import Warehouse


def audited(root: Path) -> Report:
    return examine(Warehouse(root))


@pytest.fixture
def mine(sampled: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    return copied(sampled, tmp_path / "w")


def test_nothing_is_wrong_with_the_samples(mine: Path) -> None:
    report = audited(mine)
    assert report.findings == []
    assert report.files == value(mine, "SELECT count(*) FROM fixity WHERE target NOT LIKE '%@%'")
    assert report.records == value(mine, "SELECT count(*) FROM captures WHERE record_type <> 'revisit'")
    assert report.checks >= sum(len(table_checks(each)) for each in TABLES)


def test_what_was_read_is_on_record(mine: Path) -> None:
    report = audited(mine)
    assert value(mine, "SELECT count(*) FROM fixity") == report.files + report.records == len(report.rows)
    assert rows(mine, "SELECT target FROM fixity WHERE NOT ok OR expected_sha256 <> actual_sha256") == []
    assert value(mine, "SELECT number FROM snapshot") == 2
    audited(mine)
    assert value(mine, "SELECT count(DISTINCT checked_at) FROM fixity") == 2
    assert audited(mine).findings == []


def _flip(path: Path, share: float = 0.5) -> None:
    data = bytearray(path.read_bytes())
    data[int(len(data) * share)] ^= 0x55
    path.write_bytes(data)


def own_segment(root: Path) -> Path:
    (name,) = rows(root, "SELECT warc_file FROM warc_files WHERE origin_uri IS NULL")[0]
    return Warehouse(root).raw / str(name)


def taken_in(root: Path) -> Path:
    (name,) = rows(root, "SELECT warc_file FROM warc_files WHERE origin_uri LIKE '%lanwang-crawl%'")[0]
    return Warehouse(root).raw / str(name)


def passages(root: Path) -> Path:
    return next((root / "tables" / "passages").glob("*.parquet"))


DAMAGE: dict[str, tuple[Callable[[Path], object], set[str]]] = {
    "a flipped byte in our own segment": (lambda root: _flip(own_segment(root)), {"files", "records"}),
    "a flipped byte in a crawl": (lambda root: _flip(taken_in(root), 0.2), {"files", "records"}),
    "a segment that is gone": (lambda root: own_segment(root).unlink(), {"files", "records"}),
    "a segment that is cut": (
        lambda root: own_segment(root).write_bytes(own_segment(root).read_bytes()[:-50]),
        {"files"},
    ),
    "a flipped byte in a table": (lambda root: _flip(passages(root)), {"files"}),
    "a table file that is gone": (lambda root: passages(root).unlink(), {"files", "digests", "catalogue"}),
    "a row taken out": (
        lambda root: pq.write_table(pq.read_table(passages(root)).slice(1), passages(root)),
        {"files", "digests", "documents.text_is_the_passages"},
    ),
}


@pytest.mark.parametrize(("damage", "found"), DAMAGE.values(), ids=DAMAGE.keys())
def test_damage_is_found(mine: Path, damage: Callable[[Path], object], found: set[str]) -> None:
    damage(mine)
    told = {each.check for each in audited(mine).findings}
    assert found <= told


def test_a_changed_snapshot_is_found(mine: Path, samples: Path, tmp_path: Path) -> None:
    more = tmp_path / "1.txt"
    more.write_text("渡口改期\n自三月起，渡船每日两班。\n", "utf-8")
    ingest(mine, more)
    path = mine / "snapshots" / "00000001.json"
    fields = json.loads(path.read_bytes())
    fields["tables"]["passages"]["rows"] += 1
    path.write_text(json.dumps(fields), "utf-8")
    findings = audited(mine).findings
    assert [each.check for each in findings] == ["snapshot chain"]
    assert "Snapshot 2 does not follow from snapshot 1" in findings[0].message


def test_the_damage_stays_on_record(mine: Path) -> None:
    _flip(own_segment(mine))
    audited(mine)
    bad = rows(mine, "SELECT target, expected_sha256 = actual_sha256 FROM fixity WHERE NOT ok ORDER BY 1")
    assert bad
    assert all(same in (False, None) for _, same in bad)


def test_nothing_to_audit_is_said(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="dibao ingest"):
        audited(tmp_path / "none")


def test_the_command_ends_with_1_where_something_is_wrong(mine: Path) -> None:
    good = command("audit", "--json", "--warehouse", mine)
    assert good.returncode == 0
    assert json.loads(good.stdout)["findings"] == []
    _flip(own_segment(mine))
    bad = command("audit", "--warehouse", mine)
    assert bad.returncode == 1
    assert "has changed" in bad.stdout
    assert "Traceback" not in bad.stderr


def test_a_part_of_the_bytes_is_read_and_another_part_on_another_day(sampled: Path, tmp_path: Path) -> None:
    root = copied(sampled, tmp_path / "w")
    whole = examine(Warehouse(root)).rows
    read = []
    for day in range(1, 9):
        report = examine(Warehouse(root), clock=lambda day=day: datetime(2024, 3, day, tzinfo=UTC), part=0.3)  # type: ignore[misc]
        assert report.findings == []
        read.append({row["target"] for row in report.rows})
    assert all(0 < len(each) < len(whole) * 0.6 for each in read)
    assert len(set(map(frozenset, read))) == len(read)
    seen = set().union(*read)
    assert sum(row["target"] in seen for row in whole) > len(whole) * 0.8


@pytest.mark.parametrize(("text", "found"), [("5%", 0.05), ("0.05", 0.05), ("100%", 1.0), (None, 1.0)])
def test_parts(text: str | None, found: float) -> None:
    assert part(text) == found


@pytest.mark.parametrize("text", ["", "0", "5", "-1%", "101%", "5%x", "nan"])
def test_what_is_no_part_is_said(text: str) -> None:
    with pytest.raises(SettingsError, match="5%"):
        part(text)
