"""Newspaper pages in English: what their lines are, and where cut paragraphs go on."""

from __future__ import annotations

import pytest

from flows.segment.affinity import Affinity, headline_form
from flows.segment.lines import Line, typed
from flows.segment.words import in_words, parted, stems
from tests.flows.segment.pages import page, placed

FERRY = [
    (
        "PORT ELLIS, March 4 (Reuters) - The ferry that has crossed the mouth of the Tamsin for ninety years "
        "will make its last trip on Sunday, the harbor board said, once the new bridge opens to cars and "
        "carts."
    ),
    (
        "Ned Pike, who has steered the ferry since he was nineteen, said the passengers had become his "
        "family. He will look after the bridge from next week, painting the railings and clearing the ice."
    ),
    (
        '"A boat can stop, but a ferryman keeps going," he told passengers who had come with flowers and a '
        "brass band to see the ferry tie up for the last time beside the old toll house."
    ),
    ("The harbor board has not decided what becomes of the boat. Passengers want it kept at the quay as a museum."),
]
WHEAT = [
    (
        "The wheat in the hill farms is late this year, and Clara Quill drives from field to field to tell "
        "the farmers when to water it. She carries a probe that shows how dry the soil is."
    ),
    (
        "Rain was scarce through the winter, she said, and three hundred pumps are at work along the canal. "
        "The farmers take turns with the pumps at night, when the water is cheap."
    ),
    (
        "Oskar Hale, who farms forty acres of wheat, used to water by the look of the sky. Now he reads the "
        "probe, and says that the soil tells him more than the sky ever did."
    ),
    ("The county expects a harvest of wheat as good as last year's if the canal does not run dry before June."),
]


def woven(ferry: tuple[str, str], wheat: tuple[str, str]) -> list[tuple[str, str]]:
    """Two articles in turns, each cut in its third paragraph into the two pieces given."""
    return [
        ("m-", "Vol. 88 No. 61"),
        ("m-", "Established 1911"),
        ("m-", "Newsroom: 555-0134"),
        ("h0", "Last Crossing for the Tamsin Ferry"),
        ("b0", "By Anna Marsh and Tom O'Dell, Staff Writers"),
        ("B0", FERRY[0]),
        ("B0", FERRY[1]),
        ("B0", ferry[0]),
        ("h1", "Farmers Trust the Probe, Not the Sky"),
        ("b1", "By RUTH FENWICK"),
        ("j1", "From page 1"),
        ("B1", WHEAT[0]),
        ("B1", WHEAT[1]),
        ("B1", wheat[0]),
        ("B0+", ferry[1]),
        ("B0", FERRY[3]),
        ("B1+", wheat[1]),
        ("B1", WHEAT[3]),
        ("j1", "Continued on page 4"),
    ]


def halves(text: str, before: str, hyphen: str = "") -> tuple[str, str]:
    at = text.index(before)
    return text[:at].rstrip() + hyphen, text[at:]


@pytest.mark.parametrize(
    ("ferry", "wheat"),
    [
        (halves(FERRY[2], "flowers and"), halves(WHEAT[2], "look of")),
        (halves(FERRY[2], "sengers", "-"), halves(WHEAT[2], "look of")),
        (halves(FERRY[2], "flowers and"), halves(WHEAT[2], "ter by", "-")),
    ],
)
def test_articles_printed_in_turns_are_put_together(ferry: tuple[str, str], wheat: tuple[str, str]) -> None:
    lines = woven(ferry, wheat)
    heads, blocks = placed(page(lines))
    kinds = {"m": "masthead", "h": "headline", "b": "byline", "B": "body", "j": "jump"}
    assert [block["kind"] for block in blocks] == [kinds[mark[0]] for mark, _ in lines]
    wanted = [None if mark[1] == "-" else int(mark[1]) for mark, _ in lines]
    assert [block["article"] for block in blocks] == wanted
    assert [block["glued"] for block in blocks] == [mark.endswith("+") for mark, _ in lines]
    assert [head["complete"] for head in heads] == [True, False]
    assert heads[0]["byline"] == "By Anna Marsh and Tom O'Dell, Staff Writers"
    assert heads[0]["agency"] == "Reuters"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Continued on page 4", "jump"),
        ("(Continued from Page A1)", "jump"),
        ("From page 12", "jump"),
        ("Turn to page 3", "jump"),
        ("By Clara Lindqvist", "byline"),
        ("Photo by Hugh Barrow", "caption"),
        ("ADVERTISEMENT", "advert"),
        ("Old Ways, New Roads", "headline"),
        ("the harbor board said on", "body"),
        ("The passengers, who had wait-", "body"),
    ],
)
def test_a_line_is_known_by_its_form(text: str, kind: str) -> None:
    assert typed([FERRY[0], text, FERRY[1]], [0, 2, 2])[1].kind == kind


@pytest.mark.parametrize(
    "text", ["waited at the", "He waited beside the", "The passengers had come with flow-", "It was, he"]
)
def test_a_piece_of_a_paragraph_has_not_the_form_of_a_headline(text: str) -> None:
    assert headline_form(text) < 0 < headline_form("Last Crossing for the Tamsin Ferry")


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ('"It will keep going," he said.', True),
        ('"It will keep going,"', False),
        ("kept go-", False),
        ("(Reuters)", True),
    ],
)
def test_where_a_paragraph_may_end(text: str, ends: bool) -> None:
    assert Line(0, text, False).ends is ends


def test_a_headline_goes_on_with_a_small_letter_in_the_line_below() -> None:
    lines = typed(["Last Crossing for the", "ferry at Port Ellis", *FERRY[:3]], [0, 1, 2, 2, 2])
    assert [line.kind for line in lines] == ["headline", "headline", "body", "body", "body"]


def test_a_word_that_a_hyphen_cut_goes_on_where_the_page_knows_the_whole() -> None:
    lines = [FERRY[0], FERRY[1], "told the pas-", "sengers that he would stay.", "farmers that it would rain."]
    affinity = Affinity(lines)
    assert affinity.joins(2, 3) > affinity.joins(2, 4)
    assert affinity.joins(2, 3) > 0 > affinity.joins(2, 1)


def test_words_are_known_whatever_their_endings_and_small_words_say_nothing() -> None:
    assert stems("The passengers and the passenger") == stems("passenger")
    assert in_words("The ferry 渡船 stops")
    assert not in_words("渡船在三月 stops")


@pytest.mark.parametrize(
    ("before", "text", "spaced"),
    [
        ("their contract ends with", "the month, though nobody", True),
        ("the ferry ran until June", "12, when the bridge", True),
        ("he called it “the end”", "and went home", True),
        ("паром ходил до", "самого июня", True),
        ("barns are fill-", "ing faster than ever", False),
        ("the old ferry", ", which had run", False),
        ("he called it (", "the end) and went", False),
        ("大桥通车以后，渡口前后1", "23天就要停航", False),
        ("他在会上演示了新的Win", "dows系统，并回答了记者的提问", False),
        ("대교가 개통된 뒤에 나루", "터는 문을 닫는다", False),
        ("ends with a space ", "that is there", False),
    ],
)
def test_words_are_parted_by_a_space_and_pieces_of_words_are_not(before: str, text: str, spaced: bool) -> None:
    assert parted(before, text) is spaced
