"""Passages told in other words, told twice, and rewritten in the middle: what `alignments` says of them."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from flows.match.align.choose import LEAST, once
from flows.match.joined import NEAR
from tests.flows.match.corpus import Piece
from tests.flows.match.running import Archive, matched


def words(seed: str, count: int) -> list[str]:
    """Words that no other text has."""
    rng = random.Random(seed)
    return ["".join(rng.choice("bdfglmnprstvz") + rng.choice("aeiou") for _ in range(3)) for _ in range(count)]


def text(seed: str, count: int) -> str:
    return " ".join(words(seed, count))


def reworded(seed: str, told: list[str]) -> str:
    """The words in phrases of two or three, neighbours turned round, and every fourth phrase with a word of its own."""
    rng = random.Random(seed)
    phrases, at = [], 0
    while at < len(told):
        size = rng.randint(2, 3)
        phrases.append(told[at : at + size])
        at += size
    for place in range(0, len(phrases) - 1, 2):
        phrases[place], phrases[place + 1] = phrases[place + 1], phrases[place]
    for place in range(0, len(phrases), 4):
        phrases[place] = [*phrases[place][:1], *words(f"{seed} {place}", 1), *phrases[place][2:]]
    return " ".join(word for phrase in phrases for word in phrase)


def rows(archive: Archive) -> list[tuple[int, int, int, int, str]]:
    names = ("left_start", "left_end", "right_start", "right_end", "relation")
    found = [row for row in archive.rows["alignments"].values() if row["left_article_id"] != row["right_article_id"]]
    return sorted(tuple(row[name] for name in names) for row in found)


def test_a_passage_in_other_words_is_found_by_its_fingerprints(tmp_path: Path) -> None:
    told = words("told", 90)
    left = f"{text('a', 300)}\n{' '.join(told)}\n{text('b', 300)}"
    right = f"{text('c', 200)}\n{reworded('r', told)}\n{text('d', 400)}"
    archive = matched(tmp_path, [Piece("l", left, "one", 0), Piece("r", right, "two", 1)])
    (found,) = rows(archive)
    start, other = len(text("a", 300)) + 1, len(text("c", 200)) + 1
    assert found[4] == "template"
    assert (abs(found[0] - start), abs(found[1] - start - len(" ".join(told)))) < (60, 60)
    assert (abs(found[2] - other), abs(found[3] - other - len(reworded("r", told)))) < (60, 60)
    assert archive.stories() == []


def test_phrases_that_two_texts_share_here_and_there_are_no_passage(tmp_path: Path) -> None:
    phrases = [text(f"phrase {n}", 3) for n in range(14)]

    def scattered(seed: str) -> str:
        return " ".join(f"{text(f'{seed} {n}', 40)} {phrase}" for n, phrase in enumerate(phrases))

    archive = matched(tmp_path, [Piece("l", scattered("a"), "one", 0), Piece("r", scattered("b"), "two", 1)])
    assert rows(archive) == []


@pytest.mark.parametrize(("length", "places"), [(60, 2), (15, 1)])
def test_a_passage_printed_in_two_places_is_told_in_both_and_a_phrase_once(
    tmp_path: Path, length: int, places: int
) -> None:
    story = text("story", 150)
    again = " ".join(words("story", 150)[40 : 40 + length])
    page = f"{story}\n{text('other', 150)}\n{again}\n{text('more', 80)}"
    archive = matched(tmp_path, [Piece("l", story, "one", 0), Piece("r", page, "two", 1)])
    found = rows(archive)
    assert len(found) == places
    assert (0, len(story), 0, len(story), "reprint") in [(*row[:4], "reprint") for row in found]
    assert any(row["relation"] == "self-copy" for row in archive.rows["alignments"].values())


def test_of_spans_of_a_pair_those_stay_that_say_something_new() -> None:
    spans = np.array(
        [
            # pair, left, right, letters in common
            (0, 0, 1000, 0, 1000, 990),
            (0, 300, 700, 350, 740, 380),  # the same, shifted against itself
            (0, 100, 300, 1500, 1700, LEAST),  # a second printing
            (0, 400, 500, 1800, 1900, LEAST - 1),  # a phrase that comes back
            (0, 2000, 2300, 2000, 2300, 300),  # something else
            (1, 0, 1000, 0, 1000, 100),  # another pair
        ],
        np.int64,
    )
    pair, left, left_end, right, right_end, weight = spans.T
    asked = np.ones(len(spans), np.bool_)
    kept = once(pair, (left, left_end), (right, right_end), weight, asked)
    assert kept.tolist() == [True, False, True, False, True, True]
    assert once(pair, (left, left_end), (right, right_end), weight, ~asked).all()
    back = np.arange(len(spans))[::-1]
    turned = once(pair[back], (left[back], left_end[back]), (right[back], right_end[back]), weight[back], asked)
    assert turned[back].tolist() == kept.tolist()


@pytest.mark.parametrize(("letters", "count"), [(NEAR - 20, 1), (NEAR + 60, 2)])
def test_parts_of_one_passage_are_one_row_whenever_they_came(tmp_path: Path, letters: int, count: int) -> None:
    parts = [text(f"part {n}", 60) for n in range(2)]
    own = [text(f"own {n}", 60)[: letters * 7 // 6] for n in range(2)]
    pieces = [Piece(f"p{n}", f"{text(f'head {n}', 9)}\n{parts[0]}\n{own[n]}\n{parts[1]}", f"o{n}", n) for n in range(2)]
    whole = matched(tmp_path / "whole", pieces)
    assert len(rows(whole)) == count
    for row in whole.rows["alignments"].values():
        length = row["right_end"] - row["right_start"]
        assert 0.5 < row["similarity"] <= row["matched_chars"] / min(length, row["matched_chars"])
    for name, order in (("forwards", pieces), ("backwards", pieces[::-1])):
        archive = Archive(tmp_path / name)
        for piece in order:
            archive.feed([piece])
        assert archive.digest() == whole.digest()
    archive.feed([], [pieces[1]])
    assert rows(archive) == []


@pytest.mark.parametrize("outlets", ["aa", "ab"])
def test_what_reports_open_with_is_no_quotation_and_what_stands_within_is(tmp_path: Path, outlets: str) -> None:
    shared = text("shared", 14)
    for name, opens in (("opening", True), ("within", False)):
        pieces = []
        for number, outlet in enumerate(outlets):
            before = "" if opens else f"{text(f'before {number}', 60)}\n"
            pieces.append(Piece(f"p{number}", f"{before}{shared}\n{text(f'own {number}', 150)}", outlet, number))
        ((*_, found),) = rows(matched(tmp_path / name, pieces))
        assert found == ("template" if opens else "quote")


def test_an_opening_that_is_much_of_another_papers_text_is_a_quotation(tmp_path: Path) -> None:
    lead = text("lead", 20)
    pieces = [
        Piece("l", f"{lead}\n{text('own', 45)}", "one", 0),
        Piece("r", f"{lead}\n{text('other', 300)}", "two", 1),
    ]
    ((*_, relation),) = rows(matched(tmp_path, pieces))
    assert relation == "quote"
