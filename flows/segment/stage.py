"""The segment stage: blocks in, articles and their reading order out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from flows.extract.reading import TRUNCATED
from flows.segment.boxed import read_boxed
from flows.segment.heads import Head, head
from flows.segment.page import Placed, read_page
from flows.segment.words import parted
from schemas.columns import TEXT_KINDS
from schemas.tables.blocks import ARTICLE_HEADS, PLACED_BLOCKS
from schemas.tables.documents import NEWSPAPER

_WEB = ("html", "mhtml")
"""Extractors of web pages."""
_PAGES = ("text",)
"""Extractors that leave it to segmentation to find the articles."""


def segment(documents: pa.Table, blocks: pa.Table) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Give every block its article and its place, and every text page its kind.

    `documents` holds at least document_id, extractor, parser, page_kind and title, and origin where a source is
    credited; `blocks` is BLOCKS. Returns the documents, and ARTICLE_HEADS and PLACED_BLOCKS, sorted by document and
    ordinal. Documents of the extractors in `_PAGES` are read as text pages: as newspaper pages where they show the
    signs of one or the source says so by the hint `page_kind`, else as one article. For other documents the
    extractor's proposal stands.
    """
    blocks = blocks.sort_by([("document_id", "ascending"), ("ordinal", "ascending")]).combine_chunks()
    names = ("document_id", "extractor", "title", "parser", "origin")
    told = documents.select([name for name in names if name in documents.column_names]).to_pylist()
    facts = {row["document_id"]: row for row in told}
    columns = _Columns(blocks)
    broken_off = _broken_off(blocks)
    heads: list[dict[str, Any]] = []
    pages: set[str] = set()
    for document, start, end in _runs(blocks.column("document_id")):
        known = facts.get(document, {})
        title = known.get("title")
        if columns.has_boxes(start, end):
            found = columns.read_boxes(start, end, title)
        elif known.get("extractor") in _PAGES:
            found, newspaper = columns.read(start, end, title, _told(known["parser"]))
            pages |= {document} if newspaper else set()
        else:
            found = columns.accept(start, end, title, known.get("origin"), web=known.get("extractor") in _WEB)
        if document in broken_off:
            for item in found:
                item.complete = False
        heads.extend(_row(document, item) for item in found)
    return _with_kinds(documents, pages), pa.Table.from_pylist(heads, schema=ARTICLE_HEADS.arrow), columns.table()


def _told(parser: str | None) -> bool | None:
    """Whether a source says that its texts are newspaper pages; None where it says nothing of what they are."""
    told = json.loads(parser).get("page_kind") if parser else None
    return None if told is None else told == NEWSPAPER


def _with_kinds(documents: pa.Table, pages: set[str]) -> pa.Table:
    """The documents with the kind of those that are newspaper pages."""
    place = documents.schema.get_field_index("page_kind")
    found = pc.is_in(documents["document_id"], pa.array(sorted(pages), pa.string()))
    kinds = pc.if_else(found, NEWSPAPER, documents["page_kind"])
    return documents.set_column(place, documents.schema.field(place), kinds)


def _broken_off(blocks: pa.Table) -> set[str]:
    """Documents whose payload was broken off when it was captured."""
    flags = blocks.column("flags").combine_chunks()
    rows = pc.list_parent_indices(flags).filter(pc.equal(pc.list_flatten(flags), TRUNCATED))
    return set(blocks.column("document_id").take(rows).to_pylist())


def _runs(ids: pa.ChunkedArray) -> Iterator[tuple[str, int, int]]:
    """(document, first row, row after the last) of a sorted column."""
    if len(ids) == 0:
        return
    encoded = pc.run_end_encode(ids.combine_chunks())
    start = 0
    for value, end in zip(encoded.values.to_pylist(), encoded.run_ends.to_pylist(), strict=True):
        yield value, start, end
        start = end


def _row(document: str, item: Head) -> dict[str, Any]:
    return {
        "document_id": document,
        **{name: getattr(item, name) for name in ARTICLE_HEADS.names if name != "document_id"},
    }


def _ints(column: pa.ChunkedArray, missing: int) -> NDArray[np.int64]:
    out: NDArray[np.int64] = pc.fill_null(pc.cast(column, pa.int64()), missing).to_numpy().copy()
    return out


class _Columns:
    """The columns of the sorted blocks, and what segmentation makes of them."""

    def __init__(self, blocks: pa.Table) -> None:
        self.blocks = blocks
        self.texts: list[str] = blocks.column("text").to_pylist()
        self.kinds: list[str] = blocks.column("kind").to_pylist()
        self.starts = _ints(blocks.column("raw_start"), -1)
        self.ends = _ints(blocks.column("raw_end"), -1)
        self.boxed: NDArray[np.bool_] = np.asarray(pc.list_value_length(blocks.column("lines"))) > 0
        self.articles = _ints(blocks.column("article"), -1)
        self.places = np.full(len(blocks), -1, dtype=np.int64)
        self.glued = np.zeros(len(blocks), dtype=bool)
        self.flags: dict[int, list[str]] = {}
        self.after: list[str | None] = blocks.column("after").to_pylist()
        self.parting: dict[int, str] = {}
        """Blocks whose last word is parted from the next block by white space, and that."""

    def read(self, start: int, end: int, title: str | None, told: bool | None) -> tuple[list[Head], bool]:
        """Read one document's rows as a text page; its heads, and whether it is a newspaper page."""
        before = np.concatenate([self.starts[start : start + 1], self.ends[start : end - 1]])
        gaps: list[int] = (self.starts[start:end] - before).tolist()
        placed, heads, newspaper = read_page(self.texts[start:end], gaps, title, told)
        self.kinds[start:end] = [item.kind for item in placed]
        self.articles[start:end] = [-1 if item.article is None else item.article for item in placed]
        self.places[start:end] = [-1 if item.place is None else item.place for item in placed]
        self.glued[start:end] = [item.glued for item in placed]
        self.flags.update((row, item.flags) for row, item in enumerate(placed, start) if item.flags)
        self._part(start, placed)
        return heads, newspaper

    def has_boxes(self, start: int, end: int) -> bool:
        """Whether the lines of one document have boxes, and its reader has left it open which article is which."""
        return bool(self.boxed[start:end].any()) and bool((self.articles[start:end] < 0).all())

    def read_boxes(self, start: int, end: int, title: str | None) -> list[Head]:
        """Read one document's rows as a page with boxes."""
        lines = self.blocks.column("lines").slice(start, end - start).to_pylist()
        selectors = self.blocks.column("selector").slice(start, end - start).to_pylist()
        kinds = self.kinds[start:end]
        articles, places, heads = read_boxed(self.texts[start:end], kinds, selectors, lines, title)
        self.kinds[start:end] = kinds
        self.articles[start:end] = [-1 if article is None else article for article in articles]
        self.places[start:end] = [-1 if place is None else place for place in places]
        return heads

    def _part(self, start: int, placed: Sequence[Placed]) -> None:
        """Note the white space between two words where a column cut a paragraph there."""
        rows = {(item.article, item.place): row for row, item in enumerate(placed, start) if item.place is not None}
        for row, item in enumerate(placed, start):
            if item.glued and item.place is not None:
                before = rows[item.article, item.place - 1]
                space = self.after[before]
                if space and parted(self.texts[before], self.texts[row]):
                    self.parting[before] = space

    def accept(self, start: int, end: int, title: str | None, origin: str | None, *, web: bool = False) -> list[Head]:
        """Take one document's articles as its extractor proposes them; `web` tells that it is a web page."""
        articles = self.articles[start:end]
        proposed = [int(a) for a in np.unique(articles) if a >= 0]
        if len(proposed) > 1:
            title = origin = None  # they are of none of them in particular
        heads = []
        for article in proposed:
            rows = (start + np.flatnonzero(articles == article)).tolist()
            text_rows = [row for row in rows if self.kinds[row] in TEXT_KINDS]
            self.places[text_rows] = np.arange(len(text_rows))
            parts = [(self.kinds[row], self.texts[row]) for row in rows]
            broken = any(kind == "jump" for kind, _ in parts)
            heads.append(head(article, parts, title=title, complete=not broken, origin=origin, one_line=web))
        return heads

    def table(self) -> pa.Table:
        """PLACED_BLOCKS of all rows."""
        flags = self.blocks.column("flags")
        if self.flags:
            merged = flags.to_pylist()
            for row, added in self.flags.items():
                merged[row] = [*merged[row], *(flag for flag in added if flag not in merged[row])]
            flags = pa.chunked_array([pa.array(merged, type=PLACED_BLOCKS.arrow.field("flags").type)])
        own = {
            "kind": pa.array(self.kinds, type=pa.string()),
            "flags": flags,
            "article": pa.array(self.articles, mask=self.articles < 0).cast(pa.int32()),
            "place": pa.array(self.places, mask=self.places < 0).cast(pa.int32()),
            "glued": pa.array(self.glued),
            "after": pa.array([self.parting.get(row) for row in range(len(self.texts))], pa.string()),
        }
        columns = [own[name] if name in own else self.blocks.column(name) for name in PLACED_BLOCKS.names]
        return pa.table(columns, schema=PLACED_BLOCKS.arrow)
