"""Putting articles' texts together from their passages, by whole columns."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from flows.match.fold import fold_column
from schemas import table
from schemas.ids import article_ids, text_sha256


class Passages(NamedTuple):
    """Passages before they have a place in an article.

    `table` has their columns with `article`, `place` and `glued` as in PLACED_BLOCKS; `owner` numbers each row's
    document, ascending.
    """

    table: pa.Table
    owner: NDArray[np.int64]

    @property
    def text(self) -> pa.Array:
        return self.table.column("text").combine_chunks()

    def having_text(self) -> Passages:
        """Those that cleaning has left something of."""
        kept = pc.not_equal(self.text, "")
        return Passages(self.table.filter(kept), self.owner[np.asarray(kept)])


class Spans(NamedTuple):
    """Where the passages that are part of a text stand in it.

    `rows` numbers them in reading order; `start`, `end` and `parted` (a newline goes before) run alongside.
    `first` are the places in `rows` where an article begins.
    """

    rows: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    parted: NDArray[np.bool_]
    first: NDArray[np.int64]


class Articles(NamedTuple):
    """Rows of `articles`, and the passages with their places, both in their tables' schemas."""

    table: pa.Table
    passages: pa.Table


def spans_of(passages: Passages) -> Spans:
    """Place each text-bearing passage: parted by one newline in the order of `place`, glued ones by nothing."""
    place, article = _numbers(passages.table, "place"), _numbers(passages.table, "article")
    rows = np.flatnonzero((place >= 0) & (article >= 0))
    # The pieces of a split block share a place and keep their order.
    rows = rows[np.lexsort((rows, place[rows], article[rows], passages.owner[rows]))]
    opens = np.diff(passages.owner[rows], prepend=-1) != 0
    opens |= np.diff(article[rows], prepend=-1) != 0
    first = np.flatnonzero(opens)
    glued = np.asarray(passages.table.column("glued").combine_chunks())[rows]
    parted = ~(opens | glued)
    length = np.asarray(pc.utf8_length(passages.text)).astype(np.int64)[rows]
    end = np.cumsum(length + parted)
    before = np.repeat(end[first] - length[first], np.diff(first, append=len(rows)))
    return Spans(rows, end - length - before, end - before, parted, first)


def articles_of(documents: pa.Table, heads: pa.Table, passages: Passages, spans: Spans) -> Articles:
    """The `articles` rows of these documents, and their passages with a place in them.

    An article that no passage is left of, its blocks having been all damage, is not made.
    """
    rows = passages.table
    separators = pa.array(np.where(spans.parted, "\n", ""), pa.string())
    texts = joined(passages.text.take(pa.array(spans.rows)), separators, spans.first, "")
    keys = rows.select(["document_id", "article"])
    text_of = dict(zip(_pairs(keys.take(pa.array(spans.rows[spans.first]))), texts.to_pylist(), strict=True))
    keys = keys.filter(pc.not_equal(passages.text, ""))
    named = set(_pairs(keys.filter(pc.is_valid(keys.column("article"))).group_by(keys.column_names).aggregate([])))
    kept = [head for head in heads.to_pylist() if (head["document_id"], head["article"]) in named]
    kept.sort(key=lambda head: (head["document_id"], head["article"]))  # equal texts are counted in this order
    keys_of = [(head["document_id"], head["article"]) for head in kept]
    hashes = [text_sha256(text_of.get(key, "")) for key in keys_of]
    ids = dict(zip(keys_of, article_ids([document for document, _ in keys_of], hashes), strict=True))
    return Articles(_articles(documents, kept, ids, text_of, hashes), _placed(rows, spans, ids))


def joined(texts: pa.Array, before: pa.Array, first: NDArray[np.int64], separator: str) -> pa.Array:
    """Strings joined by groups: `first` are the numbers at which a group begins, `before` goes ahead of each string."""
    pieces = texts if separator else pc.binary_join_element_wise(before, texts, "")
    bounds = pa.array(np.append(first, len(texts)), pa.int32())
    return pc.binary_join(pa.ListArray.from_arrays(bounds, pieces), separator)


def _articles(
    documents: pa.Table,
    heads: list[dict[str, object]],
    ids: dict[tuple[str, int], str],
    text_of: dict[tuple[str, int], str],
    hashes: list[str],
) -> pa.Table:
    languages = dict(
        zip(documents.column("document_id").to_pylist(), documents.column("language").to_pylist(), strict=True)
    )
    texts = [text_of.get(key, "") for key in ids]
    folded = fold_column(pa.array(texts, pa.string())).to_pylist()
    columns = {name: [head[name] for head in heads] for name in _COPIED} | {
        "article_id": list(ids.values()),
        "ordinal": [head["article"] for head in heads],
        "text": texts,
        "chars": [len(text) for text in texts],
        "language": [languages[document] for document, _ in ids],
        "text_sha256": hashes,
        "fold_sha256": [text_sha256(text) for text in folded],
    }
    schema = table("articles")
    return pa.table({name: columns[name] for name in schema.names}, schema=schema.arrow)


_COPIED = ("document_id", "headline", "byline", "agency", "dateline_place", "dateline_date", "complete")


def _placed(rows: pa.Table, spans: Spans, ids: dict[tuple[str, int], str]) -> pa.Table:
    start, end = (np.full(rows.num_rows, -1, np.int64) for _ in range(2))
    start[spans.rows], end[spans.rows] = spans.start, spans.end
    outside = start < 0
    owners = [ids.get(key) for key in _pairs(rows.select(["document_id", "article"]))]
    columns = {name: rows.column(name) for name in rows.column_names} | {
        "article_id": pa.array(owners, pa.string()),
        "article_start": pa.array(start, mask=outside),
        "article_end": pa.array(end, mask=outside),
    }
    schema = table("passages")
    return pa.table({name: columns[name] for name in schema.names}, schema=schema.arrow)


def _pairs(keys: pa.Table) -> list[tuple[str, int]]:
    """(document_id, article) of each row."""
    return list(zip(keys.column(0).to_pylist(), keys.column(1).to_pylist(), strict=True))


def _numbers(rows: pa.Table, name: str) -> NDArray[np.int64]:
    """An integer column with -1 for null."""
    return np.asarray(pc.fill_null(rows.column(name), -1).combine_chunks()).astype(np.int64)
