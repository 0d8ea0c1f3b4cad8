"""Handing the restore stage the pages whose alignments or stories changed, and the table what it says."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator
from typing import Any

import duckdb
import pyarrow as pa

from flows.faults import sentence, told
from flows.match.isolate import halved
from flows.restore.stage import RELATIONS, WITNESSES, restore
from flows.stages import Stages
from schemas import table
from schemas.ids import content_id
from schemas.render.sql import literal
from schemas.tables.documents import NEWSPAPER
from warehouse.disk import is_full
from warehouse.store import Writer

_TABLE = "restorations"
_READERS = ("text",)
"""Extractors that leave it to segmentation to find the articles of a page."""
_PAGES = 1024
"""Pages that are restored at a time."""

_TOUCHED = f"""
SELECT DISTINCT a.document_id FROM articles AS a
JOIN documents AS d USING (document_id)
{{restriction}}
WHERE d.extractor IN ({", ".join(map(literal, _READERS))})
    AND d.page_kind = {literal(NEWSPAPER)}
    AND a.article_id IN (SELECT left_article_id FROM alignments UNION SELECT right_article_id FROM alignments)
ORDER BY 1
"""

_HEARD = f"""
CREATE OR REPLACE TEMP TABLE heard AS
WITH ties AS (
    SELECT left_article_id AS article_id, right_article_id AS witness, matched_chars FROM alignments
    WHERE relation IN ({", ".join(map(literal, RELATIONS))})
    UNION ALL
    SELECT right_article_id, left_article_id, matched_chars FROM alignments
    WHERE relation IN ({", ".join(map(literal, RELATIONS))})
)
SELECT t.article_id, t.witness, w.document_id FROM ties AS t
JOIN articles AS a ON a.article_id = t.article_id
JOIN restored_pages AS p ON p.document_id = a.document_id
JOIN articles AS w ON w.article_id = t.witness
WHERE w.document_id <> a.document_id
GROUP BY t.article_id, t.witness, w.document_id
QUALIFY row_number() OVER (PARTITION BY t.article_id ORDER BY sum(t.matched_chars) DESC, t.witness) <= {WITNESSES}
"""

_PARTS = {
    "articles": "SELECT article_id, document_id, ordinal, text FROM articles SEMI JOIN shown USING (document_id)",
    "passages": "SELECT document_id, ordinal, passage_id, article_id, kind, text, article_start, article_end, flags "
    "FROM passages SEMI JOIN shown USING (document_id)",
    # Joined on both columns: two rows in one condition would be compared each with each.
    "alignments": "SELECT l.* FROM alignments AS l SEMI JOIN (SELECT article_id AS left_article_id, "
    "witness AS right_article_id FROM heard UNION SELECT witness, article_id FROM heard) "
    "USING (left_article_id, right_article_id)",
    "stories": "SELECT s.* FROM stories AS s WHERE article_id IN "
    "(SELECT article_id FROM heard UNION SELECT witness FROM heard)",
}


_DOCUMENTS = "SELECT DISTINCT document_id FROM articles SEMI JOIN touched USING (article_id)"


class Restorer:
    """The restoring of one run."""

    def __init__(self, writer: Writer, stages: Stages) -> None:
        self._writer = writer
        self._stages = stages
        self.rejects = 0
        """Rows of `rejects` that were added."""

    def bring_up_to_date(self, touched: Iterable[str] | None, pages: Iterable[str]) -> int:
        """Restore what this run changed, or everything where another version restored it. Returns the rows added.

        `touched` are articles whose alignments or stories changed, None for all; `pages` documents that were read
        otherwise than before.
        """
        if touched is None or not self._stages.up_to_date("restore"):
            added = self._restore(None)
        else:
            articles = sorted({*touched, *self._on(pages)})
            added = self._restore(articles) if articles else 0
        self._stages.done("restorer")
        return added

    def _on(self, pages: Iterable[str]) -> list[str]:
        """The articles of some documents."""
        con = self._writer.con()
        con.register("pages", pa.table({"document_id": pa.array(sorted(pages), pa.string())}))
        found = con.execute("SELECT article_id FROM articles SEMI JOIN pages USING (document_id)").fetchall()
        con.unregister("pages")
        return [article for (article,) in found]

    def _restore(self, articles: list[str] | None) -> int:
        """Bring the rows of the articles' pages up to date; of all pages for None."""
        con = self._writer.con()
        restriction = ""
        if articles is not None:
            con.register("touched_articles", pa.table({"article_id": pa.array(articles, pa.string())}))
            con.execute("CREATE OR REPLACE TEMP TABLE touched AS FROM touched_articles")
            con.unregister("touched_articles")
            restriction = "SEMI JOIN touched USING (article_id)"
        pages = [row[0] for row in con.execute(_TOUCHED.format(restriction=restriction)).fetchall()]
        faults: list[tuple[str, Exception]] = []
        fresh = pa.concat_tables([table(_TABLE).empty(), *self._restored(pages, faults)])
        if articles is None:
            old = con.sql(f"SELECT * FROM {_TABLE}").to_arrow_table()
        else:
            con.register("fresh_pages", pa.table({"document_id": pa.array(pages, pa.string())}))
            old = con.sql(
                f"SELECT * FROM {_TABLE} WHERE article_id IN (FROM touched UNION "
                "SELECT article_id FROM articles SEMI JOIN fresh_pages USING (document_id))"
            ).to_arrow_table()
            con.unregister("fresh_pages")
        self._tell(articles, pages, faults)
        return self._write(old.cast(table(_TABLE).arrow), fresh)

    def _restored(self, pages: list[str], faults: list[tuple[str, Exception]]) -> Iterator[pa.Table]:
        """The rows of pages, those left out that raise; they are added to the faults."""
        for start in range(0, len(pages), _PAGES):
            some = pages[start : start + _PAGES]

            def work(first: int, last: int, some: list[str] = some) -> pa.Table:
                try:
                    return restore(some[first:last], **self._parts(some[first:last]))
                except duckdb.Error as error:
                    if is_full(error):  # which is no page's fault
                        raise OSError(errno.ENOSPC, str(error)) from error
                    raise

            def culprit(place: int, error: Exception, some: list[str] = some) -> None:
                faults.append((some[place], error))

            yield from halved(work, 0, len(some), culprit)

    def _parts(self, pages: list[str]) -> dict[str, pa.Table]:
        """What the restore stage asks for of some pages."""
        con = self._writer.con()
        con.register("some_pages", pa.table({"document_id": pa.array(pages, pa.string())}))
        con.execute("CREATE OR REPLACE TEMP TABLE restored_pages AS FROM some_pages")
        con.unregister("some_pages")
        con.execute(_HEARD)
        con.execute("CREATE OR REPLACE TEMP TABLE shown AS FROM restored_pages UNION SELECT document_id FROM heard")
        return {name: con.sql(sql).to_arrow_table() for name, sql in _PARTS.items()}

    def _tell(self, touched: list[str] | None, pages: list[str], faults: list[tuple[str, Exception]]) -> None:
        """Make `rejects` tell the faults of the pages that were tried, and no longer those of these pages before."""
        con = self._writer.con()
        rows = []
        for page, error in faults:
            found = con.execute("SELECT article_id FROM articles WHERE document_id = $1 ORDER BY ordinal", [page])
            articles = [article for (article,) in found.fetchall()]
            message = f"The articles of a page could not be restored and stay as they were read: {sentence(error)}"
            rows.append(
                {
                    "reject_id": content_id("restore", page, message),
                    "source_id": "",
                    "stage": "restore",
                    "error": "crash",
                    "message": message,
                    "traceback": told(error),
                    "article_ids": articles,
                }
            )
        now = table("rejects").rows(rows)
        before = con.sql("FROM rejects WHERE stage = 'restore' AND article_ids IS NOT NULL").to_arrow_table()
        if touched is not None:
            # Of pages that nothing touched, what was told stands.
            asked = set(pages) | {document for (document,) in con.sql(_DOCUMENTS).fetchall()}
            of = dict(con.sql("SELECT article_id, document_id FROM articles").fetchall()) if before.num_rows else {}
            tried = [
                not any(of.get(article) not in (None, *asked) for article in articles)
                for articles in before["article_ids"].to_pylist()
            ]
            before = before.filter(pa.array(tried, pa.bool_()))
        self.rejects += replace_rows(self._writer, "rejects", before, now)

    def _write(self, old: pa.Table, fresh: pa.Table) -> int:
        """Commit what differs; nothing where nothing does."""
        return replace_rows(self._writer, _TABLE, old, fresh)


def replace_rows(writer: Writer, name: str, old: pa.Table, fresh: pa.Table) -> int:
    """Make rows of a table others, as far as they differ; returns the rows added."""
    if old.num_rows == 0:
        return writer.append(name, fresh) if fresh.num_rows else 0
    key = list(table(name).key)
    before, after = (_rows(rows.select(table(name).unstamped)) for rows in (old, fresh))
    gone = [place for row, place in before.items() if row not in after]
    came = [place for row, place in after.items() if row not in before]
    if not gone and not came:
        return 0
    add, remove = fresh.take(pa.array(came, pa.int64())), old.select(key).take(pa.array(gone, pa.int64()))
    return writer.change(name, add, remove)[0]


def _rows(rows: pa.Table) -> dict[tuple[Any, ...], int]:
    """Each row, as something to compare, with its place."""
    columns = [column.to_pylist() for column in rows.columns]
    return {
        tuple(tuple(value) if isinstance(value, list) else value for value in row): place
        for place, row in enumerate(zip(*columns, strict=True))
    }
