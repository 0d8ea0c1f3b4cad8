"""Corrections: views show what is right and where it comes from; they outlast a rebuild, and can be taken back."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from flows import correcting, corrections
from flows.commands import correct, show
from flows.examine import examine
from flows.progress import Silent
from flows.rebuild import compare, rebuild
from flows.settings import Settings
from tests.jobs import ingest, rows, value
from warehouse.errors import Missing, WarehouseError
from warehouse.storage import at
from warehouse.store import Warehouse

NOW = datetime(2024, 3, 5, 12, tzinfo=UTC)
FERRY = "The ferry to the north quay runs twice a day from Monday on, whatever the weather is"
MARKET = "The fish market moves to the old customs house in April, and keeps its hours on Sundays"
PAGE = f"""<html><head><title>Harbour news</title></head><body><article>
<h1>Harbour news</h1><p>{FERRY}.</p><p>Advertise here for a penny a line.</p>
<h2>Market moves</h2><p>{MARKET}.</p></article></body></html>"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("correcting")
    (top / "page.html").write_text(PAGE, "utf-8")
    (top / "other.txt").write_text(f"Ferries\n\n{FERRY}.\n", "utf-8")
    ingest(top / "w", top / "page.html", top / "other.txt")
    return top / "w"


def put_right(root: Path, article: str, minute: int = 0, *, run: bool = True, **said: str | None) -> None:
    """Write corrections and let a run take them up, as the command does."""
    con = Warehouse(root).connect()
    try:
        told = {name.replace("_", "-"): each for name, each in said.items()}
        made = correcting.planned(con, article, told, why="a typo", by="t", at=NOW + timedelta(minutes=minute))
    finally:
        con.close()
    for each in made:
        corrections.save(at(root), each)
    assert not run or ingest(root).failures == ()


def take_back(root: Path, identity: str) -> None:
    con = Warehouse(root).connect()
    try:
        held = corrections.load_all(at(root))
        for each in correcting.undone(con, identity, held, by="t", at=NOW + timedelta(days=1)):
            corrections.save(at(root), each)
    finally:
        con.close()
    assert ingest(root).failures == ()


def the(root: Path, name: str) -> str:
    return str(value(root, "SELECT article_id FROM articles_all WHERE address LIKE '%' || $1", name))


def same_anew(root: Path, folder: Path) -> Path:
    new = Warehouse(folder / "anew")
    rebuild(Warehouse(root), new, Settings(warehouse=new.root, workers=1), Silent())
    assert [each.table for each in compare(Warehouse(root), new) if not each.same] == []
    assert [each.message for each in examine(Warehouse(root)).findings] == []
    return new.root


def test_what_is_put_right_shows_in_every_view_and_can_be_taken_back(root: Path) -> None:
    article = the(root, "other.txt")
    seen = "SELECT headline, outlet, published_on, published_at, published_offset, published_precision FROM "
    before = rows(root, f"{seen} articles_all WHERE article_id = $1", article)
    assert rows(root, f"{seen} witnesses WHERE article_id = $1", article) == before
    date_line = {"published": "2024-03-01T08:00+08:00", "outlet": "Post", "authors": "A; B"}
    put_right(root, article, run=False, headline="Ferry twice a day", **date_line)
    put_right(root, article, 1, headline="Ferries twice a day")
    right = [("Ferries twice a day", "Post", date(2024, 3, 1), datetime(2024, 3, 1, tzinfo=UTC), 480, "minute")]
    for view in ("articles_all", "witnesses"):
        assert rows(root, f"{seen} {view} WHERE article_id = $1", article) == right
    assert value(root, "SELECT published_on FROM article_dates WHERE article_id = $1", article) == date(2024, 3, 1)
    told = rows(root, "SELECT authors, corrected FROM articles_all WHERE article_id = $1", article)
    assert told == [(["A", "B"], ["authors", "headline", "outlet", "published"])]
    assert value(root, "SELECT headline FROM articles WHERE article_id = $1", article) != "Ferries twice a day"
    take_back(root, article)
    assert rows(root, f"{seen} articles_all WHERE article_id = $1", article) == before
    assert value(root, "SELECT count(*) FROM corrections WHERE undone_by = 't'") == 5


def test_what_is_left_out_is_no_witness_and_in_no_view(root: Path) -> None:
    article = the(root, "other.txt")
    assert value(root, "SELECT count(*) FROM stories WHERE article_id = $1", article) == 1
    put_right(root, article, leave_out=None)
    for view in ("articles_all", "article_dates", "unique_articles", "stories", "witnesses"):
        assert value(root, f"SELECT count(*) FROM {view} WHERE article_id = $1", article) == 0
    take_back(root, article)
    assert value(root, "SELECT count(*) FROM witnesses WHERE article_id = $1", article) == 1


def test_kinds_splits_and_joins_are_read_anew_and_taken_back(root: Path, tmp_path: Path) -> None:
    article = the(root, "page.html")
    first = rows(root, "SELECT headline, text FROM articles ORDER BY ordinal, text")
    passage = "SELECT passage_id FROM passages WHERE starts_with(text, $1)"
    advert, second = value(root, passage, "Advertise"), value(root, passage, "Market moves")
    put_right(root, article, run=False, kind=f"{advert}=advert", headline="The harbour")
    put_right(root, article, 1, split=second)
    parted = rows(root, "SELECT text FROM articles JOIN documents USING (document_id) WHERE extractor = 'html'")
    assert sorted(parted) == [(f"Harbour news\n{FERRY}.",), (f"Market moves\n{MARKET}.",)]
    assert rows(root, "SELECT kind, article_start FROM passages WHERE passage_id = $1", advert) == [("advert", None)]
    assert value(root, "SELECT id FROM former_ids WHERE alias_id = $1", article)
    shown = "SELECT headline, corrected FROM articles_all ORDER BY ALL"
    assert ("The harbour", ["headline"]) in rows(root, shown)
    assert rows(same_anew(root, tmp_path), shown) == rows(root, shown)
    ids = rows(root, "SELECT article_id FROM articles JOIN documents USING (document_id) WHERE extractor = 'html'")
    one = value(root, "SELECT article_id FROM articles WHERE starts_with(text, 'Harbour')")
    other = next(each for (each,) in ids if each != one)
    put_right(root, one, 2, join=other)
    whole = f"Harbour news\n{FERRY}.\nMarket moves\n{MARKET}."
    assert value(root, "SELECT text FROM articles JOIN documents USING (document_id) WHERE extractor = 'html'") == whole
    for each in corrections.load_all(at(root)):
        if "undone_at" not in each:
            corrections.save(at(root), each | {"undone_by": "t", "undone_at": NOW})
    ingest(root)
    assert rows(root, "SELECT headline, text FROM articles ORDER BY ordinal, text") == first


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("2024", "2024"),
        ("2024-03", "2024-03"),
        (" 2024-03-01 ", "2024-03-01"),
        ("2024-03-01T08:00+08:00", "2024-03-01T08:00:00+08:00"),
        ("2024-03-01 08:00:05Z", "2024-03-01T08:00:05+00:00"),
        ("2024-03-01T20:15-03:30", "2024-03-01T20:15:00-03:30"),
    ],
)
def test_a_date_is_kept_as_exactly_as_it_is_said(said: str, kept: str) -> None:
    assert correcting.day(said) == kept


@pytest.mark.parametrize("said", ["", "yesterday", "2024-13", "2024-02-30", "2024-03-01T08:00", "03/01/2024", "24"])
def test_what_is_no_date_is_refused(said: str) -> None:
    with pytest.raises(WarehouseError, match="is no date"):
        correcting.day(said)


def test_the_command_says_what_it_did_and_refuses_in_words(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    article = the(root, "page.html")
    with pytest.raises(WarehouseError, match="and why"):
        correct.command(article, headline="X", warehouse=root)
    passage = value(root, "SELECT min(passage_id) FROM passages WHERE article_id = $1", article)
    with pytest.raises(WarehouseError, match="PASSAGE=KIND"):
        correct.command(article, kind=f"{passage}=nonsense", why="x", warehouse=root)
    with pytest.raises(WarehouseError, match="one page"):
        correct.command(article, join=the(root, "other.txt"), why="x", warehouse=root)
    with pytest.raises(Missing, match="No correction"):
        correct.command(undo="0123456789", warehouse=root)
    assert correct.command(article, headline="All of it", why="a typo", by="me", warehouse=root) == 0
    assert "headline is “All of it”, and was “Harbour news”" in capsys.readouterr().out
    assert show.command(article, warehouse=root) == 0
    out = capsys.readouterr().out
    assert out.startswith("All of it")
    assert "corrected headline, was Harbour news: a typo (me, " in out
    assert correct.command(show=True, as_json=True, warehouse=root) == 0
    listed = [each for each in json.loads(capsys.readouterr().out) if each["undone_at"] is None]
    assert [(each["field"], each["new"]) for each in listed] == [("headline", "All of it")]
    assert correct.command(undo=listed[0]["correction_id"][:8], warehouse=root) == 0
    assert "is taken back" in capsys.readouterr().out


def test_a_file_that_is_no_correction_is_said_and_stops_nothing_else(root: Path) -> None:
    at(root).put("corrections/bad.toml", b"field = 'colour'\n")
    outcome = ingest(root)
    assert ["lacks article_id" in each.message for each in outcome.failures] == [True]
    at(root).delete("corrections/bad.toml")
    assert ingest(root).failures == ()
