"""A CSV file that Excel knows for UTF-8."""

from __future__ import annotations

import codecs
from pathlib import Path

from flows.commands.export import command


def test_a_byte_order_mark_is_put_before_a_csv_file_alone(sampled: Path, tmp_path: Path) -> None:
    for name, marked in (("a.csv", True), ("a.jsonl", False)):
        assert command("SELECT '渡口' AS \"a b\"", tmp_path / name, warehouse=sampled, bom=True) == 0
        assert (tmp_path / name).read_bytes().startswith(codecs.BOM_UTF8) is marked
    assert (tmp_path / "a.csv").read_text("utf-8-sig").split() == ["a", "b", "渡口"]
    assert len(list(tmp_path.iterdir())) == 2
