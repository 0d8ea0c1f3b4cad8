"""The clean stage: placed blocks in, passages, edits and articles out.

Whole columns go through Arrow and numpy; only the blocks that some rule may change become Python objects.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from flows.clean.assemble import Passages, articles_of, joined, spans_of
from flows.clean.edits import Edit, repair
from flows.clean.facts import HEAD_FACTS, clean_facts
from flows.clean.lines import lines_of
from flows.clean.rules import HAN, RULES, Rule
from flows.clean.sieve import sorts_of_blocks, touched
from schemas import table
from schemas.columns import STRINGS
from schemas.ids import passage_ids

SPLIT_ABOVE = 40
"""A rule that takes more characters than this out of a passage splits it, so that offsets inside stay near; what was
taken out becomes a passage without text between the two, whose edit holds it."""

_SUSPECT = (
    ("suspect-hangul", re.compile(f"(?<=[{HAN}])[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3](?=[{HAN}])")),
    ("suspect-latin", re.compile(f"(?<=[{HAN}])(?:[A-Za-z]|[A-Za-z]*[a-z][A-Za-z]*)(?=[{HAN}])")),
)
_SUSPECT_SIEVE = r"\p{Han}[\x{1100}-\x{11ff}\x{3131}-\x{318e}\x{ac00}-\x{d7a3}]\p{Han}|\p{Han}[A-Za-z]+\p{Han}"


class Cleaned(NamedTuple):
    """What cleaning returns: rows in their tables' schemas, and each document's passages joined by newlines."""

    articles: pa.Table
    passages: pa.Table
    edits: pa.Table
    lines: pa.Table
    document_texts: dict[str, str]


class _Piece(NamedTuple):
    """A part of a block that becomes a passage: its cleaned text, edits, and span in the block's reading."""

    text: str
    edits: list[Edit]
    start: int
    end: int


class _Changed(NamedTuple):
    """What comes of the blocks that rules touched: for each passage its block, and what is new about it."""

    blocks: NDArray[np.int64]
    """Number of the block that each passage comes from, ascending."""
    passages: list[tuple[int, _Piece]]
    """Passages whose block was touched, by number."""


def clean(documents: pa.Table, heads: pa.Table, placed: pa.Table) -> Cleaned:
    """Clean placed blocks (PLACED_BLOCKS) of some documents and put their articles (ARTICLE_HEADS), which are
    cleaned too, together.

    `documents` needs document_id, extractor and language. Blocks come sorted by document and ordinal.
    """
    placed = placed.combine_chunks()
    sorts = sorts_of_blocks(placed, documents)
    changed = _pieces_of(placed, touched(placed.column("text").combine_chunks(), sorts))
    passages = _passages(placed, changed)
    heads = clean_facts(heads, HEAD_FACTS, documents)
    articles = articles_of(documents, heads, passages, spans_of(passages))
    held = passages.having_text()
    bounds = np.flatnonzero(np.diff(held.owner, prepend=-1))
    texts = joined(held.text, pa.array([""] * len(bounds)), bounds, "\n")
    ids = held.table.column("document_id").take(pa.array(bounds)).to_pylist()
    return Cleaned(
        articles.table,
        articles.passages,
        _edits(passages.table, changed),
        lines_of(passages.table, {number: (p.start, p.end, p.edits) for number, p in changed.passages}, documents),
        dict(zip(ids, texts.to_pylist(), strict=True)),
    )


def _pieces_of(placed: pa.Table, touched: dict[int, Sequence[Rule]]) -> _Changed:
    """Clean the touched blocks: each becomes one passage, or several where it is split."""
    rows = sorted(touched)
    readings = placed.column("text").take(pa.array(rows, pa.int64())).to_pylist()
    pieces = [_pieces(reading, touched[row]) for row, reading in zip(rows, readings, strict=True)]
    each = np.ones(placed.num_rows, dtype=np.int64)
    each[rows] = [len(made) for made in pieces]
    first = np.cumsum(each) - each
    passages = [
        (int(first[row]) + number, piece)
        for row, made in zip(rows, pieces, strict=True)
        for number, piece in enumerate(made)
    ]
    return _Changed(np.repeat(np.arange(placed.num_rows), each), passages)


def _pieces(reading: str, rules: Sequence[Rule]) -> list[_Piece]:
    """The cleaned reading, split where an edit takes out more than SPLIT_ABOVE characters.

    What nothing is left of is a piece without text, so that its edits tell what it was; white space alone is none.
    """
    text, edits = repair(reading, rules)
    wide = [edit for edit in edits if len(edit.before) - len(edit.after) > SPLIT_ABOVE]
    if not wide or not text:
        return [_Piece(text, edits, 0, len(reading))] if text or not reading.isspace() else []
    spans: list[tuple[int, int, Edit | None]] = []
    done = shift = 0
    for edit in edits:
        at = edit.start + shift  # edits are in order of place: this is where the change stands in the reading
        if edit in wide:
            end = at + len(edit.before)
            spans += [(done, at, None), (at, end, Edit(edit.rule, edit.rule_version, 0, edit.before, ""))]
            done = end
        shift += len(edit.before) - len(edit.after)
    pieces = []
    for start, end, taken in [*spans, (done, len(reading), None)]:
        part, made = ("", [taken]) if taken else repair(reading[start:end], rules)
        if part or not (reading[start:end].isspace() or start == end):
            pieces.append(_Piece(part, made, start, end))
    return pieces


def _passages(placed: pa.Table, changed: _Changed) -> Passages:
    """The passages to be, without their place in an article."""
    rows = placed.take(pa.array(changed.blocks))
    columns = {name: rows.column(name).combine_chunks() for name in rows.column_names}
    numbers = [number for number, _ in changed.passages]
    columns["text"] = _with(columns["text"], numbers, [piece.text for _, piece in changed.passages])
    columns["glued"] = pc.or_(columns["glued"], _continues(columns["text"], changed.blocks))
    readings = placed.column("text").take(pa.array(changed.blocks[numbers], pa.int64())).to_pylist()
    raw = columns["raw_start"].take(pa.array(numbers, pa.int64())).to_pylist()
    moved = [
        (number, start + piece.start, start + piece.end)
        for (number, piece), reading, start in zip(changed.passages, readings, raw, strict=True)
        if start is not None and (piece.start, piece.end) != (0, len(reading))
    ]
    at = [number for number, _, _ in moved]
    columns["raw_start"] = _with(columns["raw_start"], at, [start for _, start, _ in moved])
    columns["raw_end"] = _with(columns["raw_end"], at, [end for _, _, end in moved])
    columns["selector"] = _with(columns["selector"], at, [f"char={start},{end}" for _, start, end in moved])
    columns["flags"] = _flags(columns["text"], columns["flags"])
    columns["place"] = pc.if_else(pc.equal(columns["text"], ""), None, columns["place"])
    columns |= _spaced(columns, pc.equal(columns["raw_end"], rows.column("raw_end").combine_chunks()))
    owner = _codes(columns["document_id"])
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    ordinal = np.arange(len(owner)) - np.repeat(first, np.diff(first, append=len(owner)))
    ids = passage_ids(*(columns[name].to_pylist() for name in ("document_id", "selector", "text")))
    columns |= {"ordinal": pa.array(ordinal, pa.int32()), "passage_id": pa.array(ids, pa.string())}
    return Passages(pa.table(columns), owner)


def _continues(text: pa.Array, blocks: NDArray[np.int64]) -> pa.Array:
    """Whether a passage has text of its block before it."""
    held = np.asarray(pc.not_equal(text, "")).astype(np.int64)
    before = np.cumsum(held) - held
    return pa.array(before > before[np.searchsorted(blocks, blocks)])


def _spaced(columns: dict[str, pa.Array], whole: pa.Array) -> dict[str, pa.Array]:
    """Columns of passages that take in the white space after their block, as a space, if they are `whole` to its end.

    So the words of two pieces of a paragraph are parted, and yet the pieces stand end to end.
    """
    after = pc.if_else(whole, columns["after"], None)
    rows = pc.indices_nonzero(pc.is_valid(after))
    at = rows.to_pylist()
    text, start, end = (columns[name].take(rows).to_pylist() for name in ("text", "raw_start", "raw_end"))
    return {
        "after": after,
        "text": _with(columns["text"], at, [f"{each} " for each in text]),
        "raw_end": _with(columns["raw_end"], at, [each + 1 for each in end]),
        "selector": _with(columns["selector"], at, [f"char={a},{b + 1}" for a, b in zip(start, end, strict=True)]),
    }


def _with(column: pa.Array, at: Sequence[int], values: Sequence[Any]) -> pa.Array:
    """The column with other values at some places."""
    if not at:
        return column
    index = np.arange(len(column))
    index[list(at)] = len(column) + np.arange(len(at))
    return pa.concat_arrays([column, pa.array(values, column.type)]).take(pa.array(index))


def _flags(text: pa.Array, flags: pa.Array) -> pa.Array:
    """Mark suspect readings; they are never changed."""
    rows = pc.indices_nonzero(pc.match_substring_regex(text, _SUSPECT_SIEVE))
    marked, values = [], []
    for row, reading, before in zip(
        rows.to_pylist(), text.take(rows).to_pylist(), flags.take(rows).to_pylist(), strict=True
    ):
        found = [flag for flag, pattern in _SUSPECT if pattern.search(reading)]
        if found:
            marked.append(row)
            values.append(sorted({*before, *found}))
    return _with(flags.cast(STRINGS), marked, values)


def _codes(ids: pa.Array) -> NDArray[np.int64]:
    """The runs of a sorted column, numbered from 0."""
    if len(ids) == 0:
        return np.zeros(0, np.int64)
    return np.asarray(pc.dictionary_encode(ids).indices).astype(np.int64)


def _edits(passages: pa.Table, changed: _Changed) -> pa.Table:
    edits = {number: piece.edits for number, piece in changed.passages}
    rule = next(rule for rule in RULES if rule.id == "whitespace")
    for number in pc.indices_nonzero(pc.is_valid(passages.column("after"))).to_pylist():
        text, space = passages.column("text")[number].as_py(), passages.column("after")[number].as_py()
        if space != " ":
            seam = Edit(rule.id, rule.version, len(text) - 1, space, " ")
            edits[number] = [*edits.get(number, []), seam]
    numbers = sorted(edits)
    owners = passages.column("passage_id").take(pa.array(numbers, pa.int64())).to_pylist()
    rows = [
        {
            "passage_id": passage,
            "ordinal": ordinal,
            "rule": edit.rule,
            "rule_version": edit.rule_version,
            "start": edit.start,
            "before": edit.before,
            "after": edit.after,
        }
        for passage, number in zip(owners, numbers, strict=True)
        for ordinal, edit in enumerate(edits[number])
    ]
    return table("edits").rows(rows)
