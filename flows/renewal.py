"""Taking in what was read: rows of payloads read before give way to what is read of them now, all in one snapshot.

Rows that come out the same stay as they are, in the files where they are. Where an id goes, `id_aliases` says what
stands in its place; where old bytes give a text that was not there before, `revisions` says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from flows import aliases
from flows.backlog import STAGES, UNWANTED_DOCUMENTS, UNWANTED_REJECTS
from flows.extract.registry import extractor_for
from flows.read import TABLES, Work
from schemas import table
from schemas.render.sql import column_list, empty_select, literal, quoted
from warehouse.store import Writer


class Staged(NamedTuple):
    """What was read: Parquet files for each of `TABLES`, more rejects, and a folder for what is made of them."""

    folder: Path
    files: Mapping[str, Sequence[Path]]
    rejects: pa.Table


class Renewed(NamedTuple):
    """How many rows came into each table, and the documents whose passages are not what they were."""

    counts: Counter[str]
    pages: list[str]


_FORMER = f"""
CREATE OR REPLACE TEMP TABLE former AS
SELECT document_id, left(sha256(payload_sha256 || chr(31) || extractor), 32) AS present_id
FROM documents_concerned AS d WHERE document_id IN ({UNWANTED_DOCUMENTS})
    OR EXISTS (FROM work_done AS w WHERE w.payload_sha256 = d.payload_sha256 AND w.extractor = d.extractor)
"""

_OF_FORMER = "SELECT t.* FROM {name} AS t SEMI JOIN former USING (document_id)"
_OLD = {
    "documents": _OF_FORMER.format(name="documents"),
    "articles": _OF_FORMER.format(name="articles"),
    "passages": _OF_FORMER.format(name="passages"),
    "edits": "SELECT e.* FROM edits AS e SEMI JOIN "
    f"({_OF_FORMER.format(name='passages')}) AS p ON p.passage_id = e.passage_id",
    "lines": _OF_FORMER.format(name="lines"),
    "rejects": f"""
        SELECT r.* FROM rejects_concerned AS r
        WHERE r.reject_id IN ({UNWANTED_REJECTS}) OR r.stage IN {STAGES} AND EXISTS (
            FROM work_done AS w WHERE w.payload_sha256 = r.payload_sha256
            AND w.extractor IS NOT DISTINCT FROM r.extractor
            AND (w.extractor IS NOT NULL OR w.media = coalesce(r.media_type, '')))
    """,
}
"""What the tables hold of the payloads that were read."""

_HEIRS_OF_DOCUMENTS = """
SELECT f.document_id AS alias_id, 'document' AS kind, f.present_id AS id FROM former AS f
SEMI JOIN fresh_documents AS d ON d.document_id = f.present_id WHERE f.document_id <> f.present_id
"""

_LOST = """
SELECT o.*, f.present_id FROM ({old}) AS o JOIN former AS f USING (document_id)
WHERE o.{key} NOT IN (SELECT {key} FROM fresh_{name})
"""

# An article's heir has its text; else most of its places; else its rank on the page.
_HEIRS_OF_ARTICLES = f"""
WITH lost AS ({_LOST.format(old=_OLD["articles"], key="article_id", name="articles")}), votes AS (
    SELECT p.article_id AS lost_id, q.article_id, sum(length(q.text)) AS letters
    FROM ({_OLD["passages"]}) AS p JOIN former AS f USING (document_id)
    JOIN fresh_passages AS q ON q.document_id = f.present_id AND q.selector = p.selector
    WHERE p.article_id IN (SELECT article_id FROM lost) AND q.article_id IS NOT NULL GROUP BY ALL
)
SELECT l.article_id AS alias_id, 'article' AS kind, a.article_id AS id
FROM lost AS l JOIN fresh_articles AS a ON a.document_id = l.present_id
LEFT JOIN votes AS v ON v.lost_id = l.article_id AND v.article_id = a.article_id
QUALIFY row_number() OVER (PARTITION BY l.article_id ORDER BY a.text_sha256 <> l.text_sha256, v.letters DESC NULLS LAST,
    abs(a.ordinal - l.ordinal), a.article_id) = 1
"""

_HEIRS_OF_PASSAGES = f"""
WITH lost AS ({_LOST.format(old=_OLD["passages"], key="passage_id", name="passages")}), near AS (
    SELECT l.passage_id AS lost_id, 1 AS step, q.text <> l.text AS other, abs(q.ordinal - l.ordinal) AS off,
        q.passage_id
    FROM lost AS l JOIN fresh_passages AS q ON q.document_id = l.present_id AND q.selector = l.selector
    UNION ALL
    SELECT l.passage_id, 2, false, abs(q.ordinal - l.ordinal), q.passage_id
    FROM lost AS l JOIN fresh_passages AS q ON q.document_id = l.present_id AND q.text = l.text
), rest AS (
    FROM lost WHERE raw_start IS NOT NULL AND passage_id NOT IN (SELECT lost_id FROM near)
), found AS (
    FROM near UNION ALL
    SELECT l.passage_id, 3, true, -(least(l.raw_end, q.raw_end) - greatest(l.raw_start, q.raw_start)), q.passage_id
    FROM rest AS l JOIN fresh_passages AS q
    ON q.document_id = l.present_id AND q.raw_start < l.raw_end AND q.raw_end > l.raw_start
)
SELECT lost_id AS alias_id, 'passage' AS kind, passage_id AS id FROM found
QUALIFY row_number() OVER (PARTITION BY lost_id ORDER BY step, other, off, passage_id) = 1
"""

_REVISED = f"""
SELECT DISTINCT a.article_id FROM fresh_articles AS a JOIN fresh_documents AS d USING (document_id)
WHERE d.payload_sha256 IN (SELECT payload_sha256 FROM captures SEMI JOIN fresh_documents USING (payload_sha256)
        WHERE run_id <> $1)
    AND NOT EXISTS (FROM ({_OLD["articles"]}) AS o JOIN former AS f USING (document_id)
        WHERE f.present_id = a.document_id AND o.text_sha256 = a.text_sha256)
ORDER BY 1
"""

_CAME = " UNION ALL ".join(f"SELECT {kind}_id AS id FROM fresh_{kind}s" for kind in ("document", "article", "passage"))

_PAGES = f"""
WITH old AS (SELECT f.present_id AS document_id, hash({column_list(table("passages"), "p")}) AS row_hash
    FROM ({_OLD["passages"]}) AS p JOIN former AS f USING (document_id)
), fresh AS (SELECT document_id, hash({column_list(table("passages"), "p")}) AS row_hash
    FROM fresh_passages AS p WHERE document_id IN (SELECT present_id FROM former)
)
SELECT DISTINCT document_id FROM (
    (FROM old ANTI JOIN fresh USING (document_id, row_hash)) UNION ALL
    (FROM fresh ANTI JOIN old USING (document_id, row_hash))) ORDER BY 1
"""


def take_in(writer: Writer, staged: Staged, work: Sequence[Work], run_id: str) -> Renewed:
    """Put what was read of some payloads in the place of all that was read of them before.

    What no capture asks for any more goes too (`backlog.unread` comes before).
    """
    con = writer.con()
    con.register("work_done", _done(work))
    con.register("more_rejects", staged.rejects)
    try:
        con.execute(_FORMER)
        for name in TABLES:
            _show(con, name, staged.files.get(name, ()))
        return _take_in(writer, staged, run_id)
    finally:
        for name in TABLES:
            con.execute(f"DROP VIEW IF EXISTS fresh_{name}")
        con.unregister("more_rejects")
        con.unregister("work_done")


def _done(work: Iterable[Work]) -> pa.Table:
    found = [(each.payload_sha256, extractor_for(each.media_type), each.media_type or "") for each in work]
    columns = {
        "payload_sha256": [sha256 for sha256, _, _ in found],
        "extractor": [extractor.name if extractor else None for _, extractor, _ in found],
        "media": [media for _, _, media in found],
    }
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def _show(con: duckdb.DuckDBPyConnection, name: str, files: Sequence[Path]) -> None:
    """A view of what was staged for a table."""
    parts = [empty_select(table(name))]
    if files:
        listed = ", ".join(literal(str(file)) for file in files)
        parts.append(f"SELECT {column_list(table(name))} FROM read_parquet([{listed}], hive_partitioning = false)")
    if name == "rejects":
        parts.append("FROM more_rejects")
    con.execute(f"CREATE OR REPLACE TEMP VIEW fresh_{name} AS {' UNION ALL '.join(parts)}")


def _take_in(writer: Writer, staged: Staged, run_id: str) -> Renewed:
    con = writer.con()
    moved = aliases.MOVED.empty_table()
    revised = con.sql(_REVISED, params=[run_id]).to_arrow_table()
    if _any(con, "FROM former"):
        parts = [_HEIRS_OF_DOCUMENTS, _HEIRS_OF_ARTICLES, _HEIRS_OF_PASSAGES]
        moved = pa.concat_tables([con.sql(sql).to_arrow_table().cast(aliases.MOVED) for sql in parts])
    # All differences are found before the first is written: what is old is told by tables that change.
    gone = {name: _gone(con, name) for name in TABLES}
    came = {name: _came(con, name, staged) for name in TABLES}
    pages = con.sql(_PAGES).fetchall()
    counts: Counter[str] = Counter()
    for name in TABLES:
        writer.change(name, table(name).empty(), gone[name])
        counts[name] = writer.append_files(name, came[name])
    aliases.point(writer, moved, con.sql(_CAME).to_arrow_table(), run_id)
    if revised.num_rows:
        run = pa.array([run_id] * revised.num_rows, pa.string())
        writer.change("revisions", revised.append_column("run_id", run), revised)
    return Renewed(counts, [page for (page,) in pages])


def _any(con: duckdb.DuckDBPyConnection, sql: str) -> bool:
    return bool(con.execute(f"{sql} LIMIT 1").fetchall())


def _sides(name: str) -> tuple[str, str, str]:
    """Key columns of a table; and the keys of what is old and fresh, each with a hash of its row."""
    keys = ", ".join(map(quoted, table(name).key))
    row = f"{keys}, hash({column_list(table(name), stamp=False)}) AS row_hash"
    return keys, f"(SELECT {row} FROM ({_OLD[name]}))", f"(SELECT {row} FROM fresh_{name})"


def _gone(con: duckdb.DuckDBPyConnection, name: str) -> pa.Table:
    """Keys of old rows that are not read again, or otherwise."""
    keys, old, fresh = _sides(name)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE gone_{name} AS SELECT {keys} FROM {old} AS o ANTI JOIN {fresh} AS f "
        f"USING ({keys}, row_hash)"
    )
    return con.sql(f"FROM gone_{name}").to_arrow_table()


def _came(con: duckdb.DuckDBPyConnection, name: str, staged: Staged) -> Sequence[Path]:
    """Files of rows that are not there yet; those that were staged where nothing is old."""
    if name != "rejects" and not _any(con, _OLD[name]):
        return staged.files.get(name, ())
    _, old, _ = _sides(name)
    row = f"hash({column_list(table(name), 'f', stamp=False)})"
    same = " AND ".join(f"o.{quoted(key)} = f.{quoted(key)}" for key in table(name).key)
    rows = con.sql(
        f"SELECT f.* FROM fresh_{name} AS f ANTI JOIN {old} AS o ON {same} AND o.row_hash = {row}"
    ).to_arrow_reader(8192)
    path = staged.folder / f"came-{name}.parquet"
    staged.folder.mkdir(parents=True, exist_ok=True)
    schema = table(name).arrow
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=1) as out:
        for batch in rows:
            out.write_table(pa.Table.from_batches([batch]).cast(schema))
    return [path]
