"""Terms: what the index holds of a text, and what a question to it is taken apart into.

A term stands at the place of its first letter in the folded text (`flows.match.fold`). Scripts that part no words give
a term for each two letters that follow one another, whatever mark, space or line feed stood between them, and the last
letter of a run is a term of its own: so one letter is the beginning of a term. Other scripts give whole words. A word
ends at whatever folding drops but for marks on letters, and where the script changes; a phrase is met where its words
follow one another.
"""

from __future__ import annotations

import sys
import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from flows.match.align.chain import ranges
from flows.match.fold import fold_table, fold_with_offsets, strings

RUNNING = (
    (0x0E00, 0x109F),  # Thai, Lao, Tibetan, Burmese
    (0x1100, 0x11FF),  # Hangul letters
    (0x1780, 0x17FF),  # Khmer
    (0x1950, 0x1AAF),  # Tai scripts
    (0x2E80, 0xA4CF),  # ideographs, kana, bopomofo, Yi
    (0xA960, 0xA97F),
    (0xAC00, 0xD7FF),  # Hangul, whose words carry what other languages set apart
    (0xF900, 0xFAFF),
    (0x1B000, 0x1B16F),
    (0x20000, 0x3FFFF),
)
"""First and last code points of scripts whose letters are indexed by twos. `warehouse/views/90_search.sql` has them."""
LONGEST = 40
"""Letters of the longest word; what has more is no word, and is cut into words of so many."""
SHIFT = 18
"""Bits of a letter of RUNNING."""

Codes = NDArray[np.uint64]
Places = NDArray[np.int32]
Flags = NDArray[np.bool_]


@cache
def running() -> Flags:
    """Whether each code point belongs to a script that parts no words."""
    found = np.zeros(sys.maxunicode + 1, np.bool_)
    for first, last in RUNNING:
        found[first : last + 1] = True
    return found


@cache
def parting() -> Flags:
    """Whether each code point ends a word: those that folding drops, but for letters, marks and what is not seen."""
    found: Flags = fold_table().single == 0
    for code in np.flatnonzero(found[:_PLANES]).tolist():
        category = unicodedata.category(chr(code))
        found[code] = category[0] not in "LM" and category != "Cf"
    found[0xE0000:0xE0200] = False  # tags and variation selectors
    return found


_PLANES = 0x20000
"""From here on nothing is dropped that does not end a word, but for those."""


@dataclass(frozen=True)
class Terms:
    """The terms of some texts, by two kinds: pairs of letters as numbers, and words; each with its text and place."""

    pairs: Codes
    """The first letter in the upper bits, the second in the lower SHIFT; no second is 0."""
    pair_row: Places
    pair_at: Places
    words: pa.StringArray
    word_row: Places
    word_at: Places
    letters: Places
    """How many folded letters each text has."""

    def __len__(self) -> int:
        return len(self.pairs) + len(self.words)


def terms(texts: list[str]) -> Terms:
    """The terms of texts, each kind in the order of the texts and of the places in them."""
    # Joined by line feeds, which fold to nothing, end a word, and end an address at the end of its row.
    joined = "\n".join(texts)
    printed = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    folded, origin = fold_with_offsets(joined)
    codes = np.frombuffer(folded.encode("utf-32-le"), np.uint32)
    starts = np.cumsum([0, *(len(text) + 1 for text in texts)])
    bounds = np.searchsorted(origin, starts)
    row = np.repeat(np.arange(len(texts), dtype=np.int32), np.diff(bounds))
    at = (np.arange(len(codes)) - bounds[row]).astype(np.int32)
    parted = np.cumsum(parting()[printed], dtype=np.int32)[origin]
    after = np.ones(len(codes), np.bool_)
    after[1:] = (row[1:] != row[:-1]) | (parted[1:] != parted[:-1])
    free = running()[codes]
    first = np.flatnonzero(free)
    followed = np.zeros(len(codes), np.bool_)
    followed[:-1] = free[1:] & (row[1:] == row[:-1])
    second = np.where(followed[first], codes[np.minimum(first + 1, len(codes) - 1)], 0)
    pairs = (codes[first].astype(np.uint64) << np.uint64(SHIFT)) | second.astype(np.uint64)
    begins = after.copy()
    begins[1:] |= free[:-1]
    inside = np.flatnonzero(~free)
    edges = np.flatnonzero(begins[inside])
    edges = _cut(edges, len(inside))
    word = inside[edges] if len(edges) else edges
    return Terms(
        pairs,
        row[first],
        at[first],
        strings(codes[inside], np.append(edges, len(inside)) if len(inside) else np.zeros(1, np.int64)),
        row[word],
        at[word],
        np.diff(bounds).astype(np.int32),
    )


def _cut(edges: NDArray[np.int64], end: int) -> NDArray[np.int64]:
    """Where words begin, those that are too long cut."""
    length = np.diff(np.append(edges, end))
    if len(length) == 0 or int(length.max()) <= LONGEST:
        return edges
    parts = -(-length // LONGEST)
    return np.repeat(edges, parts) + LONGEST * ranges(np.zeros(len(edges), np.int64), parts)


def spelled(pairs: Codes) -> pa.StringArray:
    """Pairs of letters as the strings that they are."""
    both = np.empty((len(pairs), 2), np.uint32)
    both[:, 0] = pairs >> np.uint64(SHIFT)
    both[:, 1] = pairs & np.uint64((1 << SHIFT) - 1)
    there = both.ravel() != 0
    return strings(both.ravel()[there], np.append(0, np.cumsum(there)[1::2]).astype(np.int64))


@dataclass(frozen=True)
class Term:
    """A term of a phrase, `at` letters behind its beginning. An `open` one is met by every term that begins so."""

    text: str
    at: int
    open: bool = False


def phrase(text: str, *, begun: bool = False) -> list[Term]:
    """The fewest terms that are met where a phrase is, in order; none where it folds to nothing.

    `begun`: its last word may go on.
    """
    found = terms([text])
    out = [Term(word, at, False) for word, at in zip(found.words.to_pylist(), found.word_at.tolist(), strict=True)]
    if out and begun and (not len(found.pair_at) or found.pair_at[-1] < out[-1].at):
        out[-1] = Term(out[-1].text, out[-1].at, True)
    pairs = spelled(found.pairs).to_pylist()
    places = found.pair_at.tolist()
    end = int(found.letters[0])
    covered = -1
    for number, (pair, at) in enumerate(zip(pairs, places, strict=True)):
        last = number + 1 == len(pairs) or places[number + 1] != at + 1
        if at <= covered and not (len(pair) == 2 and at == covered and _ends(pairs, places, number)):
            continue
        if len(pair) == 1:
            # At the end of the phrase the text may go on; before a word it does not.
            out.append(Term(pair, at, last and at + 1 == end))
        else:
            out.append(Term(pair, at))
        covered = at + len(pair) - 1
    return sorted(out, key=lambda term: term.at)


def _ends(pairs: list[str], places: list[int], number: int) -> bool:
    """Whether a pair is the last of its run."""
    return number + 1 < len(pairs) and places[number + 1] == places[number] + 1 and len(pairs[number + 1]) == 1
