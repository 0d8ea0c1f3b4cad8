"""How two aligned articles are related."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flows.match.align.candidates import Ints
from flows.match.align.chain import ranges, sorted_by
from flows.match.align.extend import Sides, extend
from flows.match.align.pair import Aligned, Articles, Cuts
from flows.match.align.template import (
    FEW_NUMBERS,
    LEAST_WORDS,
    NUMBER_SHARE,
    Digits,
    Passages,
    are_forms,
    numbers,
    numbers_differ,
)
from flows.match.arrays import distinct
from flows.match.rows import EXCERPT, QUOTE, REPRINT, ROW, SELF_COPY, TEMPLATE, Rows, same_pair
from flows.match.store import Store

WHOLE = 0.5
"""Share of both articles that a reprint has in common at least."""
PART = 1 / 3
"""Share of either article below which what two have in common is a quotation, not an excerpt."""
LONG_QUOTE = 500
"""Letters from which on it is an excerpt, however long the articles."""
LEAST_GROWTH = 20
"""Letters by which the passages of a pair grow into furniture, for the pair to be looked at again."""
SERIES = 3
"""Other issues of a form that a passage is in, for a short passage to count as the form's too."""

_SENTENCE_ENDS = np.array([ord(mark) for mark in "。！？!?؟।;；"], np.uint32)
_STOPS = np.array([ord(mark) for mark in ".．"], np.uint32)
"""The end of a sentence unless a digit follows."""


def _digits(codes: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Which code points are decimal digits, of whatever script."""
    found = (codes >= ord("0")) & (codes <= ord("9"))
    for code in distinct(codes[codes > 0x7F]).tolist():
        if chr(code).isdecimal():
            found |= codes == code
    return found


def _sentence_ends(store: Store, articles: Articles, number: Ints, rows: Ints) -> Ints:
    """The places in the letters of `articles` where the sentences of some rows (ascending) end, each once."""
    if len(rows) == 0:
        return np.zeros(0, np.int64)
    raw, raw_bounds = store.texts(number[rows])
    origin, bounds = store.origins(number[rows])
    stop = np.flatnonzero(np.isin(raw, _STOPS))
    last = np.zeros(len(raw) + 1, np.bool_)
    last[raw_bounds[1:]] = True
    after = np.append(raw, 0)[stop + 1]
    stop = stop[last[stop + 1] | ~_digits(after)]
    end = np.sort(np.concatenate([np.flatnonzero(np.isin(raw, _SENTENCE_ENDS)), stop]))
    # Letters before the end of each sentence, in its article.
    row = np.searchsorted(raw_bounds, end, "right") - 1
    printed = origin + np.repeat(raw_bounds[:-1], np.diff(bounds))
    letters = np.searchsorted(printed, end, "right") - bounds[row]
    return distinct(articles.bounds[rows[row]] + letters)


def _number_strings(articles: Articles, rows: Ints, starts: Ints, ends: Ints) -> list[str]:
    """The numbers in spans of articles, a character each."""
    places, tokens = numbers(articles.codes_all)
    first, last = (np.searchsorted(places, articles.bounds[rows] + at).tolist() for at in (starts, ends))
    return [tokens[a:b] for a, b in zip(first, last, strict=True)]


@dataclass(frozen=True)
class _Spans:
    """Spans of pairs in folded letters, by pair, and where they are cut."""

    pair: Ints
    left_start: Ints
    left_end: Ints
    right_start: Ints
    right_end: Ints
    cuts: Cuts


class _Forms:
    """Asks of pairs of articles whether they look like one form filled in twice."""

    def __init__(self, store: Store, articles: Articles, number: Ints, left: Ints, right: Ints) -> None:
        self._store, self._articles, self._number = store, articles, number
        self._left, self._right = left, right
        self._digits = Digits(articles.codes_all)

    def ask(self, spans: Aligned | _Spans, pairs: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Of the pairs asked for, those that do."""
        asked = np.flatnonzero(pairs[spans.pair])
        pair, bounds, cuts = spans.pair[asked], self._articles.bounds, spans.cuts.take(asked)
        left, right = bounds[self._left[pair]], bounds[self._right[pair]]
        passages = Passages(
            self._articles.text,
            self._digits,
            pair,
            left + spans.left_start[asked],
            left + spans.left_end[asked],
            right + spans.right_start[asked],
            right + spans.right_end[asked],
            cuts.count,
            np.repeat(left, cuts.count) + cuts.left,
            np.repeat(right, cuts.count) + cuts.right,
        )
        rows = distinct(self._left[pair])
        ends = _sentence_ends(self._store, self._articles, self._number, rows)
        return are_forms(passages, ends, len(pairs))

    def widened(self, spans: Aligned, chosen: Ints) -> _Spans:
        """The spans chosen, continued into the furniture round them, as far as the two articles agree there."""
        pair, bounds = spans.pair[chosen], self._articles.bounds
        left, right = self._left[pair], self._right[pair]
        mine, theirs = extend(
            self._articles.codes_all,
            Sides(spans.left_start[chosen], spans.left_end[chosen], bounds[left], bounds[left + 1]),
            Sides(spans.right_start[chosen], spans.right_end[chosen], bounds[right], bounds[right + 1]),
        )
        return _Spans(pair, mine.start, mine.end, theirs.start, theirs.end, spans.cuts.take(chosen))


def forms(store: Store, articles: Articles, number: Ints, left: Ints, right: Ints, spans: Aligned) -> NDArray[np.bool_]:
    """Which spans belong to pairs that look like one form filled in twice.

    `left` and `right` are the rows in `articles` of each pair, `number[row]` the article's number in the store.
    """
    pairs = len(left)
    of = spans.pair
    told = _number_strings(
        articles,
        np.concatenate([left[of], right[of]]),
        np.concatenate([spans.left_start, spans.right_start]),
        np.concatenate([spans.left_end, spans.right_end]),
    )
    lefts, rights = told[: len(of)], told[len(of) :]
    count = np.bincount(of, [max(len(a), len(b)) for a, b in zip(lefts, rights, strict=True)], pairs)
    differ = np.bincount(of, numbers_differ(lefts, rights), pairs)
    distance = np.bincount(of, spans.distance, pairs)
    doubtful = (differ >= 1) & (differ >= NUMBER_SHARE * distance) | (count < FEW_NUMBERS)
    # Without a number that differs, only words can be slots, and those it takes are so many letters.
    doubtful &= (left != right) & ((differ >= 1) | (distance >= 2 * LEAST_WORDS))
    asker = _Forms(store, articles, number, left, right)
    found = asker.ask(spans, doubtful)
    # What an outlet prints daily becomes its furniture, and what is left of a form then is too little to tell.
    letters = np.diff(articles.bounds)
    shorter = np.minimum(spans.left_end - spans.left_start, spans.right_end - spans.right_start)
    little = np.bincount(of, shorter, pairs) < WHOLE * np.minimum(letters[left], letters[right])
    little &= ~found & (left != right)
    chosen = np.flatnonzero(little[of])
    if len(chosen):
        wider = asker.widened(spans, chosen)
        grown = wider.left_end - wider.left_start - (spans.left_end - spans.left_start)[chosen]
        found |= asker.ask(wider, np.bincount(wider.pair, grown, pairs) >= LEAST_GROWTH)
    return found[of]


def _in_series(rows: Rows, asked: Ints) -> NDArray[np.bool_]:
    """Which of the rows asked lie, in either article, inside passages of SERIES other issues of a form."""
    known = np.flatnonzero(rows["form"])
    sides = (("left", "right"), ("right", "left"))
    article = np.concatenate([rows[side][known] for side, _ in sides])
    partner = np.concatenate([rows[other][known] for _, other in sides])
    start = np.concatenate([rows[f"{side}_start"][known] for side, _ in sides]).astype(np.int64)
    end = np.concatenate([rows[f"{side}_end"][known] for side, _ in sides]).astype(np.int64)
    order = sorted_by(article, partner)
    article, partner, start, end = article[order], partner[order], start[order], end[order]
    result = np.zeros(len(asked), np.bool_)
    for side, _ in sides:
        here = rows[side][asked]
        first, last = np.searchsorted(article, here), np.searchsorted(article, here, "right")
        row = np.repeat(np.arange(len(asked)), last - first)
        other = ranges(first, last - first)
        span_start, span_end = rows[f"{side}_start"][asked][row], rows[f"{side}_end"][asked][row]
        common = np.minimum(span_end, end[other]) - np.maximum(span_start, start[other])
        inside = 2 * common >= span_end - span_start
        row, other = row[inside], other[inside]
        fresh = np.ones(len(row), np.bool_)
        fresh[1:] = (row[1:] != row[:-1]) | (partner[other][1:] != partner[other][:-1])
        result |= np.bincount(row[fresh], minlength=len(asked)) >= SERIES
    return result


def relations(rows: Rows, lengths: Ints, asked: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """The relation of each row; those not asked for keep theirs.

    `rows` come by pair, `lengths` are the letters of the articles. What a row is depends on its articles' rows alone.
    """
    result = rows["relation"].copy()
    index = np.flatnonzero(asked)
    if len(index) == 0:
        return result
    left_length = np.maximum(lengths[rows["left"]], 1)
    right_length = np.maximum(lengths[rows["right"]], 1)
    left_share = (rows["left_end"] - rows["left_start"]) / left_length
    right_share = (rows["right_end"] - rows["right_start"]) / right_length
    pair = same_pair(rows)
    shorter = np.minimum(rows["left_end"] - rows["left_start"], rows["right_end"] - rows["right_start"])
    common = np.bincount(pair, shorter)[pair]
    fresh = np.full(len(rows), EXCERPT, np.uint8)
    fresh[(common < PART * left_length) & (common < PART * right_length) & (common < LONG_QUOTE)] = QUOTE
    fresh[(left_share >= WHOLE) & (right_share >= WHOLE)] = REPRINT
    fresh[rows["form"]] = TEMPLATE
    fresh[rows["left"] == rows["right"]] = SELF_COPY
    weak = asked & ~rows["form"] & (rows["left"] != rows["right"])
    weak &= common < WHOLE * np.minimum(left_length, right_length)
    weak_index = np.flatnonzero(weak)
    if len(weak_index):
        fresh[weak_index[_in_series(rows, weak_index)]] = TEMPLATE
    # A pair is a form as a whole.
    fresh[(np.bincount(pair, fresh == TEMPLATE)[pair] > 0) & (fresh != SELF_COPY) & weak] = TEMPLATE
    result[index] = fresh[index]
    return result


def to_rows(number: Ints, left: Ints, right: Ints, spans: Aligned, form: NDArray[np.bool_]) -> Rows:
    """Aligned spans as rows; `number[row]` is the number of an article."""
    rows = np.zeros(len(spans), ROW)
    rows["left"], rows["right"] = number[left[spans.pair]], number[right[spans.pair]]
    for name in ("left_start", "left_end", "right_start", "right_end", "distance", "matched"):
        rows[name] = getattr(spans, name)
    rows["form"] = form
    return rows
