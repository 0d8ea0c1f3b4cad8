"""Folding: what two copies of a text must agree on, and the way back to the printed characters.

Fold evens out what a reprint changes without changing the text: width, case, accents, punctuation,
spacing, Traditional and Simplified script, the digits of other scripts. It works on single characters, so
that every folded letter has one character it came from:

1. URLs are masked.
2. Each character becomes its compatibility decomposition (NFKD), casefolded (Unicode Standard, chapter 3);
   Hangul syllables stay whole. One character may become several: ß is `ss`, ㈱ is `株`.
3. Letters (L*) and numbers (N*) are kept, decimal digits of every script as 0 to 9. Of the combining marks
   (M*), those with canonical combining class 0 are kept: they are the vowel signs of Indic scripts, Thai, Khmer and
   others, without which different words would be the same. Those of other classes are dropped: accents, Arabic
   and Hebrew points, the Thai tone marks, nukta and virama, the Japanese voicing marks; copies differ in them
   by convention. So are enclosing marks, variation selectors, Hangul fillers and the Arabic kashida.
4. Ideographs go one to one to the form that stands for all their forms: Simplified for Traditional, and one for
   the regional, Japanese and variant forms (`variant_forms`). So do the letters that Persian and Urdu print otherwise
   than Arabic.

Lone surrogates, private and unassigned code points fold to nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from flows.match.variant_forms import one_form

Codes = NDArray[np.uint32]
Offsets = NDArray[np.int64]

CHUNK_BYTES = 1 << 19
"""Bytes of UTF-8 that are folded at a time: what bounds the memory, and what a processor keeps at hand."""

_ASSIGNED_END = 0x40000
"""No code point from here on is a letter, a number or a mark that is kept."""
_SELECTORS = range(0xE0100, 0xE01F0)
"""Marks beyond that: the supplementary variation selectors."""
_MANY = np.uint32(1 << 31)
"""Marks a table entry that is the number of an expansion, not a code point."""
_IGNORED = frozenset("\u0640\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0") | frozenset(
    map(chr, range(0xFE00, 0xFE10))
)
URL = re.compile(r"(?:(?:https?|ftp)://|www\.)[!-~]+", re.IGNORECASE)
"""What folds to nothing as a whole."""


@dataclass(frozen=True)
class FoldTable:
    """What each code point folds to: 0 is nothing, an entry with the top bit is the number of an expansion."""

    single: Codes
    many: Codes
    many_start: Offsets
    many_length: Offsets


@dataclass(frozen=True)
class FoldedColumn:
    """Folded texts laid end to end.

    `codes` are the folded letters of all rows, `bounds[i]:bounds[i + 1]` those of row i, and `origin` gives
    for each letter the code point of its row that it came from.
    """

    codes: Codes
    bounds: Offsets
    origin: NDArray[np.int32]


def _kept(char: str) -> str:
    """The character as it is kept, or the empty string."""
    if char in _IGNORED:
        return ""
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category[0] in "LN" or (category in ("Mn", "Mc") and unicodedata.combining(char) == 0):
        return char
    return ""


@cache
def fold_table() -> FoldTable:
    """The table for every code point; built at first use, in about a fifth of a second."""
    alphabet = list(map(chr, range(_ASSIGNED_END)))
    # A line feed parts the characters, composes with nothing and folds to itself, so one call folds all.
    folded = unicodedata.normalize("NFKD", "\n".join(alphabet)).casefold()
    parts = unicodedata.normalize("NFKD", folded).split("\n")
    parts[10:12] = ["\n"]  # the line feed itself parted into two empty strings
    kept = list(map(_kept, alphabet))
    single = np.zeros(0x110000, np.uint32)
    many: list[str] = []
    for code, part in enumerate(parts):
        if 0xAC00 <= code <= 0xD7A3:
            single[code] = code
        elif len(part) == 1:
            result = kept[ord(part)]
            single[code] = ord(result) if result else 0
        else:
            result = "".join(kept[ord(each)] for each in part)
            if len(result) > 1:
                single[code] = _MANY | len(many)
                many.append(result)
            elif result:
                single[code] = ord(result)
    forms = one_form()
    plain = single < _MANY
    single[plain] = forms[single[plain]]
    lengths = np.array([len(each) for each in many], np.int64)
    letters = np.frombuffer("".join(many).encode("utf-32-le"), np.uint32)
    return FoldTable(single, forms[letters], np.cumsum(lengths) - lengths, lengths)


def changed_letters() -> Iterator[tuple[str, str]]:
    """Letters, numbers, marks and symbols that fold to something else than themselves, each with that, in order."""
    table = fold_table()
    codes = np.concatenate([np.arange(_ASSIGNED_END), np.array(_SELECTORS)])
    # Most fold to themselves, and to ask Unicode of each takes longer than all else here.
    for code in codes[table.single[codes] != codes].tolist():
        if unicodedata.category(chr(code))[0] not in "LMNS":
            continue
        told = int(table.single[code])
        if told >= _MANY:
            start = int(table.many_start[told - _MANY])
            letters = table.many[start : start + int(table.many_length[told - _MANY])]
            yield chr(code), "".join(map(chr, letters.tolist()))
        else:
            yield chr(code), chr(told) if told else ""


def _mask_urls(text: str, codes: Codes, folded: Codes) -> None:
    """Set the folded codes of URLs to nothing, in place."""
    colons = np.flatnonzero(codes == ord(":"))
    colons = colons[colons < len(codes) - 2]
    schemes = colons[(codes[colons + 1] == ord("/")) & (codes[colons + 2] == ord("/"))]
    dots = np.flatnonzero(codes == ord("."))
    dots = dots[dots >= 3]
    hosts = dots[np.isin(codes[dots - 1], (87, 119)) & np.isin(codes[dots - 2], (87, 119))]
    starts = np.concatenate([schemes - 5, schemes - 4, schemes - 3, hosts - 3])
    end = 0
    for start in np.sort(starts[starts >= 0]).tolist():
        if start >= end and (found := URL.match(text, start)):
            end = found.end()
            folded[start:end] = 0


def _fold(text: str, codes: Codes) -> tuple[Codes, Offsets]:
    """The folded letters of a text, and for each the index of its character."""
    table = fold_table()
    folded = table.single[codes]
    _mask_urls(text, codes, folded)
    origin = np.flatnonzero(folded)
    folded = folded[origin]
    many = np.flatnonzero(folded >= _MANY)
    if len(many) == 0:
        return folded, origin
    number = (folded[many] ^ _MANY).astype(np.int64)
    repeats = np.ones(len(folded), np.int64)
    repeats[many] = table.many_length[number]
    first = (np.cumsum(repeats) - repeats)[many]
    lengths = table.many_length[number]
    place = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    folded, origin = np.repeat(folded, repeats), np.repeat(origin, repeats)
    folded[np.repeat(first, lengths) + place] = table.many[np.repeat(table.many_start[number], lengths) + place]
    return folded, origin


def _codes(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _text(codes: Codes) -> str:
    return codes.tobytes().decode("utf-32-le")


def fold_with_offsets(text: str) -> tuple[str, Offsets]:
    """The folded text, and for each of its letters the index of the code point it came from."""
    folded, origin = _fold(text, _codes(text))
    return _text(folded), origin


class _Letters(dict[int, str]):
    """What each code point folds to, as `str.translate` takes it; filled as it is asked."""

    def __missing__(self, code: int) -> str:
        table = fold_table()
        value = int(table.single[code])
        if value < _MANY:
            letters = chr(value) if value else ""
        else:
            number = value - int(_MANY)
            start = int(table.many_start[number])
            letters = _text(table.many[start : start + int(table.many_length[number])])
        self[code] = letters
        return letters


_LETTERS = _Letters()
_SHORT = 1 << 12
_WORD = 4
"""Characters of a text, too short for a URL, that is likely to be folded again."""


@lru_cache(maxsize=1 << 16)
def _fold_word(text: str) -> str:
    return text.translate(_LETTERS)


def fold(text: str) -> str:
    """The folded text. Any `str` will do, lone surrogates included."""
    if len(text) <= _WORD:
        return _fold_word(text)
    if len(text) < _SHORT and "://" not in text and "www." not in text.lower():
        return text.translate(_LETTERS)
    return fold_with_offsets(text)[0]


def slices(column: pa.Array) -> Iterator[pa.Array]:
    """The column in runs of rows of about CHUNK_BYTES, at least one row each."""
    if len(column) == 0:
        return
    sizes = pc.fill_null(pc.binary_length(column), 0).to_numpy(zero_copy_only=False)
    ends = np.cumsum(sizes, dtype=np.int64)
    start = 0
    while start < len(column):
        base = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, base + CHUNK_BYTES, "right")))
        yield column.slice(start, stop - start)
        start = stop


def fold_rows(column: pa.Array) -> FoldedColumn:
    """Fold a column of strings at once; null rows fold to nothing."""
    if len(column) == 0:
        return FoldedColumn(np.zeros(0, np.uint32), np.zeros(1, np.int64), np.zeros(0, np.int32))
    filled = pc.cast(pc.fill_null(column, ""), pa.string())
    lengths = pc.utf8_length(filled).to_numpy(zero_copy_only=False).astype(np.int64)
    # Joined by line feeds, which fold to nothing and end a URL at the end of its row.
    text = pc.binary_join(pa.array([filled], pa.list_(pa.string())), "\n")[0].as_py()
    folded, origin = _fold(text, _codes(text))
    starts = np.cumsum(lengths + 1) - lengths - 1
    bounds = np.append(np.searchsorted(origin, starts), len(origin)).astype(np.int64)
    origin -= np.repeat(starts, np.diff(bounds))
    return FoldedColumn(folded, bounds, origin.astype(np.int32))


def fold_columns(column: pa.Array | pa.ChunkedArray) -> Iterator[FoldedColumn]:
    """Fold a column of strings in runs of rows of bounded size, in order; null rows fold to nothing."""
    for chunk in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
        for rows in slices(chunk):
            yield fold_rows(rows)


def strings(codes: Codes, bounds: Offsets) -> pa.StringArray:
    """Texts laid end to end, given by their code points and bounds, as Arrow strings. Lone surrogates raise."""
    data = _text(codes).encode()
    width = np.ones(len(codes), np.uint8)
    for first in (0x80, 0x800, 0x10000):
        width += codes >= first
    ends = np.zeros(len(codes) + 1, np.int64)
    np.cumsum(width, out=ends[1:])
    if len(data) < 1 << 31:
        offsets = ends.astype(np.int32)[bounds]
        return pa.StringArray.from_buffers(len(bounds) - 1, pa.py_buffer(offsets), pa.py_buffer(data))
    large = pa.LargeStringArray.from_buffers(len(bounds) - 1, pa.py_buffer(ends[bounds]), pa.py_buffer(data))
    return large.cast(pa.string())


def fold_column(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """The folded texts of a column of strings; null stays null."""
    parts = [strings(folded.codes, folded.bounds) for folded in fold_columns(column)]
    folded = pa.concat_arrays(parts) if parts else pa.array([], pa.string())
    if not column.null_count:
        return folded
    mask = column.is_null()
    return pc.if_else(mask.combine_chunks() if isinstance(mask, pa.ChunkedArray) else mask, None, folded)
