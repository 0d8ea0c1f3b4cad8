"""PDF: lines put together from glyphs, whatever the order in which the file draws them; and what cannot be read."""

from __future__ import annotations

import random
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

from flows import versions
from flows.extract.paged import pdf
from flows.extract.reading import UnreadableError
from tests.jobs import ingest, rows
from tests.makers import pdfs
from tests.makers.pdfs import Text

WORDS = "渡口改期船班次票价不变老人免费遇雾停航顺延夜间早晚江岸码头木桩朽坏汛期绕路桥梁通车市民合影留念"
LETTERS = 14
"""Letters of a line of a column."""


def story(number: int, count: int) -> list[str]:
    """Lines of body text that no other article has."""
    draw = random.Random(number)
    return ["".join(draw.choice(WORDS) for _ in range(LETTERS)) for _ in range(count)]


def newspaper() -> tuple[list[Text], dict[str, int]]:
    """A page of six columns with four articles in frames; and for each line the number of its article."""
    texts: list[Text] = [(40, 1350, 28, "江口日报"), (40, 1330, 9, "2024年3月11日 星期一 第3版")]
    article: dict[str, int] = {}
    frames = [(0, 6, 1300, 8), (0, 3, 1120, 20), (3, 3, 1120, 11), (3, 3, 900, 4)]
    for number, (first, count, top, high) in enumerate(frames):
        head = f"第{'一二三四'[number]}篇{''.join(story(100 + number, 1))[:6]}"
        left = 40 + first * 155
        texts.append((left, top, 20, head))
        article[head] = number
        for at, line in enumerate(story(number, count * high - 3)):
            column, row = divmod(at, high)
            texts.append((left + column * 155, top - 20 - row * 11.5, 9, line))
            article[line] = number
    return texts, article


def as_drawn(texts: list[Text]) -> list[Text]:
    return texts


def by_rows(texts: list[Text]) -> list[Text]:
    return sorted(texts, key=lambda text: (-text[1], text[0]))


def by_pieces(texts: list[Text]) -> list[Text]:
    """Two letters at a time, in random order: PDFium has no size for a lone one of a font that is not in the file."""
    out = []
    for x, y, size, text in texts:
        step = 2 if not text.isascii() and len(text) % 2 == 0 else len(text)
        out += [(x + at * size, y, size, text[at : at + step]) for at in range(0, len(text), step)]
    random.Random(1).shuffle(out)
    return out


@pytest.mark.parametrize("order", [as_drawn, by_rows, by_pieces])
def test_articles_of_a_page_in_six_columns(order: Callable[[list[Text]], list[Text]], tmp_path: Path) -> None:
    texts, article = newspaper()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "page.pdf").write_bytes(pdfs.pdf([order(texts)]))
    ingest(tmp_path / "w", tmp_path / "in")
    found = rows(tmp_path / "w", "SELECT printed, a.ordinal FROM lines JOIN passages USING (passage_id) "
                 "LEFT JOIN articles a USING (article_id)")  # fmt: skip
    assert {line: number for line, number in found if line in article} == article
    assert len(found) == len(texts)
    assert rows(tmp_path / "w", "SELECT page_kind, language FROM documents") == [("newspaper", "zh")]


def english(count: int) -> list[str]:
    words = "the ferry leaves from quay twice a day and old fares stay as they were before spring came"
    draw = random.Random(5)
    return [" ".join(draw.choice(words.split(" ")) for _ in range(9)) for _ in range(count)]


@pytest.mark.parametrize("space", [0, 4])
def test_words_that_are_set_wide_stay_in_their_line(space: float) -> None:
    lines = english(12)
    texts = [(60 + (at // 6) * 420.0, 1200 - (at % 6) * 14.0, 10.0, line) for at, line in enumerate(lines)]
    reading = pdf.read(pdfs.pdf([by_rows(texts)], word_space=space), {})
    assert [line.printed for block in reading.blocks for line in block.lines] == lines
    assert reading.page_kind == "article"


def test_a_report_is_one_article_without_its_page_numbers() -> None:
    pages = []
    for number in range(4):
        body = [
            (72.0, 1250 - row * 14.0, 10.0, f"Line {row} of part {number} says that the ferry leaves.")
            for row in range(20)
        ]
        pages.append([(72.0, 1370.0, 9.0, "Harbour report 2024"), *body, (500.0, 30.0, 9.0, f"{number + 1}")])
    pages[0].insert(0, (72.0, 1300.0, 20.0, "The ferry in winter"))
    reading = pdf.read(pdfs.pdf(pages, info="/Title(The ferry in winter)/Author(Lin Qiao)"), {})
    assert reading.blocks[1].kind == "headline" or reading.blocks[0].kind == "headline"
    boilerplate = [block.text for block in reading.blocks if block.kind == "boilerplate"]
    assert sorted(boilerplate) == ["1", "2", "3", "4", *["Harbour report 2024"] * 4]
    assert {block.article for block in reading.blocks if block.kind != "boilerplate"} == {0}
    assert (reading.title, reading.authors) == ("The ferry in winter", ["Lin Qiao"])
    assert reading.blocks[-1].selector.startswith("page=4&viewrect=")


def test_letters_printed_twice_are_read_once_and_none_is_lost() -> None:
    texts: list[Text] = [
        (60, 1200, 12, "Millions will still fill all hills"),
        (60.4, 1200, 12, "Millions will still fill all hills"),
    ]
    reading = pdf.read(pdfs.pdf([texts]), {})
    assert [block.text for block in reading.blocks] == ["Millions will still fill all hills"]


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        (b"", "empty"),
        (b"%PDF-1.7\nnothing follows", "broken"),
        (pdfs.pdf([[(60, 1200, 12, "secret")]], encrypted=True), "encrypted"),
        (pdfs.pdf([[]]), "no-text"),
        (pdfs.pdf([[(60, 1200, 12, "nobody knows these letters at all")]], mapped=False), "no-unicode"),
    ],
    ids=["empty", "cut", "encrypted", "blank", "unmapped"],
)
def test_what_cannot_be_read_is_refused_in_words(payload: bytes, error: str) -> None:
    with pytest.raises(UnreadableError, match=r"\.$") as caught:
        pdf.read(payload, {})
    assert caught.value.error == error


def test_the_version_names_the_build() -> None:
    """Two builds of PDFium differ in boxes and in some characters."""
    assert versions.READERS["pdf"].endswith(f"-{version('pypdfium2')}")


def test_a_soft_hyphen_is_printed_as_one_and_joins_the_word() -> None:
    from flows.extract.paged.glyphs import lines_of

    codes = [*map(ord, "mor"), 2]
    boxes = [value for at in range(4) for value in (10.0 + 5 * at, 10.0, 15.0 + 5 * at, 20.0)]
    (line,) = lines_of(codes, boxes, 100, 100, 1)
    assert line.text == "mor-"
