"""The clean stage: placed blocks in, passages, edits and articles out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from flows.clean.assemble import articles_of, spans_of
from flows.clean.edits import Edit, repair
from flows.clean.rules import HAN, RULES, Rule
from flows.versions import CLEAN
from schemas import table
from schemas.ids import numbered_ids

SPLIT_ABOVE = 40
"""A rule that takes more characters than this out of a passage splits it, so that offsets inside stay near."""

_SUSPECT = (
    ("suspect-hangul", re.compile(f"(?<=[{HAN}])[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3](?=[{HAN}])")),
    ("suspect-latin", re.compile(f"(?<=[{HAN}])(?:[A-Za-z]|[A-Za-z]*[a-z][A-Za-z]*)(?=[{HAN}])")),
)
_SUSPECT_SIEVE = r"\p{Han}[\x{1100}-\x{11ff}\x{3131}-\x{318e}\x{ac00}-\x{d7a3}]\p{Han}|\p{Han}[A-Za-z]+\p{Han}"


class Cleaned(NamedTuple):
    """What cleaning returns, each in its table's schema; documents' text hashes come with it, by document."""

    articles: pa.Table
    passages: pa.Table
    edits: pa.Table
    document_texts: dict[str, list[str]]


class _Piece(NamedTuple):
    """A part of a block that becomes a passage: its cleaned text, edits, and span in the block's reading."""

    text: str
    edits: list[Edit]
    start: int
    end: int


def clean(documents: pa.Table, heads: pa.Table, placed: pa.Table) -> Cleaned:
    """Clean placed blocks (PLACED_BLOCKS) of some documents and put their articles (ARTICLE_HEADS) together.

    `documents` needs document_id, extractor and language. Blocks come sorted by document and ordinal.
    """
    extractors = dict(
        zip(documents.column("document_id").to_pylist(), documents.column("extractor").to_pylist(), strict=True)
    )
    owners = placed.column("document_id").to_pylist()
    touched = _touched(placed, owners, extractors)
    rows, edits_of_row = _passages(placed, owners, touched)
    rows = _with_flags(rows)
    passages = _numbered(rows)
    ids = passages["passage_id"]
    edits = _edits(ids, edits_of_row)
    starts, ends = spans_of(passages)
    articles = articles_of(documents, heads, passages, starts)
    passages |= {"article_start": starts, "article_end": ends, "article_id": articles.ids_of_passages}
    texts: dict[str, list[str]] = defaultdict(list)
    for owner, text in zip(passages["document_id"], passages["text"], strict=True):
        texts[owner].append(text)
    schema = table("passages")
    return Cleaned(
        articles.table,
        pa.table({name: passages[name] for name in schema.names}, schema=schema.arrow),
        edits,
        texts,
    )


def _touched(placed: pa.Table, owners: list[str], extractors: dict[str, str]) -> dict[int, list[Rule]]:
    """Row numbers that some rule may change, with the rules of that row's extractor."""
    text = placed.column("text").combine_chunks()
    hit = pc.not_equal(pc.utf8_normalize(text, form="NFC"), text)
    for rule in RULES:
        if rule.sieve and rule.only is None:
            hit = pc.or_(hit, pc.match_substring_regex(text, rule.sieve))
    general = [rule for rule in RULES if rule.only is None]
    touched = {int(row): general for row in pc.indices_nonzero(hit).to_pylist()}
    for rule in RULES:
        if rule.only is None or rule.only not in extractors.values():
            continue
        mine = [each for each in RULES if each.only in (None, rule.only)]
        for row in pc.indices_nonzero(pc.match_substring_regex(text, rule.sieve)).to_pylist():
            if extractors[owners[row]] == rule.only:
                touched[row] = mine
    return touched


def _passages(
    placed: pa.Table, owners: list[str], touched: dict[int, list[Rule]]
) -> tuple[dict[str, list[Any]], list[list[Edit] | None]]:
    """Columns of the passages to be, and the edits of each (None where there are none)."""
    columns: dict[str, list[Any]] = {
        name: placed.column(name).to_pylist()
        for name in ("text", "kind", "selector", "raw_start", "raw_end", "flags", "article", "place", "glued")
    }
    columns["document_id"] = owners
    out: dict[str, list[Any]] = {name: [] for name in columns}
    edits: list[list[Edit] | None] = []
    names = tuple(columns)
    done = 0
    for row in sorted(touched):
        for name in names:
            out[name] += columns[name][done:row]
        edits += [None] * (row - done)
        done = row + 1
        reading = columns["text"][row]
        for number, piece in enumerate(_pieces(reading, touched[row])):
            for name in names:
                out[name].append(columns[name][row])
            out["text"][-1] = piece.text
            out["glued"][-1] = columns["glued"][row] or number > 0
            raw = columns["raw_start"][row]
            if raw is not None and (piece.start, piece.end) != (0, len(reading)):
                start, end = raw + piece.start, raw + piece.end
                out["raw_start"][-1], out["raw_end"][-1] = start, end
                out["selector"][-1] = f"char={start},{end}"
            edits.append(piece.edits or None)
    for name in names:
        out[name] += columns[name][done:]
    edits += [None] * (len(owners) - done)
    return out, edits


def _pieces(reading: str, rules: Sequence[Rule]) -> list[_Piece]:
    """The cleaned reading, split where an edit takes out more than SPLIT_ABOVE characters; empty pieces are dropped."""
    text, edits = repair(reading, rules)
    wide = [edit for edit in edits if len(edit.before) - len(edit.after) > SPLIT_ABOVE]
    if not wide:
        return [_Piece(text, edits, 0, len(reading))] if text else []
    spans = []
    done = shift = 0
    for edit in edits:
        at = edit.start + shift  # edits are in order of place: this is where the change stands in the reading
        if edit in wide:
            spans.append((done, at))
            done = at + len(edit.before)
        shift += len(edit.before) - len(edit.after)
    spans.append((done, len(reading)))
    pieces = []
    for start, end in spans:
        part, made = repair(reading[start:end], rules)
        if part:
            pieces.append(_Piece(part, made, start, end))
    return pieces


def _with_flags(rows: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Mark suspect readings; they are never changed."""
    text = pa.array(rows["text"], pa.string())
    for row in pc.indices_nonzero(pc.match_substring_regex(text, _SUSPECT_SIEVE)).to_pylist():
        found = [flag for flag, pattern in _SUSPECT if pattern.search(rows["text"][row])]
        if found:
            rows["flags"][row] = sorted({*rows["flags"][row], *found})
    return rows


def _numbered(rows: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Ordinals within each document, and ids."""
    ordinals, last, number = [], None, 0
    for owner in rows["document_id"]:
        number = number + 1 if owner == last else 0
        last = owner
        ordinals.append(number)
    return rows | {"ordinal": ordinals, "passage_id": numbered_ids(rows["document_id"], ordinals, f"clean {CLEAN}")}


def _edits(ids: list[str], edits_of_row: list[list[Edit] | None]) -> pa.Table:
    rows = [
        {
            "passage_id": passage,
            "ordinal": number,
            "rule": edit.rule,
            "rule_version": edit.rule_version,
            "start": edit.start,
            "before": edit.before,
            "after": edit.after,
        }
        for passage, edits in zip(ids, edits_of_row, strict=True)
        if edits
        for number, edit in enumerate(edits)
    ]
    return table("edits").rows(rows)
