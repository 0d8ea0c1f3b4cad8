"""A page made longer is cut as the markup would be in which the article's part stands as many times."""

from __future__ import annotations

import numpy as np

from flows.extract.web.blocks import Cut, cut
from flows.extract.web.dom import parse
from tests.train.longer import lengthen

SENTENCE = "The ferry crossed the sound in the morning and came back empty."
HEAD = "<ul><li><a href='/'>Home</a></li></ul><h1>The ferry</h1>"
PART = (
    f"<div class='a1'><p>{SENTENCE}</p></div><p>{SENTENCE} <b>Again</b></p>"
    f"<section><h2>More</h2><p>{SENTENCE}</p></section>"
)
FOOT = "<footer><div><p>All rights</p><p>reserved</p></div></footer>"


def _cut(part: str) -> Cut:
    root = parse(f"<html><body>{HEAD}<main>{part}</main>{FOOT}</body></html>")
    assert root is not None
    return cut(root)


def test_the_part_is_repeated_with_its_elements() -> None:
    page, wanted = _cut(PART), _cut(PART * 3)
    labels = np.array([text.startswith("The ferry crossed") for text in page.texts], dtype=np.float64)
    made = lengthen(page, labels, page.texts.index("The ferry"), 3)
    assert made is not None
    found, old = made
    assert found.texts == wanted.texts
    assert [page.texts[i] for i in old] == wanted.texts
    for name in ("links", "bold", "breaks", "holders"):
        assert getattr(found, name).tolist() == getattr(wanted, name).tolist()

    def shape(page: Cut) -> list[tuple[str, str, int, int, int, int]]:
        return [(f.tag, f.name, f.bits, f.above, f.first, f.last) for f in page.all_frames]

    assert shape(found) == shape(wanted)


def test_a_page_whose_article_is_mixed_with_other_text_is_left_out() -> None:
    page = _cut("".join(f"<p>{text}</p>" for text in (SENTENCE, "Other news. " * 40, SENTENCE)))
    labels = np.array([text == SENTENCE for text in page.texts], dtype=np.float64)
    assert lengthen(page, labels, -1, 3) is None
    assert lengthen(page, np.zeros(len(page.texts)), -1, 3) is None
