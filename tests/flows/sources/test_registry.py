"""Files among the sources: what is wrong with one is said in words, and stops no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.commands.ingest import choose
from flows.settings import Settings
from flows.sources.checks import check
from flows.sources.registry import Source, SourceError, load, load_all, save
from tests.makers.archive import Archive
from warehouse.errors import WarehouseError

GOOD = 'location = "{place}"\n'

WRONG = {
    "broken": ("location = ", "is not TOML"),
    "utf16": ("﻿".encode("utf-16-le") + 'location = "x"'.encode("utf-16-le"), "is not UTF-8"),
    "stray": ('title = "notes"\n', "unknown key 'title'"),
    "empty": ("", "location is missing"),
    "typo": (GOOD + 'zon = "Asia/Tokyo"\n', "did you mean 'zone'"),
    "type": (GOOD + "paused = 1\n", "paused is true or false, not 1"),
    "list": (GOOD + 'parser = ["a"]\n', "parser is a table"),
    "kind": (GOOD + 'kind = "folders"\n', "did you mean 'folder'"),
    "pattern": (GOOD + 'name_date = "("\n', "not a regular expression"),
    "Bad Name": (GOOD, "such as bad-name"),
}
"""What cannot be read as a source at all."""

UNFIT = {
    "zone": (GOOD + 'zone = "Asia/Shangai"\n', "did you mean 'Asia/Shanghai'"),
    "zone2": (GOOD + 'zone = "Middle/Earth"\n', "such as Asia/Shanghai"),
    "timezone": (GOOD + '[parser]\ntimezone = "Asia/Nowhere"\n', "no time zone"),
    "option": (GOOD + '[options]\nincldue = "x"\n', "did you mean 'include'"),
    "hint": (GOOD + '[parser]\ntitel = "x"\n', "did you mean 'title'"),
    "page_kind": (GOOD + '[parser]\npage_kind = "paper"\n', "newspaper or article, not 'paper'"),
    "rule": (GOOD + '[parser.select]\nbdy = "p"\n', "did you mean 'body'"),
    "selector": (GOOD + '[parser.select]\nbody = "p["\n', "no CSS selector"),
    "select": (GOOD + '[parser]\nselect = "p"\n', "is a table"),
    "number": (GOOD + '[options]\nsettle = "soon"\n', "is seconds"),
    "include": (GOOD + '[options]\ninclude = "("\n', "no regular expression"),
    "include2": (GOOD + "[options]\ninclude = 3\n", "is a text"),
    "address": ('location = "s3://bucket/x"\n', "is given by its path"),
    "feed": ('kind = "feed"\nlocation = "feed.xml"\n', "is given by its address"),
}
"""What can be read, and cannot work."""


def written(folder: Path, name: str, text: str | bytes, place: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.format(place=place).encode())
    return path


@pytest.mark.parametrize("name", WRONG)
def test_a_file_that_is_no_source_says_why(tmp_path: Path, name: str) -> None:
    text, said = WRONG[name]
    path = written(tmp_path / "sources", name, text, tmp_path)
    with pytest.raises(SourceError, match=said) as error:
        load(path)
    assert name in str(error.value)
    assert [each.message for each in load_all(tmp_path / "sources").bad] == [str(error.value)]


@pytest.mark.parametrize("name", UNFIT)
def test_a_source_that_cannot_work_says_why(tmp_path: Path, name: str) -> None:
    text, said = UNFIT[name]
    source = load(written(tmp_path / "sources", name, text, tmp_path))
    with pytest.raises(WarehouseError, match=said):
        check(source)


def test_a_byte_order_mark_and_line_ends_of_another_system_are_no_fault(tmp_path: Path) -> None:
    path = written(
        tmp_path, "s", b"\xef\xbb\xbf" + f'location = "{tmp_path}"\r\nzone = "Asia/Tokyo"\r\n'.encode(), tmp_path
    )
    assert load(path).zone == "Asia/Tokyo"


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    source = Source(
        id="人民晨报", location=str(tmp_path), parser={"select": {"body": "p"}}, options={"include": "甲"}, paused=True
    )
    assert load(save(tmp_path, source)) == source


def test_one_bad_source_is_one_reject_and_the_others_run(tmp_path: Path) -> None:
    archive, folder = Archive(tmp_path), tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text("渡口今晨恢复通航，往来客货照常上下。\n", "utf-8")
    (tmp_path / "w").mkdir()
    for name, (text, _) in (WRONG | UNFIT).items():
        written(archive.warehouse.sources, name, text, folder)
    written(archive.warehouse.sources, "good", GOOD, folder)
    (archive.warehouse.sources / "notes.txt").write_text("no source")
    config = Settings(warehouse=archive.warehouse.root)
    archive.take(*choose(config, [], []))
    assert archive.sql("SELECT source_id FROM captures") == [("good",)]
    told = archive.sql("SELECT stage, count(*), count(DISTINCT message) FROM rejects GROUP BY 1")
    assert told == [("capture", len(WRONG) + len(UNFIT), len(WRONG) + len(UNFIT))]
    assert archive.sql("SELECT count(*) FROM source_runs WHERE status = 'failed'") == [(len(WRONG) + len(UNFIT),)]
    # what is mended is no fault any more, and what is not is the same fault
    written(archive.warehouse.sources, "zone", GOOD, folder)
    written(archive.warehouse.sources, "broken", GOOD, folder)
    archive.take(*choose(config, [], []))
    assert archive.sql("SELECT count(*) FROM rejects") == [(len(WRONG) + len(UNFIT) - 2,)]
    assert archive.differences() == []
