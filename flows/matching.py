"""Handing the matcher what is new in the archive, and the tables what it says has changed."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import datetime
from functools import cache

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from flows.aliases import MOVED, point
from flows.extract.web.page_kind import NOTICE
from flows.match.fold import changed_letters
from flows.match.stage import MATCH_INPUT, Change, MatchChange, StateMissingError, match, prune
from flows.stages import Stages
from schemas import table
from schemas.render.sql import column_list, literal, quoted
from warehouse import catalogue
from warehouse.disk import is_full
from warehouse.storage import at
from warehouse.store import Writer

TABLES = ("alignments", "stories", "variants")
_LOG = logging.getLogger(__name__)

VIEWS = ("05_page_keys.sql", "06_outlets.sql", "07_pages.sql", "09_corrected.sql")
"""The views and macros of the catalogue that say which outlets printed what, and on which page."""

# In order of the day, then of the time: what is told by its day alone stands first, and the 52 hours in which it is
# some day somewhere are laid into that day's own 24. An error page carries nothing, nor does a notice in the place of a
# text, and what differs between the states of one page in one outlet are no two texts.
_INPUT = """
WITH met AS (
    SELECT document_id, list(outlet ORDER BY outlet) AS outlets, list(captures ORDER BY outlet) AS captures,
        min(name_date) AS name_date
    FROM document_outlets GROUP BY document_id
), placed AS (
    SELECT payload_sha256, min(page) AS page FROM page_captures GROUP BY payload_sha256
), dated AS (
    SELECT document_id, payload_sha256, page_kind, published_on, published_precision,
        epoch_us(published_on::TIMESTAMP) AS midnight, epoch_us(published_at) AS instant
    FROM documents
)
SELECT a.article_id, a.document_id, CASE WHEN k.outlet IS NULL THEN m.outlets ELSE [k.outlet] END AS outlets,
    CASE WHEN k.outlet IS NULL THEN m.captures ELSE [list_sum(m.captures)::BIGINT] END AS captures,
    make_timestamp(CASE
        WHEN k.published_on IS NOT NULL THEN epoch_us(k.published_on::TIMESTAMP)
            + coalesce((epoch_us(k.published_at) - epoch_us(k.published_on::TIMESTAMP) + 14 * 3600000000) * 6 // 13, 0)
        WHEN d.published_on IS NULL THEN epoch_us(m.name_date)
        WHEN d.published_precision IN ('year', 'month', 'day') THEN d.midnight
        ELSE d.midnight + (d.instant - d.midnight + 14 * 3600000000) * 6 // 13
    END)::TIMESTAMPTZ AS published_at,
    p.page || ' ' || array_to_string(CASE WHEN k.outlet IS NULL THEN m.outlets ELSE [k.outlet] END, ' ') AS page{text}
FROM articles AS a JOIN dated AS d USING (document_id) JOIN met AS m USING (document_id)
JOIN placed AS p USING (payload_sha256) LEFT JOIN corrected AS k USING (article_id)
WHERE NOT coalesce(k.left_out, false) AND d.page_kind NOT IN ('error', 'captcha')
    AND CASE WHEN a.chars < {short} THEN NOT regexp_matches(left(a.text, {short}), {notice}) ELSE true END
"""
_SHORT_NOTICE = 300
"""Characters of the longest text that is taken for a notice by what it says; a report of such a notice is longer."""

_ADDRESSES = """
SELECT DISTINCT uri FROM (
    SELECT uri FROM captures
    UNION ALL SELECT location FROM captures
    UNION ALL SELECT canonical_uri FROM documents
    UNION ALL SELECT original_uri FROM documents
)
WHERE uri IS NOT NULL
"""

# The story that has most of the letters of one that is gone, its leader's first; and what led to the one leads on. An
# article that has another id now is known by that.
_HEIRS = """
WITH lost AS (
    SELECT s.story_id, coalesce(a.id, s.article_id) AS article_id, span_start, span_end, leader
    FROM stories AS s LEFT JOIN id_aliases AS a ON a.alias_id = s.article_id
    WHERE s.story_id NOT IN (SELECT story_id FROM told)
), votes AS (
    SELECT l.story_id AS alias_id, t.story_id AS id,
        sum(least(l.span_end, t.span_end) - greatest(l.span_start, t.span_start)) AS letters,
        sum(CASE WHEN l.leader THEN least(l.span_end, t.span_end) - greatest(l.span_start, t.span_start) ELSE 0 END)
            AS led
    FROM lost AS l JOIN told AS t
    ON t.article_id = l.article_id AND t.span_start < l.span_end AND t.span_end > l.span_start
    GROUP BY ALL
), heirs AS (
    SELECT alias_id, id FROM votes
    QUALIFY row_number() OVER (PARTITION BY alias_id ORDER BY led DESC, letters DESC, id) = 1
)
SELECT alias_id, 'story' AS kind, id FROM heirs
UNION ALL
SELECT a.alias_id, 'story', coalesce(h.id, a.story_id) FROM story_aliases AS a LEFT JOIN heirs AS h
ON h.alias_id = a.story_id
ORDER BY ALL
"""


def input_sql(*, text: bool) -> str:
    """A query for the articles, in the columns of MATCH_INPUT, over the tables."""
    # The two spell the end of a text otherwise.
    notice = literal("(?i)" + NOTICE.replace(r"\Z", r"\z"))
    return _INPUT.format(text=", a.text" if text else "", short=_SHORT_NOTICE, notice=notice)


class Matching:
    """The matching of one run. `generation` names the matcher's working files that go with the tables."""

    def __init__(self, writer: Writer, stages: Stages, memory_limit: str | None, workers: int, run_id: str) -> None:
        self._writer = writer
        self._stages = stages
        self._run_id = run_id
        self._state = at(writer.warehouse.state).within("match")
        self._inputs = at(writer.warehouse.state).within("match-inputs")
        self._memory_limit = memory_limit
        self._workers = workers
        self.generation = writer.snapshot.match_state if writer.snapshot else None
        self.touched: set[str] | None = set()
        """Articles whose alignments or stories changed in this run; None for all."""

    def bring_up_to_date(self, now: datetime) -> Counter[str]:
        """Match what came, went or was seen by others since the last generation; returns the rows added.

        What another version of the matcher made is matched anew.
        """
        present = self._stages.up_to_date("match")
        if not present:
            self.generation = None
        self._keep_addresses(anew=not present)
        told = present and self._writer.rows("fold_letters")
        if not told and self._writer.rows("captures"):  # in an archive without anything they would be all there is
            self._keep_letters()
        new, removed = self._difference()
        held = self.generation is None and any(map(self._writer.rows, TABLES))
        if new.num_rows == 0 and len(removed) == 0 and not held:
            self._stages.done("matcher")
            return Counter()
        change = self._change(new, removed)
        counts = self._apply(change, anew=self.generation is None, now=now)
        counts["rejects"] += self._tell(change.faults)
        self._stages.done("matcher")
        self.generation = change.generation
        self._remember()
        return counts

    def _keep_addresses(self, *, anew: bool) -> None:
        """Have `addresses` hold the page of every address that is named, and no other row."""
        con = self._writer.con()
        for view in () if _has_views(con) else VIEWS:
            con.execute(catalogue.view_file(view))
        con.execute(f"CREATE OR REPLACE TEMP TABLE named AS {_ADDRESSES}")
        told = "SELECT uri, page_key(uri) AS page FROM named"
        if anew:
            con.execute(f"CREATE OR REPLACE TEMP TABLE named AS {told}")
            on, told = "uri, page", "FROM named"
        else:
            on = "uri"
        gone = con.sql(f"SELECT uri FROM addresses ANTI JOIN named USING ({on})").to_arrow_table()
        came = con.sql(f"{told} ANTI JOIN addresses USING ({on}) ORDER BY uri").to_arrow_table()
        self._writer.change("addresses", came.cast(table("addresses").arrow), gone)

    def _keep_letters(self) -> None:
        """Have `fold_letters` say how this version of the matcher folds."""
        rows = _letters()
        held = self._writer.con().sql("SELECT letter, folded FROM fold_letters ORDER BY letter").to_arrow_table()
        if not held.cast(rows.schema).equals(rows):
            self._writer.overwrite("fold_letters", rows)

    def _change(self, new: pa.Table, removed: pa.Array) -> MatchChange:
        """What matching says, with what is kept from before or, where that is gone or of no use, anew.

        Raises what it raises anew. An error of the disk is no reason to begin anew.
        """
        if self.generation is not None:
            try:
                return self._match(new, removed, self.generation)
            except Exception as error:
                if isinstance(error, OSError) or is_full(error):
                    raise
                if not isinstance(error, StateMissingError):
                    _LOG.exception("Matching failed with what was kept from the last run; it begins anew.")
            self.generation = None
            new, removed = self._difference()
        return self._match(new, removed, None)

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
        con.execute(f"CREATE OR REPLACE TEMP TABLE present AS {input_sql(text=False)}")
        known = f"{self.generation}.parquet"
        if self.generation is None or self._inputs.size(known) is None:
            self.generation = None
            all_of_them = "SELECT p.*, a.text FROM present AS p JOIN articles AS a USING (article_id)"
            return _articles(con, all_of_them), pa.array([], pa.string())
        try:
            source = f"read_parquet({literal(str(self._inputs.local(known)))}, hive_partitioning = false)"
            con.execute(f"CREATE OR REPLACE TEMP TABLE matched AS FROM {source}")
        except duckdb.Error:
            _LOG.warning("%s cannot be read; everything is matched anew.", known)
            self._inputs.delete(known)
            return self._difference()
        gone = con.sql("SELECT article_id FROM matched ANTI JOIN present USING (article_id)").to_arrow_table()
        new = _articles(
            con, "SELECT p.*, a.text FROM (FROM present EXCEPT FROM matched) AS p JOIN articles AS a USING (article_id)"
        )
        return new, gone.column(0).combine_chunks()

    def _remember(self) -> None:
        """Note what the generation was made from: what was there when it was begun, for matching changes none of it."""
        rows = self._writer.con().sql("FROM present").to_arrow_table()
        with self._inputs.making(f"{self.generation}.parquet") as path:
            pq.write_table(rows, path)

    def _apply(self, change: MatchChange, anew: bool, now: datetime) -> Counter[str]:
        counts: Counter[str] = Counter()
        moved = self._heirs(change.stories.add) if anew else None
        told = {name: getattr(change, name) for name in TABLES}
        if anew:
            told = {name: self._changes(name, mine.add) for name, mine in told.items()}
            # The names of before are the former matcher's; they stay as ids that were published once.
            former = self._writer.con().sql("SELECT alias_id FROM story_aliases").to_arrow_table()
            self._writer.change("story_aliases", table("story_aliases").empty(), former)
        self.touched = None if anew else _touched(change)
        for name, mine in told.items():
            counts[name] += self._writer.change(name, mine.add, mine.remove)[0]
        aliases = change.story_aliases
        at = pa.array([now] * aliases.add.num_rows, table("story_aliases").column("replaced_at").type)
        self._writer.change("story_aliases", aliases.add.append_column("replaced_at", at), aliases.remove)
        came = pa.table({"id": told["stories"].add["story_id"]})
        point(self._writer, MOVED.empty_table() if moved is None else moved, came, self._run_id)
        return counts

    def _changes(self, name: str, rows: pa.Table) -> Change:
        """What makes a table hold some rows and no others; equal rows stay."""
        con = self._writer.con()
        con.register("told", rows)
        keys, columns = ", ".join(map(quoted, table(name).key)), column_list(table(name))
        sides = (f"(SELECT *, hash({columns}) AS row_hash FROM {side})" for side in (name, "told"))
        held, now = sides
        try:
            gone = con.sql(f"SELECT {keys} FROM {held} ANTI JOIN {now} USING ({keys}, row_hash)").to_arrow_table()
            came = con.sql(
                f"SELECT {columns} FROM {now} ANTI JOIN {held} USING ({keys}, row_hash) ORDER BY {keys}"
            ).to_arrow_table()
        finally:
            con.unregister("told")
        return Change(gone, came.cast(table(name).arrow))

    def _heirs(self, stories: pa.Table) -> pa.Table:
        """Ids of stories that go once `stories` are all there are, with the story that takes the place of each."""
        con = self._writer.con()
        con.register("told", stories)
        try:
            return con.sql(_HEIRS).to_arrow_table()
        finally:
            con.unregister("told")


@cache
def _letters() -> pa.Table:
    """The rows of `fold_letters`, which are the same in every run."""
    letters, folded = zip(*changed_letters(), strict=True)
    schema = table("fold_letters").arrow
    return pa.table({"letter": letters, "folded": folded}, schema=schema)


def _has_views(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether VIEWS were made on this connection."""
    ((found,),) = con.execute("SELECT count(*) FROM duckdb_views() WHERE view_name = 'page_captures'").fetchall()
    return bool(found)


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
