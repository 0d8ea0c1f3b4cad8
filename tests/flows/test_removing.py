"""Takedown: bytes and all that was read from them go, everywhere; what stays is whole; nothing of it comes again."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

from flows import removing, steps, takedowns, taking_down
from flows.examine import examine
from flows.progress import Silent
from flows.rebuild import compare, rebuild
from flows.settings import Settings
from flows.sources.registry import Source
from tests.jobs import ingest, rows, value
from tests.makers import warc_bytes
from tests.makers.warc_bytes import gzipped, http_response, info, response
from tests.makers.web_server import Page, Site, serving
from warehouse import backup
from warehouse.errors import Missing
from warehouse.storage import at
from warehouse.store import Warehouse

AT = datetime(2024, 3, 5, 12, tzinfo=UTC)
DATE = "2024-03-01T06:00:00Z"
STAYS = "The ferry to the north quay runs twice a day from Monday on, whatever the weather is"
KINDS = ("text", "page", "plain", "lines", "array", "zip", "mbox", "table")
GONE = {
    kind: f"The {kind} said that the harbour master was not paid and wrote so to council number {number} in plain words"
    for number, kind in enumerate(KINDS, 11)
}
"""What is taken down, a sentence for each way in which bytes are kept."""


def put_files(folder: Path) -> dict[str, str]:
    """Files of every kind that hold something that is to go and something that stays; the addresses of what goes."""
    (folder / "letter.txt").write_text(f"A letter\n\n{GONE['text']}.\n", "utf-8")
    (folder / "copy.txt").write_text(f"A letter\n\n{GONE['text']}.\n", "utf-8")
    for kind, pack in (("page", gzipped), ("plain", lambda *each: b"".join(each))):
        uri = f"http://paper.example/{kind}"
        page = f"<html><head><title>A page</title></head><body><article><p>{GONE[kind]}.</p></article></body></html>"
        good = f"<html><body><article><p>{STAYS}, says the {kind}.</p></article></body></html>".encode()
        made = warc_bytes.record("conversion", f"urn:text:{uri}", DATE, "text/plain", f"{GONE[kind]}.".encode())
        told = [
            info(DATE),
            response(uri, DATE, http_response(page.encode(), "text/html"), page.encode()),
            made,
            response(f"{uri}/good", DATE, http_response(good, "text/html"), good),
        ]
        (folder / f"{kind}.warc{'.gz' if kind == 'page' else ''}").write_bytes(pack(*told))
    for kind in ("lines", "array"):
        listed = [{"id": "a", "content": f"{STAYS}, say the {kind}."}, {"id": "b", "content": f"{GONE[kind]}."}]
        text = "".join(json.dumps(each) + "\n" for each in listed) if kind == "lines" else json.dumps(listed, indent=1)
        (folder / f"{kind}.json{'l' if kind == 'lines' else ''}").write_text(text, "utf-8")
    with zipfile.ZipFile(folder / "box.zip", "w", zipfile.ZIP_DEFLATED) as box:
        box.writestr("letter.txt", f"A letter\n\n{GONE['zip']}.\n")
        box.writestr("ferry.txt", f"Ferries\n\n{STAYS}, says the box.\n")
    letters = [
        "From a@paper.example Fri Mar  1 06:00:00 2024\nFrom: a@paper.example\nTo: b@paper.example\n"
        f"Subject: {subject}\n"
        f"Date: Fri, 1 Mar 2024 06:00:00 +0000\nMessage-ID: <{subject}@paper.example>\n\n{text}.\n\n"
        for subject, text in (("ferry", f"{STAYS}, says the mail"), ("letter", GONE["mbox"]))
    ]
    (folder / "post.mbox").write_text("".join(letters), "utf-8")
    return {
        "text": "file:///desk/letter.txt",
        "page": "http://paper.example/page",
        "plain": "http://paper.example/plain",
        "zip": "file:///desk/box.zip!/letter.txt",
    }


def everything(root: Path) -> dict[str, list[bytes]]:
    """What each file of a warehouse holds, as it is and unpacked."""
    found = {}
    for path in sorted(each for each in root.rglob("*") if each.is_file()):
        data = path.read_bytes()
        found[str(path.relative_to(root))] = [data, *_unpacked(data)]
        if path.suffix == ".parquet":
            read = duckdb.execute(f"SELECT to_json(t)::VARCHAR FROM '{path}' AS t").fetchall()
            found[str(path.relative_to(root))].append("\n".join(row for (row,) in read).encode())
    return found


def _unpacked(data: bytes) -> Iterator[bytes]:
    while data[:2] == b"\x1f\x8b":
        press = zlib.decompressobj(31)
        plain = press.decompress(data)
        data = press.unused_data
        yield plain
        head = plain.find(b"PK\x03\x04")
        if head >= 0:  # a container that is kept whole
            size = int.from_bytes(plain[head + 18 : head + 22], "little")
            start = head + 30 + int.from_bytes(plain[head + 26 : head + 28], "little")
            yield zlib.decompressobj(-15).decompress(plain[start : start + size])


def traces(held: dict[str, list[bytes]], words: str) -> list[str]:
    """The files in which a sentence stands."""
    forms = [words.encode(), words.encode("utf-32-le"), words.encode("utf-16-le")]
    return [name for name, texts in held.items() if any(form in text for text in texts for form in forms)]


def take_down(root: Path, target: str) -> takedowns.Takedown:
    """Write down what is to go, as the command does; what runs next does it."""
    con = Warehouse(root).connect()
    try:
        found = taking_down.plan(con, target, why="a court's order", by="tester", at=AT).takedown
    finally:
        con.close()
    takedowns.save(at(root), found)
    at(root).put(takedowns.PENDING, b"")
    return found


class Cleaned(NamedTuple):
    """A warehouse from which one text of every kind was taken down, and what was seen on the way."""

    root: Path
    source: Source
    before: dict[str, list[bytes]]
    after: dict[str, list[bytes]]
    captures: list[tuple[str, str, int]]
    snapshots: int


@pytest.fixture(scope="module")
def cleaned(tmp_path_factory: pytest.TempPathFactory) -> Cleaned:
    top = tmp_path_factory.mktemp("removing")
    folder, root = top / "in", top / "w"
    folder.mkdir()
    source = Source("desk", str(folder), "folder")
    tables = Source("rows", str(top / "rows"), "records", parser={"text": "content"})
    (top / "rows").mkdir()
    (top / "rows" / "all.csv").write_text(f'id,content\na,"{STAYS}, says the table."\nb,{GONE["table"]}.\n', "utf-8")
    targets = put_files(folder)
    ingest(root, source, tables)
    before = everything(root)
    captures = rows(root, "SELECT capture_id, warc_file, warc_offset FROM captures")
    for kind in KINDS:
        sql = "SELECT min(article_id) FROM passages WHERE starts_with(text, $1)"
        take_down(root, targets.get(kind) or value(root, sql, GONE[kind]))
    assert ingest(root).failures == ()
    return Cleaned(root, source, before, everything(root), captures, len(list((root / "snapshots").glob("0*.json"))))


@pytest.mark.parametrize("kind", KINDS)
def test_not_one_of_the_sentences_is_left_in_any_file(cleaned: Cleaned, kind: str) -> None:
    assert traces(cleaned.before, GONE[kind]) != []
    assert traces(cleaned.after, GONE[kind]) == []


def test_everything_else_stays_where_it_is(cleaned: Cleaned) -> None:
    left = rows(cleaned.root, "SELECT capture_id, warc_file, warc_offset FROM captures")
    assert set(left) < set(cleaned.captures)
    assert len(cleaned.captures) - len(left) == len(KINDS) + 1  # one of the texts stood in two files
    sql = "SELECT count(*) FROM passages WHERE starts_with(text, $1)"
    assert value(cleaned.root, sql, STAYS) == len(KINDS) - 1
    assert cleaned.snapshots == 1


def test_the_table_says_what_was_taken_down_and_why(cleaned: Cleaned) -> None:
    told = rows(cleaned.root, "SELECT DISTINCT why, taken_down_by, taken_down_at FROM takedowns")
    assert told == [("a court's order", "tester", AT)]
    assert value(cleaned.root, "SELECT count(DISTINCT takedown_id) FROM takedowns") == len(KINDS)


def test_an_audit_is_clean_and_a_rebuild_comes_to_the_same(cleaned: Cleaned, tmp_path: Path) -> None:
    assert [each.message for each in examine(Warehouse(cleaned.root)).findings] == []
    new = Warehouse(tmp_path / "anew")
    rebuild(Warehouse(cleaned.root), new, Settings(warehouse=new.root, workers=1), Silent())
    assert [each.table for each in compare(Warehouse(cleaned.root), new) if not each.same] == []


def test_what_is_met_again_does_not_come_in(cleaned: Cleaned) -> None:
    before = rows(cleaned.root, "SELECT capture_id FROM captures ORDER BY ALL")
    folder = Path(cleaned.source.location)
    (folder / "again.txt").write_bytes((folder / "letter.txt").read_bytes())
    with zipfile.ZipFile(folder / "other.zip", "w", zipfile.ZIP_DEFLATED) as box:
        box.writestr("letter.txt", f"A letter\n\n{GONE['zip']}.\n")
    ingest(cleaned.root, cleaned.source)
    held = everything(cleaned.root)
    assert [kind for kind in KINDS if traces(held, GONE[kind])] == []
    assert rows(cleaned.root, "SELECT capture_id FROM captures ORDER BY ALL") == before


@pytest.mark.parametrize("module", ["forget", "purge"])
def test_the_next_run_ends_what_was_killed_in_the_middle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    folder, root = tmp_path / "in", tmp_path / "w"
    folder.mkdir()
    for name, words in (("letter", GONE["text"]), ("ferry", STAYS)):
        (folder / f"{name}.txt").write_text(f"{words}.\n", "utf-8")
    ingest(root, Source("desk", str(folder), "folder"))
    take_down(root, "file:///desk/letter.txt")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if module == "forget":
            patch.setattr(removing.Removal, "_forget", killed)
        else:
            patch.setattr(steps, "only_last", killed)
        with pytest.raises(KeyboardInterrupt):
            ingest(root)
    assert traces(everything(root), GONE["text"]) != []
    assert ingest(root).failures == ()
    assert traces(everything(root), GONE["text"]) == []
    assert [each.message for each in examine(Warehouse(root)).findings] == []


@pytest.fixture
def web() -> Iterator[Site]:
    with serving() as running:
        yield running


def test_an_address_is_not_asked_for_again(tmp_path: Path, web: Site) -> None:
    web.pages["/letter"] = Page(f"<html><body><article><p>{GONE['page']}.</p></article></body></html>".encode())
    web.pages["/ferry"] = Page(f"<html><body><article><p>{STAYS}.</p></article></body></html>".encode())
    options = {"urls": [web.url("/letter"), web.url("/ferry")], "allow_private": True, "tries": 1}
    source = Source("site", "", "pages", options=options)
    ingest(tmp_path / "w", source)
    gone = take_down(tmp_path / "w", web.url("/letter"))
    assert gone.addresses == (web.url("/letter"),)
    ingest(tmp_path / "w", source)
    web.asked.clear()
    ingest(tmp_path / "w", source)
    assert "/letter" not in [path for path, _ in web.asked]
    assert traces(everything(tmp_path / "w"), GONE["page"]) == []


@pytest.mark.parametrize(
    ("uri", "closed"),
    [
        ("http://paper.example/a", True),
        ("https://paper.example/a", True),
        ("https://web.archive.org/web/20240301id_/http://paper.example/a", True),
        ("http://paper.example/a/b", False),
        ("http://paper.example/", False),
        ("file:///desk/box.zip", True),
        ("file:///desk/box.zip!/letter.txt", True),
        ("file:///desk/box.zip.txt", False),
        ("file:///desk/all.csv#id=2", True),
        ("file:///desk/all.csv?rows=500#id=2", True),
    ],
)
def test_what_is_below_an_address_is_closed_with_it(uri: str, closed: bool) -> None:
    addresses = frozenset({"http://paper.example/a", "file:///desk/box.zip", "file:///desk/all.csv"})
    assert takedowns.Standing(addresses=addresses).closed(uri) is closed


def test_the_command_asks_says_what_goes_and_lists_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text(f"{GONE['text']}.\n", "utf-8")
    (tmp_path / "b.txt").write_text(f"{GONE['text']}; {STAYS}.\n", "utf-8")
    root = tmp_path / "w"
    ingest(root, tmp_path / "a.txt", tmp_path / "b.txt")
    article = value(root, "SELECT article_id FROM articles_all WHERE address LIKE '%a.txt'")
    from flows.commands.remove import command
    from warehouse.errors import WarehouseError

    with pytest.raises(WarehouseError, match="and why"):
        command(article, warehouse=root)
    with pytest.raises(WarehouseError, match="--yes"):
        command(article, why="an order", warehouse=root)
    with pytest.raises(Missing, match="Nothing was captured"):
        command("http://nowhere.example/", why="an order", warehouse=root)
    assert "stays here" in capsys.readouterr().out
    assert command(article[:10], why="an order", by="me", yes=True, warehouse=root) == 0
    assert "Taken down as" in capsys.readouterr().out
    assert value(root, "SELECT count(*) FROM articles") == 1
    assert command(show=True, warehouse=root, as_json=True) == 0
    assert [each["why"] for each in json.loads(capsys.readouterr().out)] == ["an order"]


def test_a_copy_loses_what_was_taken_down(tmp_path: Path) -> None:
    for name, words in (("letter", GONE["text"]), ("ferry", STAYS)):
        (tmp_path / f"{name}.txt").write_text(f"{words}.\n", "utf-8")
    root, copy = tmp_path / "w", tmp_path / "copy"
    ingest(root, Source("desk", str(tmp_path), "folder", options={"include": ".*[.]txt"}))
    backup.copy(root, copy)
    assert traces(everything(copy), GONE["text"]) != []
    take_down(root, "file:///desk/letter.txt")
    ingest(root)
    assert backup.copy(root, copy).damaged == []
    assert traces(everything(copy), GONE["text"]) == []
    assert traces(everything(copy), STAYS) != []
    assert [each.message for each in examine(Warehouse(copy)).findings] == []


def test_the_database_of_a_server_that_may_be_at_work_stays(tmp_path: Path) -> None:
    storage = at(tmp_path)
    for key in ("state/match/texts", "state/prefect/prefect.db", takedowns.PENDING):
        storage.put(key, b"here")
    takedowns.prepare(storage)
    assert storage.names("state") == ["state/prefect/prefect.db"]
