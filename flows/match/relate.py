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
    LEAST_WORDS,
    Digits,
    Passages,
    are_forms,
    numbers,
    numbers_differ,
)
from flows.match.archive import NO_DATE, Archive, same_outlet
from flows.match.arrays import distinct
from flows.match.enumerations import enumerations
from flows.match.rows import (
    ENUMERATION,
    EXCERPT,
    FILLED,
    FORM,
    LOOSE,
    QUOTE,
    REPRINT,
    REWRITTEN,
    ROW,
    SELF_COPY,
    TEMPLATE,
    Rows,
    same_pair,
)
from flows.match.store import Store

WHOLE = 0.5
"""Share of both articles that a reprint has in common at least."""
CONTAINED = 0.7
"""Letters in common, as a share of the shorter article's, from which on the one is the other's text, whole or cut."""
CONTAINED_LATE = 0.75
"""The same where the two ran more than FAR days apart."""
EDITED = 0.85
"""Letters in common, as a share of the aligned ones, that an edited reprint has where phrases were replaced."""
PURE = 0.9
"""The same share of what was copied as it stood."""
PURE_LATE = 0.95
"""The same where an outlet prints its own text again after FAR days."""
PART = 1 / 3
"""Share of the shorter article that is a part of it rather than a quotation."""
LONG_PART = 250
"""Letters that such a part has, so that it is no phrase which everybody uses."""
CUT = 0.4
"""Share of the shorter article that an outlet has of a short text of another's, cut: with nothing changed in it."""
LEAST_CUT = 120
"""Letters that it has then."""
PURE_CUT = 0.97
"""Letters in common, as a share of the aligned ones, then."""
LONG_QUOTE = 500
"""Letters from which on it is an excerpt, however long the articles."""
OPENING = 60
"""Letters from the start of an article among which its opening begins, below its headline."""
LITTLE = 0.25
"""Share of the shorter article below which an opening is little of it."""
FAR = 30
"""Days after which news is no longer reprinted, and what is built alike tells of another event."""
_DAY = 86_400_000_000
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

    def ask(self, spans: Aligned | _Spans, pairs: NDArray[np.bool_]) -> NDArray[np.uint8]:
        """Of the pairs asked for, what shows it; of the others nothing."""
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


def forms(store: Store, articles: Articles, number: Ints, left: Ints, right: Ints, spans: Aligned) -> NDArray[np.uint8]:
    """What the pair of each span shows of one form filled in twice (FORM, FILLED, REWRITTEN), and whether the span
    itself is an ENUMERATION; or that it is LOOSE.

    `left` and `right` are the rows in `articles` of each pair, `number[row]` the article's number in the store.
    """
    pairs = len(left)
    result = np.where(spans.loose > 0, LOOSE, np.uint8(0))
    copies = np.flatnonzero(spans.loose == 0)
    spans = spans.take(copies)
    of = spans.pair
    told = _number_strings(
        articles,
        np.concatenate([left[of], right[of]]),
        np.concatenate([spans.left_start, spans.right_start]),
        np.concatenate([spans.left_end, spans.right_end]),
    )
    lefts, rights = told[: len(of)], told[len(of) :]
    differ = np.bincount(of, numbers_differ(lefts, rights), pairs)
    distance = np.bincount(of, spans.distance, pairs)
    # Without a number that differs, only words can be slots, and those it takes are so many letters.
    doubtful = (left != right) & ((differ >= 1) | (distance >= 2 * LEAST_WORDS))
    asker = _Forms(store, articles, number, left, right)
    found = asker.ask(spans, doubtful)
    # What an outlet prints daily becomes its furniture, and what is left of a form then is too little to tell.
    letters = np.diff(articles.bounds)
    shorter = np.minimum(spans.left_end - spans.left_start, spans.right_end - spans.right_start)
    little = np.bincount(of, shorter, pairs) < WHOLE * np.minimum(letters[left], letters[right])
    little &= (found & FORM == 0) & (left != right)
    chosen = np.flatnonzero(little[of])
    if len(chosen):
        wider = asker.widened(spans, chosen)
        grown = wider.left_end - wider.left_start - (spans.left_end - spans.left_start)[chosen]
        found |= asker.ask(wider, np.bincount(wider.pair, grown, pairs) >= LEAST_GROWTH)
    result[copies] = found[of]
    # What is most of an article is more than a quotation, whatever it is.
    part = np.flatnonzero(shorter < CONTAINED * np.minimum(letters[left], letters[right])[of])
    lists = enumerations(store, articles, number, left[of[part]], spans.left_start[part], spans.left_end[part])
    result[copies[part[lists]]] |= ENUMERATION
    return result


def _in_series(rows: Rows, known: Ints, asked: Ints, archive: Archive) -> NDArray[np.bool_]:
    """Which of the rows asked lie, in either article, inside passages of SERIES other issues of a form in known rows.

    Articles that show by themselves to be a form are an issue each; of others all of one time of FAR days are one, as
    they may be copies of one text.
    """
    sides = (("left", "right"), ("right", "left"))
    article = np.concatenate([rows[side][known] for side, _ in sides])
    partner = np.concatenate([rows[other][known] for _, other in sides])
    alike = np.tile(rows["form"][known] & FORM == 0, 2)
    time = archive.date[partner] // (FAR * _DAY)
    partner = np.unique(2 * np.where(alike, time, partner) + alike, return_inverse=True)[1]
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


def _far(archive: Archive, left: Ints, right: Ints) -> NDArray[np.bool_]:
    """Which articles ran more than FAR days from one another; never where either has no date."""
    dated = (archive.date[left] != NO_DATE) & (archive.date[right] != NO_DATE)
    gap = np.abs(np.where(dated, archive.date[left], 0) - np.where(dated, archive.date[right], 0))
    result: NDArray[np.bool_] = gap > FAR * _DAY
    return result


def relations(rows: Rows, lengths: Ints, asked: NDArray[np.bool_], archive: Archive) -> NDArray[np.uint8]:
    """The relation of each row; those not asked for keep theirs.

    `rows` come by pair, `lengths` are the letters of the articles. What a row is depends on its articles' rows alone,
    and on when and where these articles ran.
    """
    result = rows["relation"].copy()
    index = np.flatnonzero(asked)
    if len(index) == 0:
        return result
    left, right = rows["left"], rows["right"]
    left_length, right_length = np.maximum(lengths[left], 1), np.maximum(lengths[right], 1)
    left_span, right_span = rows["left_end"] - rows["left_start"], rows["right_end"] - rows["right_start"]
    pair = same_pair(rows)
    form, filled, rewritten, loose, listed = (
        rows["form"] & mark > 0 for mark in (FORM, FILLED, REWRITTEN, LOOSE, ENUMERATION)
    )
    # What is told in other words is no copy, and says nothing of what else the two have in common.
    shorter = np.where(loose, 0, np.minimum(left_span, right_span))
    common = np.bincount(pair, shorter)[pair]
    matched = np.bincount(pair, np.where(loose, 0, rows["matched"]))[pair]
    contained = matched / np.minimum(left_length, right_length)
    pure = matched / np.maximum(common, 1)
    two = left != right
    far, at_home = _far(archive, left, right), same_outlet(archive, left, right)
    # What is written round the common words tells: a reprint has nothing of its own there, or little.
    reuse = (contained >= CONTAINED) & (~rewritten | (pure >= EDITED))
    clean = (pure >= PURE) & ~filled & ~rewritten
    cut = (contained >= CUT) & (common >= LEAST_CUT) & (pure >= PURE_CUT)
    part = ((contained >= PART) & (common >= LONG_PART) | cut) & ~at_home | (common >= LONG_QUOTE)
    reuse |= part & clean
    # Long after, the same words are a form's, unless all of them are the same.
    reuse &= ~(far & at_home) | (contained >= CONTAINED_LATE) & clean & (pure >= PURE_LATE)
    # What an outlet's reports of one day and the next open with is its form; a quotation stands within the text. The
    # outlets may be two names of one, where the opening is all.
    opening = (rows["left_start"] < OPENING) & (rows["right_start"] < OPENING) & (at_home | (contained < LITTLE))
    quoted = (
        (pure >= PURE)
        & ~opening
        & ~listed
        & ~rewritten
        & (~filled | ~at_home & (pure >= PURE_LATE))
        & (~far | ~at_home | (common >= LONG_PART))
    )
    fresh = np.full(len(rows), TEMPLATE, np.uint8)
    fresh[quoted] = QUOTE
    fresh[reuse] = EXCERPT
    fresh[reuse & (left_span >= WHOLE * left_length) & (right_span >= WHOLE * right_length)] = REPRINT
    fresh[form | loose] = TEMPLATE
    weak = (
        asked
        & (fresh != TEMPLATE)
        & two
        & (common < np.minimum(WHOLE * np.minimum(left_length, right_length), LONG_PART))
    )
    weak_index = np.flatnonzero(weak)
    if len(weak_index):
        known = np.flatnonzero(two & ~loose & ~listed & (fresh == TEMPLATE))
        fresh[weak_index[_in_series(rows, known, weak_index, archive)]] = TEMPLATE
    # A pair is a form as a whole.
    fresh[(np.bincount(pair, ~loose & ~listed & (fresh == TEMPLATE))[pair] > 0) & weak] = TEMPLATE
    fresh[~two] = SELF_COPY
    result[index] = fresh[index]
    return result


def to_rows(number: Ints, left: Ints, right: Ints, spans: Aligned, form: NDArray[np.uint8]) -> Rows:
    """Aligned spans as rows; `number[row]` is the number of an article."""
    rows = np.zeros(len(spans), ROW)
    rows["left"], rows["right"] = number[left[spans.pair]], number[right[spans.pair]]
    for name in ("left_start", "left_end", "right_start", "right_end", "distance", "matched"):
        rows[name] = getattr(spans, name)
    rows["form"] = form
    return rows
