"""The chain of snapshots."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from warehouse.errors import Conflict, Damaged
from warehouse.manifests import FileEntry, changed
from warehouse.snapshots import Snapshot, TableEntry, chain, latest, load, numbers, publish
from warehouse.storage import at

PASSAGES = FileEntry("tables/passages/x.parquet", "b" * 64, 10)
WARC = FileEntry("raw/2024/03/x.warc.gz", "c" * 64, 20)


def draft(root: Path, number: int, before: Snapshot | None = None) -> Snapshot:
    return Snapshot(
        number=number,
        previous_sha256=before.sha256 if before else None,
        run_id=f"run-{number}",
        published_at="2024-03-01T06:15:02+00:00",
        code_version="0.1.0",
        config_sha256="0" * 64,
        stages={"text": "1"},
        tables={"passages": TableEntry(2, "a" * 32, changed(at(root), None, set(), [PASSAGES]))},
        warc=changed(at(root), None, set(), [WARC]),
    )


def three(root: Path) -> list[Snapshot]:
    made: list[Snapshot] = []
    for number in (1, 2, 3):
        made.append(publish(root, draft(root, number, made[-1] if made else None)))
    return made


def file_of(root: Path, number: int) -> Path:
    return root / "snapshots" / f"{number:08d}.json"


def test_a_new_warehouse_has_none(tmp_path: Path) -> None:
    assert numbers(tmp_path) == []
    assert latest(tmp_path) is None
    assert chain(tmp_path) == []


def test_what_is_published_is_read_back(tmp_path: Path) -> None:
    first = publish(tmp_path, draft(tmp_path, 1))
    assert first == draft(tmp_path, 1)
    assert latest(tmp_path) == first
    assert len(first.sha256) == 64
    assert [path.name for path in (tmp_path / "snapshots").iterdir()] == ["00000001.json"]


def test_each_names_the_one_before(tmp_path: Path) -> None:
    made = three(tmp_path)
    assert [each.previous_sha256 for each in made] == [None, made[0].sha256, made[1].sha256]
    assert chain(tmp_path) == []
    assert numbers(tmp_path) == [1, 2, 3]


def test_a_number_that_is_taken_is_a_conflict(tmp_path: Path) -> None:
    first, second, third = three(tmp_path)
    before = file_of(tmp_path, 3).read_bytes()
    with pytest.raises(Conflict, match="published snapshot 3"):
        publish(tmp_path, replace(draft(tmp_path, 3, second), run_id="another"))
    assert file_of(tmp_path, 3).read_bytes() == before
    assert latest(tmp_path) == third
    assert chain(tmp_path) == []
    assert len(list((tmp_path / "snapshots").iterdir())) == 3, "no draft stays behind"
    assert first.number == 1


@pytest.mark.parametrize("number", [1, 2])
def test_a_changed_snapshot_breaks_the_chain(tmp_path: Path, number: int) -> None:
    three(tmp_path)
    path = file_of(tmp_path, number)
    fields = json.loads(path.read_bytes())
    fields["tables"]["passages"]["rows"] = 3
    path.write_text(json.dumps(fields), "utf-8")
    assert chain(tmp_path) == [
        f"Snapshot {number + 1} does not follow from snapshot {number}: one of them was changed."
    ]


def test_a_missing_snapshot_is_said(tmp_path: Path) -> None:
    three(tmp_path)
    file_of(tmp_path, 2).unlink()
    assert chain(tmp_path) == ["Snapshot 2 is missing."]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"number": 2}',
        '{"tables": {}, "warc_files": [], "odd": 1}',
        '{"format": 2, "tables": {}, "warc": {}}',
        '{"format": 2, "tables": {"a": 1}, "warc": {"pieces": []}}',
    ],
)
def test_a_file_that_is_no_snapshot_is_damaged(tmp_path: Path, text: str) -> None:
    three(tmp_path)
    file_of(tmp_path, 2).write_text(text, "utf-8")
    with pytest.raises(Damaged, match="restore"):
        load(tmp_path, 2)
    (said,) = chain(tmp_path)
    assert said.startswith("Snapshot 2 cannot be read")


def test_what_a_crash_leaves_behind_is_no_snapshot(tmp_path: Path) -> None:
    made = three(tmp_path)
    (tmp_path / "snapshots" / f".draft-{os.getpid()}").write_text("half", "utf-8")
    assert latest(tmp_path) == made[-1]
    assert publish(tmp_path, draft(tmp_path, 4, made[-1])).number == 4


def test_a_later_format_is_said(tmp_path: Path) -> None:
    three(tmp_path)
    file_of(tmp_path, 3).write_text('{"format": 3}', "utf-8")
    with pytest.raises(Damaged, match="later version of Dibao"):
        latest(tmp_path)


def test_an_answer_that_was_lost_is_no_conflict(tmp_path: Path) -> None:
    """Who puts what is there already, letter for letter, has put it."""
    first = publish(tmp_path, draft(tmp_path, 1))
    assert publish(tmp_path, draft(tmp_path, 1)) == first


def test_the_chain_holds_the_lists_of_files(tmp_path: Path) -> None:
    made = three(tmp_path)
    (piece,) = made[0].warc.pieces
    path = tmp_path / piece.key
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"20", b"21"))
    (said,) = chain(tmp_path)
    assert said.startswith("Snapshot 1: A list of files was changed; restore")
    with pytest.raises(Damaged, match="was changed"):
        _ = load(tmp_path, 2).warc_files
    path.unlink()
    (said,) = chain(tmp_path)
    assert said.startswith("Snapshot 1: A list of files cannot be read")
    path.write_bytes(whole)
    assert chain(tmp_path) == []


def former(root: Path) -> None:
    """A snapshot as versions before 0.2 wrote it, every file listed in it."""
    fields = {
        "number": 1,
        "previous_sha256": None,
        "run_id": "run-1",
        "published_at": "2024-03-01T06:15:02+00:00",
        "code_version": "0.1.0",
        "config_sha256": "0" * 64,
        "stages": {"text": "1.1.1"},
        "tables": {"passages": {"version": 3, "rows": 2, "digest": "a" * 32, "files": [vars(PASSAGES)]}},
        "warc_files": [vars(WARC)],
        "stale": False,
        "match_state": "generation-0",
    }
    file_of(root, 1).parent.mkdir(parents=True)
    file_of(root, 1).write_text(json.dumps(fields, indent=1, sort_keys=True) + "\n", "utf-8")


def test_a_snapshot_of_the_former_format_is_read_and_followed(tmp_path: Path) -> None:
    former(tmp_path)
    first = latest(tmp_path)
    assert first is not None
    assert first.tables["passages"].files == (PASSAGES,)
    assert first.warc_files == (WARC,)
    assert first.match_state == "generation-0"
    assert chain(tmp_path) == []
    tables = {"passages": replace(first.tables["passages"], manifest=changed(at(tmp_path), first.warc, set(), []))}
    second = publish(tmp_path, replace(draft(tmp_path, 2, first), tables=tables))
    assert second.tables["passages"].files == (WARC,)
    assert chain(tmp_path) == []
