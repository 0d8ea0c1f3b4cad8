"""Pages with boxes: every character, words put together, and the order of reading whatever the order in the file."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.examine import examine
from flows.extract import xml_document
from flows.extract.paged import hocr
from flows.extract.reading import Reading, UnreadableError
from flows.progress import Silent
from flows.rebuild import compare, rebuild
from flows.settings import Settings
from flows.trace import trace
from tests.jobs import ingest, rows
from tests.makers import boxes
from tests.makers.boxes import column
from warehouse.store import Warehouse

HEAD = [("THE FERRY LEAVES TWICE A DAY", 20, 20, 960, 60)]
LEFT = column(20, 120, ["From the first of March the ferry will", "leave the quay twice a day, once in the mor|ning",
                        "and once in the evening, at the old fare."])  # fmt: skip
RIGHT = column(360, 120, ["Those who wish to take a dog or a bi|cycle", "should come early, for there is little room."])
LAST = column(700, 120, ["The harbour office answers questions", "at any hour."])
BLOCKS = [HEAD, LEFT, RIGHT, LAST]
FORMATS: dict[str, Callable[..., bytes]] = {
    "alto": boxes.alto,
    "hocr": boxes.hocr,
    "page": boxes.page_xml,
    "abbyy": boxes.abbyy,
}


def cut(blocks: list[list[boxes.Line]]) -> list[list[boxes.Line]]:
    """The same with the rest of a cut word at the head of the next line."""
    out = []
    for block in blocks:
        lines: list[boxes.Line] = []
        rest = ""
        for text, *box in block:
            head, mark, tail = text.partition("|")
            begun = f"{rest} " if rest else ""
            lines.append((f"{begun}{head}{mark}{tail}", *box))  # type: ignore[arg-type]
            rest = tail if mark else ""
        out.append(lines)
    return out


FERRY = (
    "From the first of March the ferry will leave the quay twice a day, once in the morning and once in the evening, "
    "at the old fare."
)
WHOLE = [
    "THE FERRY LEAVES TWICE A DAY",
    FERRY,
    "Those who wish to take a dog or a bicycle should come early, for there is little room.",
    "The harbour office answers questions at any hour.",
]


def read(kind: str, blocks: list[list[boxes.Line]]) -> Reading:
    payload = FORMATS[kind](cut(blocks))
    return hocr.read(payload, {}) if kind == "hocr" else xml_document.read(payload, {})


@pytest.mark.parametrize("kind", FORMATS)
def test_blocks_are_read_in_the_order_of_the_page(kind: str) -> None:
    shuffled = list(BLOCKS)
    for seed in range(4):
        random.Random(seed).shuffle(shuffled)
        reading = read(kind, shuffled)
        assert [block.text for block in reading.blocks] == WHOLE
    assert reading.language == "en"


@pytest.mark.parametrize("kind", FORMATS)
def test_lines_have_their_place_in_the_text_and_on_the_page(kind: str) -> None:
    block = read(kind, BLOCKS).blocks[1]
    first, second, third = block.lines
    assert [block.text[line.start : line.end] for line in block.lines] == [
        "From the first of March the ferry will",
        "leave the quay twice a day, once in the mor",
        "ning and once in the evening, at the old fare.",
    ]
    assert second.printed == "leave the quay twice a day, once in the mor-"
    assert (first.x0, first.y0, first.x1, first.y1) == pytest.approx((0.02, 120 / 1400, 0.3, 134 / 1400))
    assert (third.page, third.confidence, third.size) == (1, pytest.approx(0.5), pytest.approx(0.01))


@pytest.mark.parametrize(
    "namespace", ["", "http://www.loc.gov/standards/alto/ns-v2#", "http://schema.ccs-gmbh.com/ALTO"]
)
def test_every_version_of_alto(namespace: str) -> None:
    reading = xml_document.read(boxes.alto(cut(BLOCKS), namespace=namespace), {})
    assert [block.text for block in reading.blocks] == WHOLE
    assert reading.blocks[1].selector == 'id("b1");line=0,3'


def test_a_hyphen_of_its_own_is_kept() -> None:
    """The library says that the word has it; where nobody says, a capital after it is the sign."""
    lines = boxes.alto([column(20, 20, ["a well-|known", "known quay"])])
    assert b'SUBS_CONTENT="well-known"' in lines
    assert xml_document.read(lines, {}).blocks[0].text == "a well-known quay"
    assert (
        hocr.read(boxes.hocr([column(20, 20, ["die Nord|", "Süd-Bahn fährt"])]), {}).blocks[0].text
        == "die Nord-Süd-Bahn fährt"
    )


def test_scripts_without_spaces_are_joined_without() -> None:
    blocks = [column(20, 20, ["渡口自三月起改期，渡船", "每日两班，票价不变。"])]
    for kind in FORMATS:
        assert [block.text for block in read(kind, blocks).blocks] == ["渡口自三月起改期，渡船每日两班，票价不变。"]


@pytest.mark.parametrize("payload", [boxes.alto([]), boxes.page_xml([]), boxes.abbyy([])])
def test_pages_without_text_are_refused_in_words(payload: bytes) -> None:
    with pytest.raises(UnreadableError, match=r"\.$") as caught:
        xml_document.read(payload, {})
    assert caught.value.error == "no-text"


def test_a_passage_leads_back_to_its_boxes(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for kind, make in FORMATS.items():
        (folder / f"{kind}.{'html' if kind == 'hocr' else 'xml'}").write_bytes(make(cut(BLOCKS)))
    ingest(tmp_path / "w", folder)
    assert rows(tmp_path / "w", "SELECT message FROM rejects") == []
    assert rows(tmp_path / "w", "SELECT count(*), count(DISTINCT payload_sha256) FROM lines") == [(4 * 8, 4)]
    spans = "SELECT DISTINCT p.text[l.start + 1:l.end] FROM lines l JOIN passages p USING (passage_id) "
    assert rows(tmp_path / "w", spans + "WHERE printed LIKE 'The harbour%'") == [
        ("The harbour office answers questions",)
    ]
    ((passage,),) = rows(tmp_path / "w", "SELECT min(passage_id) FROM lines WHERE printed LIKE 'Those who%'")
    found = trace(Warehouse(tmp_path / "w"), passage)
    assert found.same
    assert [(facts["page"], facts["printed"]) for what, facts in found.chain if what == "line"] == [
        (1, "Those who wish to take a dog or a bi-"),
        (1, "cycle should come early, for there is little room."),
    ]
    rebuild(
        Warehouse(tmp_path / "w"), Warehouse(tmp_path / "n"), Settings(warehouse=tmp_path / "n", workers=1), Silent()
    )
    assert [each.table for each in compare(Warehouse(tmp_path / "w"), Warehouse(tmp_path / "n")) if not each.same] == []
    assert examine(Warehouse(tmp_path / "w")).findings == []


METS = """<mets xmlns="http://www.loc.gov/METS/" xmlns:m="http://www.loc.gov/mods/v3"><dmdSec><m:mods>
<m:titleInfo><m:title>The Harbour Post</m:title></m:titleInfo><m:dateIssued>1824-02-17</m:dateIssued></m:mods></dmdSec>
<structMap TYPE="LOGICAL">
<div TYPE="ISSUE" LABEL="The Harbour Post. 1824-02-17"><div TYPE="ARTICLE" LABEL="The  ferry"/><div TYPE="ARTICLE"/>
<div TYPE="ADVERT" LABEL="Coats"/></div></structMap></mets>"""


def test_an_issue_is_described_by_its_library() -> None:
    reading = xml_document.read(METS.encode(), {})
    assert (reading.title, reading.page_kind) == ("The Harbour Post", "list")
    assert (str(reading.published_at), reading.published_precision) == ("1824-02-17 00:00:00", "day")
    assert [block.text for block in reading.blocks] == ["The Harbour Post. 1824-02-17", "The ferry"]
