"""What there is to check."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tests.jobs import copied, ingest
from warehouse import fixity
from warehouse.store import Warehouse


def test_every_file_of_every_snapshot_once(sampled: Path, tmp_path: Path) -> None:
    root = copied(sampled, tmp_path / "w")
    more = tmp_path / "more"
    more.mkdir()
    (more / "1.txt").write_text("自三月起，渡船每日两班。", "utf-8")
    ingest(root, more)
    listed = fixity.files(root)
    assert [each.path for each in listed] == sorted({each.path for each in listed})
    on_disk = {str(path.relative_to(root)) for path in (root / "raw").rglob("*") if path.is_file()}
    on_disk |= {str(path.relative_to(root)) for path in (root / "tables").rglob("*.parquet")}
    assert {each.path for each in listed} == on_disk
    for each in listed:
        assert fixity.sha256(root, each.path) == each.sha256


def test_a_file_that_cannot_be_read_has_no_hash(tmp_path: Path) -> None:
    assert fixity.sha256(tmp_path, "none") is None
    (tmp_path / "x").write_bytes(b"x")
    assert fixity.sha256(tmp_path, "x") == hashlib.sha256(b"x").hexdigest()


def test_a_snapshot_that_cannot_be_read_hides_no_file_of_the_others(sampled: Path, tmp_path: Path) -> None:
    root = copied(sampled, tmp_path / "w")
    more = tmp_path / "1.txt"
    more.write_text("自三月起，渡船每日两班。", "utf-8")
    ingest(root, more)
    expected = fixity.files(root)
    (root / "snapshots" / "00000001.json").write_text("{", "utf-8")
    assert fixity.files(root) == expected
    assert Warehouse(root).latest() is not None
