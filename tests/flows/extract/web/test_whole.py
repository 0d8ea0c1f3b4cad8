"""Articles chosen block by block are mended: lists whole, gaps closed, headings with their sections."""

from __future__ import annotations

import numpy as np

from flows.extract.web.blocks import Cut, cut
from flows.extract.web.dom import parse
from flows.extract.web.features import Features, measure
from flows.extract.web.whole import mend

SENTENCE = "The ferry crossed the sound in the morning and came back empty. "


def _cut(body: str) -> tuple[Cut, Features]:
    root = parse(f"<html><body>{body}</body></html>")
    assert root is not None
    page = cut(root)
    return page, measure(page, [])


def _mended(body: str, kept: list[int], odds: float = -1.0) -> list[int]:
    page, features = _cut(body)
    chosen = np.zeros(len(page.texts), dtype=bool)
    chosen[kept] = True
    found = mend(page, features, chosen, np.where(chosen, 2.0, odds))
    return [int(i) for i in np.flatnonzero(found)]


def test_a_list_is_kept_whole_or_not_at_all() -> None:
    entries = "".join(f"<li>{SENTENCE}</li>" for _ in range(4))
    assert _mended(f"<ul>{entries}</ul>", [0, 1, 3], odds=-9) == [0, 1, 2, 3]
    assert _mended(f"<ul>{entries}</ul>", [1]) == []
    wrapped = "".join(f"<li><p>{SENTENCE}</p></li>" for _ in range(4))
    assert _mended(f"<ul>{wrapped}</ul>", [0, 1, 3], odds=-9) == [0, 1, 2, 3]


def test_a_list_of_links_is_left_as_it_was_chosen() -> None:
    entries = "".join(f'<li><a href="/{i}">{SENTENCE}</a></li>' for i in range(4))
    assert _mended(f"<ul>{entries}</ul>", [0, 1, 3], odds=-9) == [0, 1, 3]


def test_a_gap_between_paragraphs_of_one_element_is_closed() -> None:
    three = f"<p>{SENTENCE}</p><p>Empty.</p><p>{SENTENCE}</p>"
    assert _mended(f"<div>{three}</div>", [0, 2]) == [0, 1, 2]
    assert _mended(f"<div>{three}</div>", [0, 2], odds=-3) == [0, 2]
    apart = f"<div><p>{SENTENCE}</p></div><div><p>Empty.</p></div><div><p>{SENTENCE}</p></div>"
    assert _mended(apart, [0, 2]) == [0, 2]
    link = f'<div><p>{SENTENCE}</p><p><a href="/1">Empty.</a></p><p>{SENTENCE}</p></div>'
    assert _mended(link, [0, 2]) == [0, 2]


def test_a_heading_goes_with_the_paragraph_below_it() -> None:
    section = "<section><h2>Morning</h2><h3>The crossing</h3></section>"
    assert _mended(f"<p>{SENTENCE}</p>{section}<p>{SENTENCE}</p>", [0, 3]) == [0, 1, 2, 3]
    assert _mended(f"<p>{SENTENCE}</p>{section}<p>{SENTENCE}</p>", [0]) == [0]
    assert _mended(f"{section}<p>{SENTENCE}</p>", [2]) == [2]
    teaser = f'<h2><a href="/1">Morning</a></h2><p>{SENTENCE}</p>'
    assert _mended(teaser * 2, [1, 3]) == [1, 3]


def test_nothing_chosen_stays_nothing() -> None:
    assert _mended(f"<h2>Morning</h2><p>{SENTENCE}</p>", []) == []
