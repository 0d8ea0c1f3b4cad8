"""Handing the matcher what is new in the archive, and the tables what it says has changed."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import datetime

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from flows.extract.registry import present_stamps
from flows.match.isolate import all_failed
from flows.match.stage import MATCH_INPUT, MatchChange, StateMissingError, match, prune
from schemas import table
from schemas.render.sql import literal
from warehouse.storage import at
from warehouse.store import Writer

TABLES = ("alignments", "stories", "variants")
_LOG = logging.getLogger(__name__)

_INPUT = """
WITH present AS (
    SELECT document_id, payload_sha256, publisher, published_at FROM documents
    WHERE (extractor, split_part(extractor_version, '+', 1)) IN ({stamps})
), seen AS (
    -- An address counts once, however often it was looked at: asking again is no further printing.
    SELECT d.document_id, coalesce(d.publisher, c.outlet) AS outlet, count(DISTINCT c.uri) AS captures,
        min(c.name_date) AS name_date
    FROM present AS d JOIN captures AS c USING (payload_sha256)
    GROUP BY ALL
), met AS (
    SELECT document_id, list(outlet ORDER BY outlet) AS outlets, list(captures ORDER BY outlet) AS captures,
        min(name_date) AS name_date
    FROM seen GROUP BY document_id
)
SELECT a.article_id, a.document_id, m.outlets, m.captures, coalesce(d.published_at, m.name_date) AS published_at{text}
FROM articles AS a JOIN present AS d USING (document_id) JOIN met AS m USING (document_id)
"""


def input_sql(*, text: bool) -> str:
    """A query for the articles of the present stage versions, in the columns of MATCH_INPUT, over the tables."""
    stamps = ", ".join(f"({literal(name)}, {literal(stamp)})" for name, stamp in sorted(present_stamps().items()))
    return _INPUT.format(stamps=stamps, text=", a.text" if text else "")


class Matching:
    """The matching of one run. `generation` names the matcher's working files that go with the tables."""

    def __init__(self, writer: Writer, memory_limit: str | None, workers: int) -> None:
        self._writer = writer
        self._state = at(writer.warehouse.state).within("match")
        self._inputs = at(writer.warehouse.state).within("match-inputs")
        self._memory_limit = memory_limit
        self._workers = workers
        self.generation = writer.snapshot.match_state if writer.snapshot else None
        self.touched: set[str] | None = set()
        """Articles whose alignments or stories changed in this run; None for all."""

    def bring_up_to_date(self, now: datetime) -> Counter[str]:
        """Match what came, went or was seen by others since the last generation; returns the rows added."""
        new, removed = self._difference()
        if new.num_rows == 0 and len(removed) == 0:
            return Counter()
        change = self._change(new, removed)
        if isinstance(change, Exception):
            return Counter(rejects=self._tell(all_failed(change)))
        counts = self._apply(change, anew=self.generation is None, now=now)
        counts["rejects"] += self._tell(change.faults)
        self.generation = change.generation
        self._remember()
        return counts

    def _change(self, new: pa.Table, removed: pa.Array) -> MatchChange | Exception:
        """What matching says, with what is kept from before or, where that is gone or of no use, anew; else why not.

        OSError is the disk's fault and no article's, and ends the run.
        """
        if self.generation is not None:
            try:
                return self._match(new, removed, self.generation)
            except OSError:
                raise
            except Exception as error:
                if not isinstance(error, StateMissingError):
                    _LOG.exception("Matching failed with what was kept from the last run; it begins anew.")
            before, self.generation = self.generation, None
            new, removed = self._difference()
        else:
            before = None
        try:
            return self._match(new, removed, None)
        except OSError:
            raise
        except Exception as error:
            _LOG.exception("Matching failed.")
            self.generation = before
            return error

    def _tell(self, faults: pa.Table) -> int:
        """Make `rejects` tell these faults of matching and no others; returns the rows added."""
        con = self._writer.con()
        con.register("faults", faults)
        known = "(SELECT reject_id FROM rejects WHERE stage = 'match' AND article_ids IS NOT NULL)"
        gone = con.sql(f"FROM {known} ANTI JOIN faults USING (reject_id)").to_arrow_table()
        came = con.sql(f"FROM faults ANTI JOIN {known} USING (reject_id)").to_arrow_table()
        con.unregister("faults")
        if came.num_rows == 0 and gone.num_rows == 0:
            return 0
        return self._writer.change("rejects", came.cast(table("rejects").arrow), gone)[0]

    def tidy(self) -> None:
        """Drop the working files that no longer go with the tables."""
        prune(self._state, self.generation)
        for name in self._inputs.names():
            if name != f"{self.generation}.parquet":
                self._inputs.delete(name)

    def _match(self, new: pa.Table, removed: pa.Array, previous: str | None) -> MatchChange:
        return match(
            new, removed, self._state, previous=previous, memory_limit=self._memory_limit, workers=self._workers
        )

    def _difference(self) -> tuple[pa.Table, pa.Array]:
        """Articles that are new, or known by other outlets or another date; and ids of those that are gone."""
        con = self._writer.con()
        known = f"{self.generation}.parquet"
        if self.generation is None or self._inputs.size(known) is None:
            self.generation = None
            return _articles(con, input_sql(text=True)), pa.array([], pa.string())
        try:
            source = f"read_parquet({literal(str(self._inputs.local(known)))}, hive_partitioning = false)"
            con.execute(f"CREATE OR REPLACE TEMP TABLE matched AS FROM {source}")
        except duckdb.Error:
            _LOG.warning("%s cannot be read; everything is matched anew.", known)
            self._inputs.delete(known)
            return self._difference()
        con.execute(f"CREATE OR REPLACE TEMP TABLE present AS {input_sql(text=False)}")
        gone = con.sql("SELECT article_id FROM matched ANTI JOIN present USING (article_id)").to_arrow_table()
        new = _articles(
            con, "SELECT p.*, a.text FROM (FROM present EXCEPT FROM matched) AS p JOIN articles AS a USING (article_id)"
        )
        return new, gone.column(0).combine_chunks()

    def _remember(self) -> None:
        """Note what the generation was made from."""
        rows = self._writer.con().sql(input_sql(text=False)).to_arrow_table()
        with self._inputs.making(f"{self.generation}.parquet") as path:
            pq.write_table(rows, path)

    def _apply(self, change: MatchChange, anew: bool, now: datetime) -> Counter[str]:
        counts: Counter[str] = Counter()
        self.touched = None if anew else _touched(change)
        for name in TABLES:
            mine = getattr(change, name)
            if anew and self._writer.rows(name):
                counts[name] += self._writer.overwrite(name, mine.add)
            else:
                counts[name] += self._writer.change(name, mine.add, mine.remove)[0]
        aliases = change.story_aliases
        at = pa.array([now] * aliases.add.num_rows, table("story_aliases").column("replaced_at").type)
        self._writer.change("story_aliases", aliases.add.append_column("replaced_at", at), aliases.remove)
        return counts


def _articles(con: duckdb.DuckDBPyConnection, sql: str) -> pa.Table:
    """Articles as the matcher takes them, however many gigabytes of text they have."""
    con.execute("SET arrow_large_buffer_size = true")
    try:
        return con.sql(sql).to_arrow_table().cast(MATCH_INPUT)
    finally:
        con.execute("RESET arrow_large_buffer_size")


def _touched(change: MatchChange) -> set[str]:
    """The articles of the alignments and stories that went or came."""
    out: set[str] = set()
    for part in (change.alignments, change.stories):
        for rows in (part.remove, part.add):
            for name in rows.column_names:
                if name.endswith("article_id"):
                    out.update(rows[name].to_pylist())
    return out
