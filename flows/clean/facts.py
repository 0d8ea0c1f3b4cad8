"""What is known of documents and articles beside their text: headlines, names, datelines, cleaned by the same rules."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from flows.clean.edits import repair
from flows.clean.sieve import sorts_of_facts, touched

DOCUMENT_FACTS = ("title", "authors", "publisher", "origin", "tags")
HEAD_FACTS = ("headline", "byline", "agency", "dateline_place", "dateline_date")
"""Columns that hold words of the page. Addresses and codes are no words, and stay as they are."""


def clean_documents(documents: pa.Table) -> pa.Table:
    """The same rows of `documents`, their DOCUMENT_FACTS cleaned; see `clean_facts`."""
    return clean_facts(documents, DOCUMENT_FACTS, documents)


def clean_facts(rows: pa.Table, names: tuple[str, ...], documents: pa.Table) -> pa.Table:
    """The same rows, each of the columns `names` cleaned by the rules for plain text, or for Markdown.

    `rows` has a document_id; `documents` has document_id and extractor. What nothing is left of becomes null, and goes
    from a list. No edits are kept, for nothing is lost by it: what is printed in the text is a passage, whose edits are
    kept, and what a page says beside its text is in the payload, from which its reader reads it again.
    """
    ids = rows.column("document_id").combine_chunks()
    for name in names:
        at = rows.schema.get_field_index(name)
        column = rows.column(name).combine_chunks()
        cleaned = _lists if pa.types.is_list(column.type) else _texts
        rows = rows.set_column(at, rows.schema.field(at), cleaned(column, ids, documents))
    return rows


def _texts(column: pa.Array, ids: pa.Array, documents: pa.Table) -> pa.Array:
    changes = _changes(column, ids, documents)
    if not changes:
        return column
    return pa.array([changes.get(row, text) or None for row, text in enumerate(column.to_pylist())], column.type)


def _lists(column: pa.Array, ids: pa.Array, documents: pa.Table) -> pa.Array:
    flat, parents = pc.list_flatten(column), pc.list_parent_indices(column)
    changes = _changes(flat, ids.take(parents), documents)
    if not changes:
        return column
    out: list[list[str] | None] = [None if each is None else [] for each in column.to_pylist()]
    for number, (parent, text) in enumerate(zip(parents.to_pylist(), flat.to_pylist(), strict=True)):
        kept = out[parent]
        now = changes.get(number, text)
        if kept is not None and now:
            kept.append(now)
    return pa.array(out, column.type)


def _changes(texts: pa.Array, ids: pa.Array, documents: pa.Table) -> dict[int, str]:
    """The texts that some rule changes, by number."""
    found = touched(texts, sorts_of_facts(ids, documents))
    rows = sorted(found)
    readings = texts.take(pa.array(rows, pa.int64())).to_pylist()
    return {row: repair(reading, found[row])[0] for row, reading in zip(rows, readings, strict=True)}
