"""The bytes behind an id are those that were captured."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from flows.__main__ import main
from flows.trace import original
from tests.jobs import ROOT, copied, rows, value
from warehouse.errors import Damaged, Missing
from warehouse.store import Warehouse


def test_every_payload_is_given_as_it_was(sampled: Path) -> None:
    for kind, table in (("capture", "captures"), ("document", "documents")):
        for id, sha256 in rows(
            sampled, f"SELECT {kind}_id, payload_sha256 FROM {table} WHERE payload_sha256 IS NOT NULL"
        ):
            assert hashlib.sha256(original(Warehouse(sampled), id).payload).hexdigest() == sha256
    passage = value(sampled, "SELECT min(passage_id) FROM passages")
    assert original(Warehouse(sampled), passage[:12]).payload


def test_it_is_written_to_a_file_once_or_to_standard_output(
    sampled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    article = value(sampled, "SELECT min(article_id) FROM articles")
    words = ["original", article, "--warehouse", str(sampled)]
    out = tmp_path / "page"
    assert main([*words, "-o", str(out)]) == 0
    assert out.read_bytes() == original(Warehouse(sampled), article).payload
    assert main([*words, "-o", str(out)]) == 1
    assert "already" in capsys.readouterr().err
    done = subprocess.run([sys.executable, "-m", "flows", *words], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout == out.read_bytes()


def test_what_is_damaged_or_not_there_is_said(sampled: Path, tmp_path: Path) -> None:
    root = copied(sampled, tmp_path / "w")
    capture = value(root, "SELECT min(capture_id) FROM captures WHERE payload_bytes > 0")
    for path in (root / "raw").rglob("*.warc.gz"):
        path.write_bytes(bytes(path.stat().st_size))
    with pytest.raises(Damaged):
        original(Warehouse(root), capture)
    with pytest.raises(Missing):
        original(Warehouse(root), "0" * 32)
