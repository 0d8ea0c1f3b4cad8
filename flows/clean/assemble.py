"""Putting articles' texts together from their passages."""

from __future__ import annotations

from typing import Any, NamedTuple

import pyarrow as pa

from flows.match.fold import fold_column
from flows.versions import CLEAN, SEGMENT
from schemas import table
from schemas.ids import content_id, text_sha256

ARTICLE_VERSION = f"segment {SEGMENT}.{CLEAN}"
"""What article ids are made with: cleaning shapes the text too."""


class Articles(NamedTuple):
    """The articles, and for each passage the id of its article (None for the page's own)."""

    table: pa.Table
    ids_of_passages: list[str | None]


def spans_of(passages: dict[str, list[Any]]) -> tuple[list[int | None], list[int | None]]:
    """Start and end of each passage in its article's text; None where it is not part of it.

    Passages of one article are parted by one newline in the order of `place`, glued ones by nothing.
    """
    total = len(passages["text"])
    order = _reading_order(passages)
    starts: list[int | None] = [None] * total
    ends: list[int | None] = [None] * total
    at, last = 0, None
    for row in order:
        owner = (passages["document_id"][row], passages["article"][row])
        at = 0 if owner != last else at + (0 if passages["glued"][row] else 1)
        last = owner
        starts[row] = at
        at += len(passages["text"][row])
        ends[row] = at
    return starts, ends


def _reading_order(passages: dict[str, list[Any]]) -> list[int]:
    """Rows that are part of a text, by document, article and place; the pieces of a split block in their order."""
    owner, article, place = passages["document_id"], passages["article"], passages["place"]
    rows = [row for row, value in enumerate(place) if value is not None and article[row] is not None]
    return sorted(rows, key=lambda row: (owner[row], article[row], place[row], row))


def articles_of(
    documents: pa.Table, heads: pa.Table, passages: dict[str, list[Any]], starts: list[int | None]
) -> Articles:
    """The `articles` rows of these documents, from their heads and the passages' texts."""
    languages = dict(
        zip(documents.column("document_id").to_pylist(), documents.column("language").to_pylist(), strict=True)
    )
    parts: dict[tuple[str, int], list[str]] = {}
    for row in _reading_order(passages):
        key = (passages["document_id"][row], passages["article"][row])
        mine = parts.setdefault(key, [])
        if starts[row] and not passages["glued"][row]:
            mine.append("\n")
        mine.append(passages["text"][row])
    rows = heads.to_pylist()
    # A head whose text was all damage keeps its place as an article without text only if a passage still names it.
    named = set(zip(passages["document_id"], passages["article"], strict=True))
    rows = [row for row in rows if (row["document_id"], row["article"]) in named]
    ids = {(r["document_id"], r["article"]): content_id(r["document_id"], r["article"], ARTICLE_VERSION) for r in rows}
    texts = ["".join(parts.get((row["document_id"], row["article"]), ())) for row in rows]
    folded = fold_column(pa.array(texts, pa.string())).to_pylist()
    columns = {
        "article_id": [ids[row["document_id"], row["article"]] for row in rows],
        "document_id": [row["document_id"] for row in rows],
        "ordinal": [row["article"] for row in rows],
        **{
            name: [row[name] for row in rows]
            for name in ("headline", "byline", "agency", "dateline_place", "dateline_date", "complete")
        },
        "text": texts,
        "chars": [len(text) for text in texts],
        "language": [languages[row["document_id"]] for row in rows],
        "text_sha256": [text_sha256(text) for text in texts],
        "fold_sha256": [text_sha256(text) for text in folded],
    }
    schema = table("articles")
    made = pa.table({name: columns[name] for name in schema.names}, schema=schema.arrow)
    owners = [
        None if article is None else ids.get((document, article))
        for document, article in zip(passages["document_id"], passages["article"], strict=True)
    ]
    return Articles(made, owners)
