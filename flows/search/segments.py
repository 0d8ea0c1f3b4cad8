"""Segments of the index: postings of some articles as Parquet, sorted so that a stock reader finds a term at once.

A segment is two files that never change: `postings` has a row an occurrence, sorted by term, article and place, in row
groups small enough that the statistics of `term` leave few to be read; `docs` says which article a number stands for.
Segments come with each run and are merged at about ten, as in a log-structured merge tree (O'Neil et al., 1996): the
cost of a question grows with their number. Articles that are gone stay in them until then; who asks leaves them out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from flows.match.align.chain import ranges
from flows.search.terms import Codes, Places, spelled, terms

ROWS = 120_000
"""Rows of a row group: fewer make the statistics long to read, more are long to read themselves."""
BATCH = 6_000_000
"""Occurrences that are sorted at a time, in less than half a gigabyte."""
_TEXTS = 1 << 19
"""Characters of text that are taken apart at a time."""

POSTINGS = pa.schema(
    [
        pa.field("term", pa.dictionary(pa.int32(), pa.string()), nullable=False),
        pa.field("head", pa.int32(), nullable=False),
        pa.field("doc", pa.int32(), nullable=False),
        pa.field("pos", pa.int32(), nullable=False),
    ]
)
DOCS = pa.schema(
    [
        pa.field("doc", pa.int32(), nullable=False),
        pa.field("article_id", pa.string(), nullable=False),
        pa.field("letters", pa.int32(), nullable=False),
    ]
)


class Out:
    """A file of postings that is being written, in order."""

    def __init__(self, path: Path) -> None:
        self._writer = pq.ParquetWriter(
            path,
            POSTINGS,
            compression="zstd",
            compression_level=3,
            use_dictionary=["term"],
            column_encoding={"head": "DELTA_BINARY_PACKED", "doc": "DELTA_BINARY_PACKED", "pos": "BYTE_STREAM_SPLIT"},
            write_statistics=["term", "head"],
            write_page_index=False,
            store_schema=False,
        )
        self._kept: list[tuple[pa.Array, NDArray[np.int32], Places, Places]] = []
        self._rows = 0
        self.rows = 0

    def add(self, names: pa.Array, number: NDArray[np.int32], doc: Places, pos: Places) -> None:
        """Add postings; `number` says for each which of the `names`, ascending, is its term."""
        self._kept.append((names, number, doc, pos))
        self._rows += len(doc)
        if self._rows >= ROWS:
            self._write(whole=True)

    def close(self) -> None:
        self._write(whole=False)
        self._writer.close()

    def _write(self, *, whole: bool) -> None:
        """Write what is kept in row groups; a part of one stays where `whole` asks for whole ones."""
        left: list[tuple[pa.Array, NDArray[np.int32], Places, Places]] = []
        names, number, doc, pos = _joined(self._kept)
        start = 0
        while start < len(doc):
            stop = start + ROWS
            if stop > len(doc) and whole:
                left = [(names, number[start:], doc[start:], pos[start:])]
                break
            self._group(names, number[start:stop], doc[start:stop], pos[start:stop])
            start = stop
        self._kept, self._rows = left, sum(len(each[2]) for each in left)

    def _group(self, names: pa.Array, number: NDArray[np.int32], doc: Places, pos: Places) -> None:
        low, high = int(number[0]), int(number[-1]) + 1
        few = names.slice(low, high - low)
        heads = pc.utf8_slice_codeunits(few, 0, 1)
        codes = np.frombuffer("".join(heads.to_pylist()).encode("utf-32-le"), np.int32)
        local = number - np.int32(low)
        told = pa.DictionaryArray.from_arrays(pa.array(local), few)
        rows = pa.Table.from_arrays([told, pa.array(codes[local]), pa.array(doc), pa.array(pos)], schema=POSTINGS)
        self._writer.write_table(rows, row_group_size=ROWS)
        self.rows += len(doc)


def _joined(
    parts: Sequence[tuple[pa.Array, NDArray[np.int32], Places, Places]],
) -> tuple[pa.Array, NDArray[np.int32], Places, Places]:
    """Parts that follow one another as one; a name that ends one and begins the next stands once."""
    if not parts:
        none = np.zeros(0, np.int32)
        return pa.array([], pa.string()), none, none, none
    if len(parts) == 1:
        return parts[0]
    names: list[pa.Array] = []
    numbers: list[NDArray[np.int32]] = []
    count = 0
    last = None
    for held, number, _, _ in parts:
        low, high = int(number[0]), int(number[-1]) + 1
        same = last is not None and held[low].as_py() == last
        names.append(held.slice(low + same, high - low - same))
        numbers.append(number - np.int32(low) + np.int32(count - same))
        count += high - low - same
        last = held[high - 1].as_py()
    return (
        pa.concat_arrays(names),
        np.concatenate(numbers),
        np.concatenate([part[2] for part in parts]),
        np.concatenate([part[3] for part in parts]),
    )


@dataclass
class Batch:
    """Terms of some articles that are not written yet."""

    pairs: list[Codes] = field(default_factory=list)
    pair_doc: list[Places] = field(default_factory=list)
    pair_at: list[Places] = field(default_factory=list)
    words: list[pa.StringArray] = field(default_factory=list)
    word_doc: list[Places] = field(default_factory=list)
    word_at: list[Places] = field(default_factory=list)
    articles: list[str] = field(default_factory=list)
    letters: list[Places] = field(default_factory=list)
    size: int = 0

    def add(self, first: int, articles: list[str], texts: list[str]) -> None:
        """Take in articles that are numbered from `first` on."""
        found = terms(texts)
        self.pairs.append(found.pairs)
        self.pair_doc.append(found.pair_row + np.int32(first))
        self.pair_at.append(found.pair_at)
        self.words.append(found.words)
        self.word_doc.append(found.word_row + np.int32(first))
        self.word_at.append(found.word_at)
        self.articles += articles
        self.letters.append(found.letters)
        self.size += len(found)

    def write(self, postings: Path, docs: Path, first: int) -> int:
        """Write a segment of articles numbered from `first` on; returns how many postings it has."""
        names, number, doc, pos = self._sorted()
        out = Out(postings)
        out.add(names, number, doc, pos)
        out.close()
        ids = pa.array(np.arange(first, first + len(self.articles), dtype=np.int32))
        table = pa.Table.from_arrays(
            [ids, pa.array(self.articles), pa.array(np.concatenate(self.letters))], schema=DOCS
        )
        write_docs(docs, table)
        return out.rows

    def _sorted(self) -> tuple[pa.Array, NDArray[np.int32], Places, Places]:
        """Terms ascending, and for each posting the number of its term, its article and its place, in order."""
        pairs = np.concatenate(self.pairs)
        key = (pairs << np.uint64(_INDEX)) | np.arange(len(pairs), dtype=np.uint64)
        del pairs
        key.sort()
        pair = key >> np.uint64(_INDEX)
        order = (key & np.uint64((1 << _INDEX) - 1)).astype(np.int64)
        del key
        edge = _edges(pair)
        spelled_pairs = spelled(pair[edge])
        pair_count = np.diff(np.append(edge, len(pair)))
        del pair
        words = pa.chunked_array(self.words, pa.string()).dictionary_encode().unify_dictionaries()
        word_names = words.chunk(0).dictionary if words.num_chunks else pa.array([], pa.string())
        numbers = np.concatenate([chunk.indices.to_numpy() for chunk in words.chunks] or [np.zeros(0, np.int32)])
        word_order = np.argsort(numbers, kind="stable")
        word_count = np.bincount(numbers, minlength=len(word_names))
        names = pa.concat_arrays([spelled_pairs, word_names])
        rank = pc.sort_indices(names).to_numpy().astype(np.int64)
        count = np.concatenate([pair_count, word_count])
        start = np.cumsum(count) - count
        place = ranges(start[rank], count[rank])
        doc = np.concatenate([np.concatenate(self.pair_doc)[order], np.concatenate(self.word_doc)[word_order]])[place]
        pos = np.concatenate([np.concatenate(self.pair_at)[order], np.concatenate(self.word_at)[word_order]])[place]
        return names.take(pa.array(rank)), np.repeat(np.arange(len(rank), dtype=np.int32), count[rank]), doc, pos


_INDEX = 28
"""Bits of the number of an occurrence in its batch."""


def _edges(values: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Where runs of a value begin."""
    if len(values) == 0:
        return np.zeros(0, np.int64)
    return np.concatenate([[0], np.flatnonzero(values[1:] != values[:-1]) + 1])


def write_docs(path: Path, rows: pa.Table) -> None:
    pq.write_table(rows, path, compression="zstd", use_dictionary=False, store_schema=False)


def batches(rows: Iterable[pa.RecordBatch], first: int) -> Iterator[tuple[int, Batch]]:
    """Articles (article_id, text) taken apart: batches of about BATCH postings, each with the number of its first."""
    batch, start = Batch(), first
    for some in rows:
        sizes = pc.utf8_length(some["text"]).to_numpy(zero_copy_only=False).astype(np.int64)
        ends = np.cumsum(sizes)
        at = 0
        while at < len(some):
            base = int(ends[at - 1]) if at else 0
            stop = max(at + 1, int(np.searchsorted(ends, base + _TEXTS, "right")))
            part = some.slice(at, stop - at)
            batch.add(first, part["article_id"].to_pylist(), part["text"].to_pylist())
            first += len(part)
            at = stop
            if batch.size >= BATCH:
                yield start, batch
                batch, start = Batch(), first
    if batch.articles:
        yield start, batch


class _Cursor:
    """The postings of a segment, a row group at a time."""

    def __init__(self, path: Path, keep: Callable[[Places], NDArray[np.bool_]]) -> None:
        self._file = pq.ParquetFile(path, read_dictionary=["term"])
        self._next = 0
        self._keep = keep
        self.rows: pa.Table | None = None

    def fill(self) -> bool:
        """Read on, where there is more; returns whether there was."""
        while self._next < self._file.num_row_groups:
            rows = self._file.read_row_group(self._next, columns=["term", "doc", "pos"])
            self._next += 1
            kept = self._keep(rows["doc"].to_numpy())
            rows = rows if kept.all() else rows.filter(pa.array(kept))
            if rows.num_rows:
                self.rows = rows if self.rows is None else pa.concat_tables([self.rows, rows])
                return True
        return False

    @property
    def last(self) -> str:
        assert self.rows is not None
        return str(self.rows["term"][-1].as_py())

    def taken(self, limit: str | None) -> pa.Table | None:
        """The rows at hand of terms below a limit, which go from here; all where there is none."""
        if self.rows is None:
            return None
        if limit is None:
            rows, self.rows = self.rows, None
            return rows
        low, high = 0, self.rows.num_rows
        terms = self.rows["term"]
        while low < high:
            middle = (low + high) // 2
            if terms[middle].as_py().encode() < limit.encode():
                low = middle + 1
            else:
                high = middle
        rows, rest = self.rows.slice(0, low), self.rows.slice(low)
        self.rows = rest if rest.num_rows else None
        return rows if rows.num_rows else None


def merge(
    parts: Sequence[tuple[Path, Path]], alive: Callable[[list[str]], NDArray[np.bool_]], postings: Path, docs: Path
) -> int:
    """Write one segment of several, given as (postings, docs), without the articles that are not alive.

    Returns how many articles it has. Holds a row group or two of each at a time.
    """
    held = pa.concat_tables([pq.ParquetFile(path).read() for _, path in parts]).sort_by("doc").cast(DOCS)
    lives = alive(held["article_id"].to_pylist())
    held = held.filter(pa.array(lives))
    known = np.zeros(int(pc.max(held["doc"]).as_py() or 0) + 1 if held.num_rows else 1, np.bool_)
    known[held["doc"].to_numpy()] = held.num_rows > 0

    def keep(numbers: Places) -> NDArray[np.bool_]:
        kept: NDArray[np.bool_] = known[np.minimum(numbers, len(known) - 1)] & (numbers < len(known))
        return kept

    cursors = [_Cursor(path, keep) for path, _ in parts]
    open_ones = [cursor for cursor in cursors if cursor.fill()]
    out = Out(postings)
    more = set(map(id, open_ones))
    while open_ones:
        # What is below the least of the last terms at hand is all at hand.
        bounded = [cursor.last for cursor in open_ones if id(cursor) in more]
        limit = min(bounded, key=str.encode) if bounded else None
        taken = [rows for cursor in open_ones if (rows := cursor.taken(limit)) is not None]
        if taken:
            out.add(*_in_order(taken))
        for cursor in open_ones:
            if id(cursor) in more and (cursor.rows is None or cursor.last == limit) and not cursor.fill():
                more.discard(id(cursor))
        open_ones = [cursor for cursor in open_ones if cursor.rows is not None]
    out.close()
    write_docs(docs, held)
    return int(held.num_rows)


def _in_order(parts: Sequence[pa.Table]) -> tuple[pa.Array, NDArray[np.int32], Places, Places]:
    """Postings of several segments in one order; an article stands in one of them alone."""
    rows = pa.concat_tables(parts).unify_dictionaries().combine_chunks()
    column = rows["term"].chunk(0) if rows["term"].num_chunks else rows["term"].combine_chunks()
    used = np.bincount(column.indices.to_numpy(), minlength=len(column.dictionary)) > 0
    order = pc.sort_indices(column.dictionary).to_numpy()
    order = order[used[order]]
    rank = np.zeros(len(column.dictionary), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    number, doc = rank[column.indices.to_numpy()], rows["doc"].to_numpy()
    key = (number.astype(np.uint64) << np.uint64(32)) | doc.astype(np.uint64)
    place = np.argsort(key, kind="stable")
    names = column.dictionary.take(pa.array(order))
    return names, number[place], doc[place], rows["pos"].to_numpy()[place]
