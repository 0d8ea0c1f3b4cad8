"""Capturing a folder: what is new becomes a capture, what is known a revisit, what is unchanged nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.capture import files
from flows.sources.registry import Source
from tests.jobs import ingest, rows, value
from warehouse.records import payload_at, records
from warehouse.store import Warehouse

LONG_AGO = 1_700_000_000
TEXT = "渡口改期\n自三月起，渡船每日两班。\n"


def write(path: Path, text: str | bytes, *, at: int = LONG_AGO) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    os.utime(path, (at, at))
    return path


def ticking() -> Callable[[], datetime]:
    """A clock that moves on a second with every look."""
    now = [datetime(2024, 3, 1, 6, 15, 2, tzinfo=UTC)]

    def clock() -> datetime:
        now[0] += timedelta(seconds=1)
        return now[0]

    return clock


def captures(root: Path) -> list[tuple[Any, ...]]:
    return rows(root, "SELECT uri, record_type FROM captures ORDER BY captured_at, uri")


def test_a_row_says_what_was_captured(tmp_path: Path) -> None:
    write(tmp_path / "in" / "江口晚报" / "20240301.txt", TEXT)
    ingest(tmp_path / "w", Source(id="s", location=str(tmp_path / "in"), parser={"timezone": "Asia/Shanghai"}))
    ((uri, outlet, size, media, modified, kind, parser, named),) = rows(
        tmp_path / "w",
        "SELECT uri, outlet, payload_bytes, media_type, epoch(last_modified)::INT, record_type, parser, "
        "name_date::DATE::VARCHAR FROM captures",
    )
    assert uri == "file:///s/%E6%B1%9F%E5%8F%A3%E6%99%9A%E6%8A%A5/20240301.txt"
    assert (outlet, size, media, modified) == ("江口晚报", len(TEXT.encode()), "text/plain", LONG_AGO)
    assert (kind, parser, named) == ("resource", '{"timezone":"Asia/Shanghai"}', "2024-03-01")


def test_the_bytes_lie_where_the_row_says(tmp_path: Path, sampled: Path) -> None:
    import hashlib

    store = Warehouse(sampled)
    for name, offset, length, kind, start, end, sha in rows(
        sampled,
        "SELECT warc_file, warc_offset, warc_length, record_type, part_start, part_end, payload_sha256 FROM captures "
        "WHERE record_type <> 'revisit'",
    ):
        data = payload_at(store.raw, name, offset, length, kind)[start:end]
        assert hashlib.sha256(data).hexdigest() == sha


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    for name in ("a/1.txt", "a/2.txt", "b/1.txt"):
        write(tmp_path / "in" / name, TEXT)
    ingest(tmp_path / "w", tmp_path / "in", clock=ticking())
    assert captures(tmp_path / "w") == [
        ("file:///in/a/1.txt", "resource"),
        ("file:///in/a/2.txt", "revisit"),
        ("file:///in/b/1.txt", "revisit"),
    ]
    assert value(tmp_path / "w", "SELECT count(*) FROM documents") == 1
    assert value(tmp_path / "w", "SELECT count(DISTINCT payload_sha256) FROM captures") == 1
    write(tmp_path / "more" / "3.txt", TEXT)
    ingest(tmp_path / "w", tmp_path / "more")
    assert captures(tmp_path / "w")[-1] == ("file:///more/3.txt", "revisit")
    assert value(tmp_path / "w", "SELECT count(*) FROM documents") == 1


def test_a_revisit_refers_to_the_first_capture(tmp_path: Path) -> None:
    for name in ("1.txt", "2.txt"):
        write(tmp_path / "in" / name, TEXT)
    ingest(tmp_path / "w", tmp_path / "in", clock=ticking())
    (name,) = {row[0] for row in rows(tmp_path / "w", "SELECT warc_file FROM captures")}
    first, second = [r for r in records(Warehouse(tmp_path / "w").raw / name) if r.kind in ("resource", "revisit")]
    assert second.headers["warc-refers-to-target-uri"] == first.uri
    assert second.headers["warc-refers-to-date"] == first.headers["warc-date"]


def test_a_file_that_changes_and_changes_back_has_three_captures(tmp_path: Path) -> None:
    path = tmp_path / "in" / "1.txt"
    clock = ticking()
    for number, text in enumerate([TEXT, TEXT + "票价不变。\n", TEXT]):
        write(path, text, at=LONG_AGO + number)
        assert ingest(tmp_path / "w", tmp_path / "in", clock=clock).counts["captures"] == 1
    assert [kind for _, kind in captures(tmp_path / "w")] == ["resource", "resource", "revisit"]
    assert value(tmp_path / "w", "SELECT count(*) FROM documents") == 2
    assert ingest(tmp_path / "w", tmp_path / "in", clock=clock).snapshot is None


def _read_files(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    read: list[str] = []
    real = files._head

    def head(path: Path) -> bytes:
        read.append(path.name)
        return real(path)

    monkeypatch.setattr(files, "_head", head)
    return read


def test_unchanged_files_are_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("1.txt", "2.txt", "3.txt"):
        write(tmp_path / "in" / name, name)
    read = _read_files(monkeypatch)
    ingest(tmp_path / "w", tmp_path / "in")
    assert read == ["1.txt", "2.txt", "3.txt"]
    read.clear()
    write(tmp_path / "in" / "2.txt", "changed")
    assert ingest(tmp_path / "w", tmp_path / "in").counts["captures"] == 1
    assert read == ["2.txt"]


def test_a_file_that_was_touched_is_read_and_leaves_no_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "in" / "1.txt", TEXT)
    ingest(tmp_path / "w", tmp_path / "in")
    read = _read_files(monkeypatch)
    write(path, TEXT, at=LONG_AGO + 5)
    assert ingest(tmp_path / "w", tmp_path / "in").snapshot is None
    assert read == ["1.txt"]
    read.clear()
    ingest(tmp_path / "w", tmp_path / "in")
    assert read == []


def test_without_the_cache_everything_is_read_and_nothing_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    write(tmp_path / "in" / "1.txt", TEXT)
    ingest(tmp_path / "w", tmp_path / "in")
    shutil.rmtree(tmp_path / "w" / "state" / "seen")
    read = _read_files(monkeypatch)
    assert ingest(tmp_path / "w", tmp_path / "in").snapshot is None
    assert read == ["1.txt"]


def test_a_fresh_file_is_looked_at_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is written this moment may change again within the same tick of the clock."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "1.txt").write_text(TEXT, "utf-8")
    ingest(tmp_path / "w", tmp_path / "in")
    read = _read_files(monkeypatch)
    ingest(tmp_path / "w", tmp_path / "in")
    assert read == ["1.txt"]


def test_other_hints_read_the_same_bytes_anew(tmp_path: Path) -> None:
    write(tmp_path / "in" / "1.txt", TEXT)
    source = {"id": "s", "location": str(tmp_path / "in")}
    ingest(tmp_path / "w", Source(**source))  # type: ignore[arg-type]
    outcome = ingest(tmp_path / "w", Source(**source, parser={"charset": "utf-8"}))  # type: ignore[arg-type]
    assert outcome.counts["captures"] == 0


def test_two_folders_of_one_name_do_not_share_what_was_seen(tmp_path: Path) -> None:
    write(tmp_path / "one" / "texts" / "1.txt", "渡口改期")
    write(tmp_path / "two" / "texts" / "1.txt", "票价不变")
    ingest(tmp_path / "w", tmp_path / "one" / "texts")
    assert ingest(tmp_path / "w", tmp_path / "two" / "texts").counts["captures"] == 1


def test_a_folder_that_moves_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path / "texts" / "1.txt", TEXT)
    ingest(tmp_path / "w", tmp_path / "texts")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "texts").rename(tmp_path / "elsewhere" / "texts")
    assert ingest(tmp_path / "w", tmp_path / "elsewhere" / "texts").snapshot is None


def test_another_folder_of_a_name_that_is_gone_is_another_source(tmp_path: Path) -> None:
    write(tmp_path / "texts" / "1.txt", TEXT)
    ingest(tmp_path / "w", tmp_path / "texts")
    (tmp_path / "texts").rename(tmp_path / "away")
    write(tmp_path / "elsewhere" / "texts" / "1.txt", TEXT + TEXT)
    ingest(tmp_path / "w", tmp_path / "elsewhere" / "texts")
    assert len(rows(tmp_path / "w", "SELECT DISTINCT source_id FROM captures")) == 2


# ---------------------------------------------------------------- files that do not hold still


def _while_reading(monkeypatch: pytest.MonkeyPatch, name: str, act: Callable[[Path], object]) -> None:
    """Do something to a file between the look at its first bytes and the reading of the rest."""
    real = files._read

    def read(found: Any, *rest: Any) -> Any:
        if found.path.name == name:
            act(found.path)
        return real(found, *rest)

    monkeypatch.setattr(files, "_read", read)


def test_a_file_that_vanishes_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("1.txt", "2.txt", "3.txt"):
        write(tmp_path / "in" / name, name)
    with monkeypatch.context() as patched:
        _while_reading(patched, "2.txt", Path.unlink)
        ingest(tmp_path / "w", tmp_path / "in")
    assert [uri for uri, _ in captures(tmp_path / "w")] == ["file:///in/1.txt", "file:///in/3.txt"]
    assert rows(tmp_path / "w", "SELECT uri, error, message FROM rejects") == [
        ("file:///in/2.txt", "unreadable", "The file vanished while it was read.")
    ]
    write(tmp_path / "in" / "2.txt", "2.txt")
    assert ingest(tmp_path / "w", tmp_path / "in").counts["captures"] == 1


def test_a_file_that_grows_while_it_is_read_is_taken_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "in" / "1.txt", "渡口")
    with monkeypatch.context() as patched:
        _while_reading(patched, "1.txt", lambda path: write(path, "渡口改期", at=LONG_AGO + 1))
        ingest(tmp_path / "w", tmp_path / "in")
    ingest(tmp_path / "w", tmp_path / "in")
    (size,) = rows(tmp_path / "w", "SELECT max(payload_bytes) FROM captures")[0]
    assert size == len("渡口改期".encode())


def test_a_large_file_that_changes_between_its_two_readings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One too large to hold is hashed first and copied after; the copy must be what was hashed."""
    write(tmp_path / "in" / "0.txt", TEXT)
    write(tmp_path / "in" / "1.txt", "渡" * 2000)
    with monkeypatch.context() as patched:
        patched.setattr(files, "MAX_PAYLOAD", 1000)
        real = files._chunks

        def changing(path: Path) -> Any:
            write(path, "口" * 2000, at=LONG_AGO + 1)
            return real(path)

        patched.setattr(files, "_chunks", changing)
        ingest(tmp_path / "w", tmp_path / "in")
    assert captures(tmp_path / "w") == [("file:///in/0.txt", "resource")]
    ((error, message),) = rows(tmp_path / "w", "SELECT error, message FROM rejects")
    assert error == "changed"
    assert "the next run takes it" in message
    ingest(tmp_path / "w", tmp_path / "in")
    assert [uri for uri, _ in captures(tmp_path / "w")] == ["file:///in/0.txt", "file:///in/1.txt"]


def test_a_file_that_opens_and_cannot_be_read(tmp_path: Path) -> None:
    """This process's own memory is a regular file, and there is nothing at its first byte."""
    write(tmp_path / "in" / "1.txt", TEXT)
    (tmp_path / "in" / "mem.txt").symlink_to("/proc/self/mem")
    ingest(tmp_path / "w", tmp_path / "in")
    assert captures(tmp_path / "w") == [("file:///in/1.txt", "resource")]
    ((uri, error, message),) = rows(tmp_path / "w", "SELECT uri, error, message FROM rejects")
    assert (uri, error) == ("file:///in/mem.txt", "unreadable")
    assert message == "The file cannot be read: Input/output error."


# ---------------------------------------------------------------- dumps

FEED = (
    '[{"title":"甲","content":"自三月起，渡船每日两班，票价不变，老人免费。"},\n'
    ' {"title":"乙","content":"四月起，渡船每日三班，夜间停航，遇雾顺延。"}]'
)


def test_each_record_of_a_dump_is_a_capture_and_the_dump_is_kept_once(tmp_path: Path) -> None:
    write(tmp_path / "in" / "feed.json", FEED)
    ingest(tmp_path / "w", tmp_path / "in")
    got = rows(tmp_path / "w", "SELECT uri, part_start, part_end, warc_offset FROM captures ORDER BY part_start")
    assert [row[0] for row in got] == ["file:///in/feed.json#/0", "file:///in/feed.json#/1"]
    assert len({row[3] for row in got}) == 1
    data = FEED.encode()
    assert [data[start:end][:1] + data[start:end][-1:] for _, start, end, _ in got] == [b"{}", b"{}"]
    assert value(tmp_path / "w", "SELECT count(*) FROM documents") == 2
    assert value(tmp_path / "w", "SELECT count(*) FROM rejects") == 0


def test_a_dump_that_grows_brings_its_new_records_only(tmp_path: Path) -> None:
    path = write(tmp_path / "in" / "feed.json", FEED)
    ingest(tmp_path / "w", tmp_path / "in")
    more = FEED[:-1] + ', {"title":"丙","content":"五月起，渡船恢复原班次，票价照旧，请相互转告。"}]'
    write(path, more, at=LONG_AGO + 1)
    assert ingest(tmp_path / "w", tmp_path / "in").counts["captures"] == 1
    write(path, more, at=LONG_AGO + 2)
    assert ingest(tmp_path / "w", tmp_path / "in").snapshot is None
    assert value(tmp_path / "w", "SELECT count(*) FROM documents") == 3


def test_the_same_record_in_two_dumps_is_one_document(tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.json", FEED)
    write(tmp_path / "in" / "b.json", FEED.replace("\n", "\n\n"))
    ingest(tmp_path / "w", tmp_path / "in")
    assert value(tmp_path / "w", "SELECT count(*) FROM captures") == 4
    assert value(tmp_path / "w", "SELECT count(*) FROM documents") == 2


@pytest.mark.parametrize("text", ["{not json", "[1, 2, 3]", '"x"', "   "])
def test_a_dump_that_is_none_is_kept_and_rejected_once(tmp_path: Path, text: str) -> None:
    path = write(tmp_path / "in" / "feed.json", text)
    write(tmp_path / "in" / "good.json", FEED)
    ingest(tmp_path / "w", tmp_path / "in")
    assert value(tmp_path / "w", "SELECT count(*) FROM captures WHERE uri = 'file:///in/feed.json'") == 1
    ((uri, message),) = rows(tmp_path / "w", "SELECT uri, message FROM rejects WHERE stage = 'capture'")
    assert uri == "file:///in/feed.json"
    assert message.endswith(".")
    assert value(tmp_path / "w", "SELECT count(*) FROM documents") == 2
    write(path, text, at=LONG_AGO + 1)
    assert ingest(tmp_path / "w", tmp_path / "in").snapshot is None
