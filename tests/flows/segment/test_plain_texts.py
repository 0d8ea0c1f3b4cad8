"""Texts that are no newspaper pages stay one article in their own order, whatever their lines look like."""

from __future__ import annotations

import random

import pytest

from tests.flows.match.corpus import sentences
from tests.flows.segment.pages import placed


def _paragraphs(count: int, language: str, seed: int) -> list[str]:
    rng = random.Random(seed)
    return [" ".join(sentences(rng, 4, language)) for _ in range(count)]


def _subjects() -> str:
    """Sections that share no word with one another, the last paragraph of each broken off above the next heading."""
    lines: list[str] = []
    for number in range(8):
        rng = random.Random(number)
        words = ["".join(rng.choice("bdfglmnprst") + rng.choice("aeiou") for _ in range(3)) for _ in range(30)]
        for paragraph in range(7):
            text = " ".join(rng.choice(words) for _ in range(90)).capitalize()
            lines.append(text if paragraph == 6 else text + ".")
        lines.append(" ".join(rng.choice(words) for _ in range(4)).title())
    return "\n\n".join(lines[:-1])


def _entries() -> str:
    """A list of dated entries, as a weblog's archive prints it."""
    days = ["Thursday, 02 October 2008", "Friday, 05 September 2008", "Monday, 12 March 2007", "Friday, 13 April 2007"]
    bodies = _paragraphs(12, "en", 3)
    lines: list[str] = []
    for number, day in enumerate(days):
        lines += [day, f"Notes From The Quay {number}", *bodies[3 * number : 3 * number + 3]]
    return "\n\n".join(lines)


def _forum() -> str:
    """Posts under short lines, with sentences that nobody ended."""
    bodies = [text[:-20] for text in _paragraphs(10, "en", 5)]
    return "\n\n".join(f"Harbour Pilot {number}\n\n{body}" for number, body in enumerate(bodies))


def _report() -> str:
    """A report with headings, and paragraphs that a page of paper cut."""
    bodies = _paragraphs(9, "zh", 7)
    lines: list[str] = []
    for number, body in enumerate(bodies):
        lines += [f"第{number + 1}部分 河口旧事", body[:-9], body[-9:] + bodies[(number + 1) % 9][:80]]
    return "\n".join(lines)


def _chapters() -> str:
    """Chapters, one of which names its author below its heading as a book may."""
    bodies = _paragraphs(12, "ru", 9)
    lines: list[str] = []
    for number in range(4):
        lines += [f"Глава о старой гавани {number}", *bodies[3 * number : 3 * number + 3]]
    return "\n\n".join(lines)


@pytest.mark.parametrize(
    "text",
    [_subjects(), _entries(), _forum(), _report(), _chapters()],
    ids=["subjects", "dates", "forum", "cut", "book"],
)
def test_a_text_with_short_lines_and_cut_paragraphs_is_one_article(text: str) -> None:
    heads, blocks = placed(text)
    assert len(heads) == 1
    order = [block["place"] for block in blocks if block["place"] is not None]
    assert order == sorted(order)
    assert not any(block["glued"] and "duplicate" in block["flags"] for block in blocks)
