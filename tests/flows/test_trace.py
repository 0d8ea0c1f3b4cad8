"""Every id of the samples leads back to its bytes, and damage is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows import trace as tracing
from flows.trace import trace
from tests.jobs import command, copied, rows, value
from warehouse.errors import Missing
from warehouse.store import Warehouse


def ids(root: Path, kind: str) -> list[str]:
    return [row[0] for row in rows(root, f"SELECT {kind}_id FROM {kind}s ORDER BY 1")]


@pytest.mark.parametrize("kind", ["article", "capture", "document"])
def test_every_id_reads_the_same(sampled: Path, kind: str) -> None:
    known = ids(sampled, kind)
    assert known
    unresolved = {row[0] for row in rows(sampled, "SELECT capture_id FROM captures WHERE payload_sha256 IS NULL")}
    for identity in known:
        found = trace(Warehouse(sampled), identity)
        assert (found.kind, found.id) == (kind, identity)
        assert found.same is (identity not in unresolved), found.verdict
        assert found.chain[-1][0] in ("capture", "reject")


def test_every_passage_reads_the_same(sampled: Path) -> None:
    """One passage of each kind in each document, and all the passages of the newspaper page."""
    chosen = rows(
        sampled,
        "SELECT min(passage_id) FROM passages GROUP BY document_id, kind UNION "
        "SELECT passage_id FROM passages JOIN (SELECT document_id FROM articles GROUP BY ALL HAVING count(*) > 1) "
        "USING (document_id)",
    )
    assert len(chosen) > 60
    for (identity,) in chosen:
        found = trace(Warehouse(sampled), identity)
        assert found.same, found.verdict
        assert found.chain[0][0] == "passage"
        assert "capture" in [what for what, _ in found.chain]


def test_the_beginning_of_an_id_will_do(sampled: Path) -> None:
    whole = ids(sampled, "article")[0]
    assert trace(Warehouse(sampled), whole[:12].upper()).id == whole


@pytest.mark.parametrize("identity", ["", "abc", "0" * 32, "' OR 1=1 --", "zzzzzzzzzzzz"])
def test_what_is_no_id_is_said(sampled: Path, identity: str) -> None:
    with pytest.raises(Missing):
        trace(Warehouse(sampled), identity)


def test_a_rejected_capture_says_why(sampled: Path) -> None:
    (identity,) = rows(sampled, "SELECT capture_id FROM rejects WHERE error = 'empty'")[0]
    found = trace(Warehouse(sampled), identity)
    assert found.same
    assert found.chain[-1][0] == "reject"


def _damage(root: Path) -> str:
    """Flip a byte in the middle of the record of one article; returns the article."""
    identity, name, offset, length = rows(
        root,
        "SELECT article_id, warc_file, warc_offset, warc_length FROM provenance WHERE record_type = 'resource' "
        "AND article_id IS NOT NULL AND part_start IS NULL ORDER BY warc_offset LIMIT 1",
    )[0]
    path = Warehouse(root).raw / name
    data = bytearray(path.read_bytes())
    data[offset + length // 2] ^= 0x55
    path.write_bytes(data)
    return str(identity)


def test_a_flipped_byte_is_told_and_the_exit_status_is_1(sampled: Path, tmp_path: Path) -> None:
    root = copied(sampled, tmp_path / "w")
    identity = _damage(root)
    assert not trace(Warehouse(root), identity).same
    done = command("trace", identity, "--warehouse", root)
    assert done.returncode == 1
    assert "NOT the same" in done.stdout
    assert command("trace", identity, "--warehouse", sampled).returncode == 0


def test_a_raw_file_that_is_gone_is_told(sampled: Path, tmp_path: Path) -> None:
    root = copied(sampled, tmp_path / "w")
    identity, name = rows(root, "SELECT article_id, warc_file FROM provenance WHERE article_id IS NOT NULL LIMIT 1")[0]
    (Warehouse(root).raw / name).unlink()
    found = trace(Warehouse(root), identity)
    assert not found.same
    assert name in found.verdict


def test_another_outcome_of_the_reader_is_told(sampled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    identity = value(sampled, "SELECT article_id FROM articles LIMIT 1")
    real = tracing._again

    def again(place: object, data: object) -> object:
        return real(place, data) | {"text_sha256": "0" * 64}  # type: ignore[arg-type,operator]

    monkeypatch.setattr(tracing, "_again", again)
    found = trace(Warehouse(sampled), identity)
    assert not found.same
    assert "another text" in found.verdict
