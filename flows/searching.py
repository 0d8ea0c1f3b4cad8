"""Keeping the index of words up to the articles: what a run brought is a segment of its own, and segments are merged.

The index is made from the articles alone. What another version made, or what is missing, is made anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from flows.search.segments import batches, merge
from flows.settled import Since
from flows.versions import SEARCH
from schemas.render.sql import literal
from schemas.tables.search import INDEX
from warehouse import search
from warehouse.disk import sha256_file
from warehouse.store import Writer

MOST = 10
"""Segments of an index: with one more, the smallest are merged."""
INDEXED_FROM = ("articles",)
"""The tables that the index is made of."""
_GONE = 0.25
"""Part of a segment's articles that may be gone before it is written anew without them."""
_POSTINGS, _DOCS = (each.name for each in INDEX)


@dataclass(frozen=True)
class _Segment:
    name: str
    bytes: int
    docs: int
    gone: int


def bring_up_to_date(writer: Writer, since: Since | None = None) -> int:
    """Have the index hold every article of the tables; returns how many came.

    `since` is what came and went since it did; None to look at everything.
    """
    before = [name for name in writer.search if name.startswith(f"{SEARCH}-")]
    before = before if len(before) == len(writer.search) else []
    if not all(search.whole(writer.storage, name) for name in before):
        before = []
    if before and since is not None and since.none(*INDEXED_FROM):
        return 0
    con = writer.con()
    con.execute(f"CREATE OR REPLACE TEMP TABLE indexed AS {_held(writer, before)}")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE unindexed AS SELECT article_id FROM articles ANTI JOIN indexed USING (article_id)"
    )
    ((came, top),) = con.execute("SELECT (SELECT count(*) FROM unindexed), (SELECT max(doc) FROM indexed)").fetchall()
    segments = _segments(writer, con, before)
    added = _added(writer, 0 if top is None else int(top) + 1) if came else []
    kept = _merged(writer, segments, added)
    if list(kept) != list(writer.search):
        writer.index(kept)
    return int(came)


def _held(writer: Writer, names: Sequence[str]) -> str:
    """SQL for what segments hold: number, article, and which segment it is."""
    if not names:
        return "SELECT 0::INTEGER AS doc, ''::VARCHAR AS article_id, 0 AS segment WHERE false"
    files = [literal(str(writer.storage.local(search.key(name, _DOCS)))) for name in names]
    each = [
        f"SELECT doc, article_id, {number} AS segment FROM read_parquet({file}, hive_partitioning = false)"
        for number, file in enumerate(files)
    ]
    return " UNION ALL ".join(each)


def _segments(writer: Writer, con: duckdb.DuckDBPyConnection, names: Sequence[str]) -> list[_Segment]:
    told = (
        con.execute(
            "SELECT segment, count(*), count(*) FILTER (a.article_id IS NULL) FROM indexed AS i "
            "LEFT JOIN (SELECT article_id FROM articles) AS a USING (article_id) GROUP BY segment"
        ).fetchall()
        if names
        else []
    )
    counts = {int(number): (int(docs), int(gone)) for number, docs, gone in told}
    return [
        _Segment(name, writer.storage.size(search.key(name, _POSTINGS)) or 0, *counts.get(number, (0, 0)))
        for number, name in enumerate(names)
    ]


def _added(writer: Writer, first: int) -> list[_Segment]:
    """Segments of the articles that are in none."""
    rows = (
        writer.con()
        .sql("SELECT article_id, text FROM articles SEMI JOIN unindexed USING (article_id)")
        .to_arrow_reader(1024)
    )
    out = []
    with writer.storage.scratch("search") as beside:
        for start, batch in batches(rows, first):
            files = _files(beside)
            batch.write(*files, start)
            out.append(_placed(writer, files))
    return out


def _files(folder: Path) -> tuple[Path, Path]:
    return folder / f"{_POSTINGS}.parquet", folder / f"{_DOCS}.parquet"


def _placed(writer: Writer, files: tuple[Path, Path]) -> _Segment:
    """Put a segment's files under a name that their content gives."""
    digest = hashlib.sha256("".join(map(sha256_file, files)).encode()).hexdigest()
    name = f"{SEARCH}-{digest[:16]}"
    size, docs = files[0].stat().st_size, pq.read_metadata(files[1]).num_rows
    for path, each in zip(files, INDEX, strict=True):
        writer.storage.put_file(search.key(name, each.name), path)
    return _Segment(name, size, docs, 0)


def _merged(writer: Writer, held: Sequence[_Segment], added: Sequence[_Segment]) -> list[str]:
    """The names of the segments once those that want it are merged, the oldest first."""
    stale = [each for each in held if each.gone > _GONE * each.docs]
    every = [*held, *added]
    chosen = {each.name for each in stale}
    if len(added) > 1:  # much came at once, and was cut to be sorted
        chosen |= {each.name for each in added}
    if len(every) > MOST:
        # The smallest, and what is not much larger than they are together: each posting is merged a few times only.
        order = sorted(every, key=lambda each: (each.bytes, each.name))
        count = len(every) - MOST + 1
        total = sum(each.bytes for each in order[:count])
        while count < len(order) and order[count].bytes <= 2 * total:
            total += order[count].bytes
            count += 1
        chosen |= {each.name for each in order[: max(2, count)]}
    parts = [each for each in every if each.name in chosen]
    rest = [each.name for each in every if each.name not in chosen]
    if not parts:
        return rest
    if sum(each.docs - each.gone for each in parts) == 0:
        return rest
    con = writer.con()

    def alive(ids: list[str]) -> NDArray[np.bool_]:
        con.register("asked", pa.table({"article_id": pa.array(ids, pa.string())}))
        there = con.sql("SELECT article_id FROM articles SEMI JOIN asked USING (article_id)").to_arrow_table()
        con.unregister("asked")
        known = set(there["article_id"].to_pylist())
        return np.array([each in known for each in ids], np.bool_)

    with ExitStack() as stack:
        beside = stack.enter_context(writer.storage.scratch("search"))
        files = _files(beside)
        places = [
            (writer.storage.local(search.key(each.name, _POSTINGS)), writer.storage.local(search.key(each.name, _DOCS)))
            for each in parts
        ]
        merge(places, alive, *files)
        return [*rest, _placed(writer, files).name]


def tidy(writer: Writer, before: Sequence[str]) -> None:
    """Let go of the segments that neither the snapshot nor the one before names."""
    search.tidy(writer.root, {*writer.search, *before})
