"""The one writer: its lock, its commits, and what stays when it fails."""

from __future__ import annotations

import errno
import json
import multiprocessing
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake
from filelock import FileLock

from schemas import TABLES, table
from tests.jobs import rows, value
from tests.makers.world import WORLD, world_rows
from warehouse.digest import digest_of
from warehouse.errors import Busy, NoSpace
from warehouse.snapshots import Snapshot, chain
from warehouse.storage import at
from warehouse.store import Warehouse, Writer

PASSAGES = table("passages")


def publish(writer: Writer) -> Snapshot:
    return writer.publish(
        run_id="r",
        published_at="2024-03-01T06:15:02+00:00",
        code_version="0.1.0",
        config_sha256="0" * 64,
        stages={"text": "1"},
        match_state=None,
    )


def fill(root: Path) -> Snapshot:
    with Warehouse(root).writer() as writer:
        for each in TABLES:
            writer.append(each.name, world_rows(each.name))
        return publish(writer)


def test_opening_makes_nothing(tmp_path: Path) -> None:
    store = Warehouse(tmp_path / "none")
    assert store.latest() is None
    assert not store.root.exists()


def test_rows_and_digests_stand_in_the_snapshot(tmp_path: Path) -> None:
    snapshot = fill(tmp_path)
    for each in TABLES:
        entry = snapshot.tables[each.name]
        assert entry.rows == len(WORLD[each.name])
        assert entry.digest == digest_of(each, world_rows(each.name))
        for file in entry.files:
            assert (tmp_path / file.path).stat().st_size == file.bytes
        assert value(tmp_path, f"SELECT count(*) FROM {each.name}") == entry.rows


def test_the_writers_own_views_see_what_it_has_committed(tmp_path: Path) -> None:
    with Warehouse(tmp_path).writer() as writer:
        count = "SELECT count(*) FROM passages"
        assert writer.con().execute(count).fetchall() == [(0,)]
        assert writer.append("passages", world_rows("passages").slice(0, 1)) == 1
        assert writer.con().execute(count).fetchall() == [(1,)]
        assert writer.append("passages", world_rows("passages").slice(1)) == 1
        assert writer.con().execute(count).fetchall() == [(2,)]
        assert writer.rows("passages") == 2


def test_no_rows_make_no_commit(tmp_path: Path) -> None:
    with Warehouse(tmp_path).writer() as writer:
        assert writer.append("passages", PASSAGES.empty()) == 0
        assert writer.append_files("passages", []) == 0
        assert not writer.changed
    assert list((tmp_path / "tables").iterdir()) == []


def test_rows_from_files(tmp_path: Path) -> None:
    pq.write_table(world_rows("passages").slice(0, 1), tmp_path / "it's one.parquet")
    pq.write_table(PASSAGES.empty(), tmp_path / "none.parquet")
    pq.write_table(world_rows("passages").slice(1), tmp_path / "two.parquet")
    root = tmp_path / "w"
    with Warehouse(root).writer() as writer:
        assert writer.append_files("passages", sorted(tmp_path.glob("*.parquet"))) == 2
        snapshot = publish(writer)
    assert snapshot.tables["passages"].digest == digest_of(PASSAGES, world_rows("passages"))
    assert value(root, "SELECT count(*) FROM passages") == 2


def test_rows_can_be_taken_out_and_put_in(tmp_path: Path) -> None:
    fill(tmp_path)
    old = world_rows("passages")
    new = pa.Table.from_pylist([old.to_pylist()[1] | {"passage_id": "p2", "text": "另一句"}], schema=PASSAGES.arrow)
    with Warehouse(tmp_path).writer() as writer:
        counts = writer.change("passages", add=new, remove=old.slice(1).select(["passage_id"]))
        snapshot = publish(writer)
    assert counts == (1, 1)
    assert snapshot.tables["passages"].rows == 2
    assert snapshot.tables["passages"].digest == digest_of(PASSAGES, pa.concat_tables([old.slice(0, 1), new]))
    assert rows(tmp_path, "SELECT passage_id FROM passages ORDER BY 1") == [("p0",), ("p2",)]


def test_taking_rows_out_touches_only_the_files_that_hold_them(tmp_path: Path) -> None:
    (row,) = world_rows("passages").to_pylist()[:1]
    parts = [
        PASSAGES.rows([row | {"passage_id": f"{part}-{n}", "ordinal": n} for n in range(5)]) for part in ("a", "b", "c")
    ]
    with Warehouse(tmp_path).writer() as writer:
        for part in parts:
            writer.append("passages", part)
        before = publish(writer)
    gone = pa.table({"passage_id": ["b-1", "b-3", "nowhere"]})
    with Warehouse(tmp_path).writer() as writer:
        assert writer.change("passages", add=PASSAGES.rows([row | {"passage_id": "new"}]), remove=gone) == (1, 2)
        after = publish(writer)
        assert writer.change("passages", add=PASSAGES.empty(), remove=pa.table({"passage_id": ["nowhere"]})) == (0, 0)
        assert not writer.changed
    kept = {file.path for file in before.tables["passages"].files} & {
        file.path for file in after.tables["passages"].files
    }
    assert len(kept) == 2
    left = [f"{part}-{n}" for part in "abc" for n in range(5) if (part, n) not in (("b", 1), ("b", 3))]
    assert rows(tmp_path, "SELECT passage_id FROM passages ORDER BY 1") == [(each,) for each in [*left, "new"]]
    whole = Warehouse(tmp_path)
    expected = PASSAGES.rows([row | {"passage_id": each, "ordinal": int(each[-1])} for each in left])
    told = digest_of(PASSAGES, pa.concat_tables([expected, PASSAGES.rows([row | {"passage_id": "new"}])]))
    snapshot = whole.latest()
    assert snapshot is not None
    assert (snapshot.tables["passages"].rows, snapshot.tables["passages"].digest) == (14, told)


def test_what_was_not_published_is_not_there_for_the_next_writer(tmp_path: Path) -> None:
    first = fill(tmp_path)
    with Warehouse(tmp_path).writer() as writer:
        writer.append("edits", world_rows("edits"))
    assert Warehouse(tmp_path).latest() == first
    with Warehouse(tmp_path).writer() as writer:
        assert writer.con().execute("SELECT count(*) FROM edits").fetchall() == [(1,)]
        assert writer.rows("edits") == 1
        assert not writer.changed
        writer.append("stories", table("stories").rows([WORLD["stories"][0] | {"story_id": "u"}]))
        second = publish(writer)
    assert second.previous_sha256 == first.sha256
    assert second.tables["edits"].digest == first.tables["edits"].digest
    assert value(tmp_path, "SELECT count(*) FROM edits") == 1


def test_the_next_writer_sweeps_what_a_killed_one_had_half_made(tmp_path: Path) -> None:
    for store in (at(tmp_path), at(tmp_path / "state"), at(tmp_path / "state").within("match")):
        with store.making("generation") as path:
            path.mkdir()
            left = path.with_name("1-generation")  # the name of a process that is gone
            left.mkdir(exist_ok=True)
    with Warehouse(tmp_path).writer():
        assert not any(folder.exists() and list(folder.iterdir()) for folder in tmp_path.rglob(".tmp"))


def test_a_first_run_that_died_leaves_nothing_for_the_next(tmp_path: Path) -> None:
    with Warehouse(tmp_path).writer() as writer:
        writer.append("edits", world_rows("edits"))
    with Warehouse(tmp_path).writer() as writer:
        assert writer.con().execute("SELECT count(*) FROM edits").fetchall() == [(0,)]
    assert fill(tmp_path).tables["edits"].rows == 1


def _hold(root: Path, ready: Callable[[], object], done: Callable[[float], object]) -> None:
    with Warehouse(root).writer():
        ready()
        done(60)


def test_there_is_one_writer(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(tmp_path, ready.set, done.wait))
    other.start()
    try:
        assert ready.wait(60)
        with pytest.raises(Busy, match=f"process {other.pid}"), Warehouse(tmp_path).writer():
            pass
    finally:
        done.set()
        other.join(60)
    with Warehouse(tmp_path).writer():
        assert (tmp_path / ".lock.holder").read_text() != str(other.pid)


def test_the_lock_goes_when_the_writer_goes(tmp_path: Path) -> None:
    with pytest.raises(KeyError), Warehouse(tmp_path).writer():
        raise KeyError
    with FileLock(tmp_path / ".lock", timeout=0):
        pass


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said_in_words(tmp_path: Path, number: int) -> None:
    with pytest.raises(NoSpace, match="Free some space"), Warehouse(tmp_path).writer():
        raise OSError(number, "No space left on device")


def test_other_errors_stay_what_they_are(tmp_path: Path) -> None:
    with pytest.raises(PermissionError), Warehouse(tmp_path).writer():
        raise PermissionError(errno.EACCES, "Permission denied")


def test_a_crash_between_snapshot_and_catalogue_is_made_good(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / "catalogue.duckdb").unlink()
    with Warehouse(tmp_path).writer() as writer:
        writer.refresh()
    assert value(tmp_path, "SELECT number FROM snapshot") == 1


def by_delta(root: Path) -> dict[str, int]:
    """Rows of every table as a stock reader of Delta counts them."""
    logs = sorted((root / "tables").glob("*/_delta_log"))
    return {log.parent.name: DeltaTable(str(log.parent)).to_pyarrow_table().num_rows for log in logs}


def held(snapshot: Snapshot) -> dict[str, int]:
    return {name: entry.rows for name, entry in snapshot.tables.items()}


def more(writer: Writer) -> Snapshot:
    writer.append("stories", table("stories").rows([WORLD["stories"][0] | {"story_id": "u"}]))
    return publish(writer)


def test_delta_follows_the_snapshot_and_nothing_before_it(tmp_path: Path) -> None:
    first = fill(tmp_path)
    assert by_delta(tmp_path) == held(first)
    with Warehouse(tmp_path).writer() as writer:
        writer.append("edits", world_rows("edits"))
    assert by_delta(tmp_path) == held(first)
    with Warehouse(tmp_path).writer() as writer:
        second = more(writer)
    assert by_delta(tmp_path) == held(second)


@pytest.mark.parametrize("what", ["the snapshot", "the catalogue", "a log", "a pointer"])
def test_what_follows_is_made_good_wherever_a_crash_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """A run dies right after the snapshot, the catalogue, the log of a table, or before it noted that all is done."""

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    fill(tmp_path)
    with monkeypatch.context() as patch:
        if what == "the snapshot":
            patch.setattr("warehouse.catalogue.build", dies)
        elif what == "the catalogue":
            patch.setattr("warehouse.tables.follow", dies)
        elif what == "a log":
            patch.setattr("warehouse.tables.flush_folder", dies)
        else:
            patch.setattr(Writer, "_followed", dies)
        with pytest.raises(KeyboardInterrupt), Warehouse(tmp_path).writer() as writer:
            more(writer)
    with Warehouse(tmp_path).writer() as writer:
        assert writer.snapshot is not None
        assert writer.snapshot.number == 2
        writer.refresh()
        assert by_delta(tmp_path) == held(writer.snapshot)
    assert value(tmp_path, "SELECT number FROM snapshot") == 2


def test_a_log_left_behind_is_made_good_by_the_next_snapshot_too(tmp_path: Path) -> None:
    """Compacting publishes without looking after what a run before it left; the table it is about is another one."""
    fill(tmp_path)
    with pytest.MonkeyPatch.context() as patch, Warehouse(tmp_path).writer() as writer:
        patch.setattr("warehouse.tables.follow", lambda *_: {}["dies"])
        with pytest.raises(KeyError):
            more(writer)
    with Warehouse(tmp_path).writer() as writer:
        writer.append("fixity", world_rows("fixity"))
        third = publish(writer)
    assert by_delta(tmp_path) == held(third)


def test_logs_and_catalogue_that_are_gone_are_made_anew_and_readers_do_without(tmp_path: Path) -> None:
    snapshot = fill(tmp_path)
    for log in (tmp_path / "tables").glob("*/_delta_log"):
        shutil.rmtree(log)
    (tmp_path / "catalogue.duckdb").unlink()
    shutil.rmtree(tmp_path / "state")
    assert value(tmp_path, "SELECT number FROM snapshot") == 1
    assert {each.name: value(tmp_path, f"SELECT count(*) FROM {each.name}") for each in TABLES} == held(snapshot)
    assert not (tmp_path / "catalogue.duckdb").exists()
    with Warehouse(tmp_path).writer() as writer:
        writer.refresh()
        assert writer.snapshot == snapshot
        assert not writer.changed
    assert (tmp_path / "catalogue.duckdb").exists()
    assert by_delta(tmp_path) == held(snapshot)


def test_a_warehouse_of_the_former_format_opens_and_is_carried_on(tmp_path: Path) -> None:
    """Snapshots that list every file, Delta logs that were committed first, one of them by a run that was killed."""
    snapshot = fill(tmp_path)
    former_format(tmp_path, snapshot)
    write_deltalake(str(tmp_path / "tables" / "edits"), world_rows("edits"), mode="append")
    (tmp_path / "state" / "followed").unlink()
    first = Warehouse(tmp_path).latest()
    assert first is not None
    assert held(first) == held(snapshot)
    assert value(tmp_path, "SELECT count(*) FROM edits") == held(snapshot)["edits"]
    with Warehouse(tmp_path).writer() as writer:
        writer.refresh()
        assert by_delta(tmp_path) == held(snapshot)
        second = more(writer)
    assert chain(tmp_path) == []
    assert second.tables["stories"].rows == held(snapshot)["stories"] + 1
    assert second.tables["edits"].files == snapshot.tables["edits"].files
    assert second.warc_files == snapshot.warc_files
    told = (tmp_path / "snapshots" / "00000002.json").read_text("utf-8")
    assert "parquet" not in told, "no file is listed in a snapshot any more"
    assert by_delta(tmp_path) == held(second)


def former_format(root: Path, snapshot: Snapshot) -> None:
    """Write the snapshot as versions did that knew no manifests."""
    path = root / "snapshots" / f"{snapshot.number:08d}.json"
    fields = json.loads(path.read_bytes())
    del fields["format"], fields["warc"]
    fields["warc_files"] = [vars(entry) for entry in snapshot.warc_files]
    for name, entry in snapshot.tables.items():
        del fields["tables"][name]["pieces"]
        fields["tables"][name] |= {"version": 0, "files": [vars(file) for file in entry.files]}
    path.write_text(json.dumps(fields, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
    shutil.rmtree(root / "manifests")
