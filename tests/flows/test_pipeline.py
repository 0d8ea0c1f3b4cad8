"""The whole job on the samples: everything accounted for, nothing twice, and the same rows however it is cut up."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows import read
from flows.capture import files
from flows.executor import Inline, Pool
from flows.sources.registry import Source
from tests import jobs
from tests.jobs import COMPARED_TABLES, copied, digests, ingest, rows, value
from warehouse import snapshots
from warehouse.store import Warehouse

COMPARED = COMPARED_TABLES


def test_every_capture_becomes_a_document_or_a_reject(sampled: Path) -> None:
    lost = rows(
        sampled,
        "SELECT uri FROM captures c WHERE payload_sha256 NOT IN (SELECT payload_sha256 FROM documents) "
        "AND payload_sha256 NOT IN (SELECT payload_sha256 FROM rejects WHERE payload_sha256 IS NOT NULL)",
    )
    assert lost == []
    assert value(sampled, "SELECT count(*) FROM captures") > 20
    assert value(sampled, "SELECT count(*) FROM documents") > 20
    assert sorted(rows(sampled, "SELECT split_part(uri, '/', -1), stage, error FROM rejects")) == [
        ("20240301-empty.txt", "extract", "empty"),
        ("20240307-cut.warc.gz", "capture", "cut"),
    ]


def test_every_file_of_the_samples_is_named(sampled: Path, samples: Path) -> None:
    from urllib.parse import quote

    on_disk = {f"file:///samples/{quote(str(p.relative_to(samples)))}" for p in samples.rglob("*") if p.is_file()}
    told = {uri.partition("#")[0] for (uri,) in rows(sampled, "SELECT uri FROM captures UNION SELECT uri FROM rejects")}
    told |= {uri for (uri,) in rows(sampled, "SELECT origin_uri FROM warc_files WHERE origin_uri IS NOT NULL")}
    assert on_disk <= told


def test_the_run_has_a_row_with_its_counts(sampled: Path) -> None:
    ((status, snapshot, flow, captures, documents, passages, rejects),) = rows(
        sampled, "SELECT status, snapshot, flow_run_id, captures, documents, passages, rejects FROM runs"
    )
    assert (status, snapshot, flow) == ("ok", 1, None)
    assert captures == value(sampled, "SELECT count(*) FROM captures")
    assert documents == value(sampled, "SELECT count(*) FROM documents")
    assert passages == value(sampled, "SELECT count(*) FROM passages")
    assert rejects == value(sampled, "SELECT count(*) FROM rejects")


def test_passages_lie_in_the_decoded_payload(sampled: Path) -> None:
    """Undone edits give exactly the slice that the raw offsets name, in the payload decoded as the row says."""
    from flows.clean.edits import Edit, undo
    from warehouse.records import payload_at

    made: dict[str, list[Edit]] = {}
    for passage, *edit in rows(
        sampled, "SELECT passage_id, rule, rule_version, start, before, after FROM edits ORDER BY passage_id, ordinal"
    ):
        made.setdefault(passage, []).append(Edit(*edit))
    checked = 0
    for sha, codec, skip in rows(
        sampled,
        "SELECT payload_sha256, charset_used, decode_skip FROM documents WHERE extractor IN ('text', 'markdown')",
    ):
        ((name, offset, length, kind),) = rows(
            sampled,
            "SELECT warc_file, warc_offset, warc_length, record_type FROM captures WHERE payload_sha256 = $1 "
            "AND record_type <> 'revisit' LIMIT 1",
            sha,
        )
        data = payload_at(Warehouse(sampled).raw, name, offset, length, kind)
        decoded = data[skip:].decode(codec, "replace").removeprefix("\ufeff")
        for passage, text, start, end in rows(
            sampled,
            "SELECT passage_id, text, raw_start, raw_end FROM passages JOIN documents USING (document_id) "
            "WHERE payload_sha256 = $1",
            sha,
        ):
            assert undo(text, made.get(passage, [])) == decoded[start:end]
            checked += 1
    assert checked > 100


def test_a_second_run_writes_nothing(sampled: Path, samples: Path, tmp_path: Path) -> None:
    root = copied(sampled, tmp_path / "w")
    before = jobs.files(root)
    outcome = ingest(root, samples)
    assert outcome.snapshot is None
    assert not any(outcome.counts.values())
    assert jobs.files(root) == before


def test_a_second_run_without_any_working_file_changes_no_row(sampled: Path, samples: Path, tmp_path: Path) -> None:
    root = copied(sampled, tmp_path / "w")
    shutil.rmtree(root / "state")
    assert ingest(root, samples).counts["captures"] == 0
    assert digests(root, COMPARED) == digests(sampled, COMPARED)
    assert ingest(root, samples).snapshot is None


# ---------------------------------------------------------------- the same rows, however it is cut up


class Backwards(Inline):
    """Runs the partitions from the last to the first."""

    def map(self, name: str, function: Any, items: Any) -> Iterator[tuple[Any, Any]]:
        yield from super().map(name, function, reversed(list(items)))


@pytest.mark.parametrize(
    ("payloads", "size", "batch", "executor"),
    [
        (1, 8 << 20, 1, Inline()),
        (3, 8 << 20, 2, Backwards()),
        pytest.param(2000, 3000, 512, Backwards(), marks=pytest.mark.slow),
        (4, 8 << 20, 512, Pool(2)),
    ],
    ids=["one by one", "threes backwards", "by size backwards", "two processes"],
)
def test_batches_and_workers_change_no_row(
    sampled: Path,
    samples: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    payloads: int,
    size: int,
    batch: int,
    executor: Inline | Pool,
) -> None:
    monkeypatch.setattr(read, "PARTITION_PAYLOADS", payloads)
    monkeypatch.setattr(read, "PARTITION_BYTES", size)
    monkeypatch.setattr(files, "BATCH_FILES", batch)
    ingest(tmp_path / "w", samples, executor=executor)
    assert digests(tmp_path / "w", COMPARED) == digests(sampled, COMPARED)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))])
def test_the_order_of_arrival_changes_no_row(sampled: Path, samples: Path, tmp_path: Path, seed: int) -> None:
    """The files come in three lots, by chance."""
    chance = random.Random(seed)
    names = sorted(str(path.relative_to(samples)) for path in samples.rglob("*") if path.is_file())
    chance.shuffle(names)
    folder = tmp_path / "samples"
    for lot in (names[:7], names[7:15], names[15:]):
        for name in lot:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(samples / name, folder / name)
        ingest(tmp_path / "w", folder)
    assert digests(tmp_path / "w", COMPARED) == digests(sampled, COMPARED)


def test_a_payload_that_breaks_a_stage_is_rejected_alone(
    sampled: Path, samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault in segmentation or cleaning costs the document that it is about, and says so."""
    (bad,) = rows(sampled, "SELECT document_id FROM documents WHERE title LIKE '%Orrin%' LIMIT 1") or [("",)]
    assert bad[0]
    real = read.segment

    def segment(documents: Any, blocks: Any) -> Any:
        if bad[0] in documents.column("document_id").to_pylist():
            raise ZeroDivisionError("of all things")
        return real(documents, blocks)

    monkeypatch.setattr(read, "segment", segment)
    ingest(tmp_path / "w", samples)
    ((message, sha, traceback),) = rows(
        tmp_path / "w", "SELECT message, payload_sha256, traceback FROM rejects WHERE stage = 'segment'"
    )
    assert "ZeroDivisionError" in message
    assert "  flows.read._finish: documents, heads, placed = segment(documents, blocks)\n" in traceback
    assert traceback.endswith("\nZeroDivisionError: of all things")
    everything = "SELECT document_id FROM documents ORDER BY 1"
    assert rows(tmp_path / "w", everything) == [row for row in rows(sampled, everything) if row != bad]
    assert value(tmp_path / "w", "SELECT count(*) FROM captures WHERE payload_sha256 = $1", sha) == 1


# ---------------------------------------------------------------- sources


def test_a_source_that_is_not_there_is_a_reject_and_the_others_are_taken(samples: Path, tmp_path: Path) -> None:
    good = Source(id="good", location=str(samples / "harbour-post"))
    ingest(tmp_path / "w", Source(id="gone", location=str(tmp_path / "nowhere")), good)
    assert value(tmp_path / "w", "SELECT count(*) FROM documents") == 1
    assert rows(tmp_path / "w", "SELECT source_id, error FROM rejects") == [("gone", "missing")]
    ingest(tmp_path / "w", Source(id="gone", location=str(tmp_path / "nowhere")), good)
    assert value(tmp_path / "w", "SELECT count(*) FROM rejects") == 1
    assert value(tmp_path / "w", "SELECT count(*) FROM captures") == 1


def test_nothing_at_all_publishes_nothing(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    assert ingest(tmp_path / "w", tmp_path / "in").snapshot is None
    assert snapshots.numbers(tmp_path / "w") == []


def test_a_catalogue_that_a_crash_left_behind_is_brought_up_to_date(
    sampled: Path, samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = copied(sampled, tmp_path / "w")
    old = (root / "catalogue.duckdb").read_bytes()
    more = tmp_path / "more"
    more.mkdir()
    (more / "1.txt").write_text("渡口改期\n自三月起，渡船每日两班。\n", "utf-8")
    ingest(root, more)
    (root / "catalogue.duckdb").write_bytes(old)
    assert value(root, "SELECT number FROM snapshot") == 1
    ingest(root, more)
    assert value(root, "SELECT number FROM snapshot") == 2
    (root / "catalogue.duckdb").unlink()
    ingest(root, more)
    assert value(root, "SELECT number FROM snapshot") == 2
