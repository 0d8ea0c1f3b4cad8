"""What is matched: the articles as the matcher takes them, and what of them changed since it last did.

What the matcher was given is kept beside its own working files, as parts of which the later counts: a run adds a part
with what it brings, and parts of a size become one. Which articles may have changed follows from the rows that came and
went: those of the same payloads, and of all that was captured of the same pages.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from flows.extract.web.page_kind import NOTICE
from flows.match.stage import MATCH_INPUT
from flows.settled import Since
from schemas import table
from schemas.render.sql import literal
from warehouse import catalogue
from warehouse.storage import Storage
from warehouse.store import Writer

_LOG = logging.getLogger(__name__)

MATCHED_FROM = ("captures", "documents", "articles", "passages", "outlets", "corrections")
"""The tables that the articles to match are made of; passages say which article a correction is of."""

_CORRECTED = "09_corrected.sql"
VIEWS = ("05_page_keys.sql", "06_outlets.sql", "07_pages.sql", _CORRECTED)
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

_PAGES_OF = """
SELECT uri FROM addresses SEMI JOIN (
    SELECT coalesce(a.page, page_key(u.uri)) AS page FROM ({uris}) AS u LEFT JOIN addresses AS a USING (uri)
) USING (page)
"""
"""The addresses of the pages that some addresses are of."""

# What is taken of an article hangs on all captures of its payload, on the pages that these are of, and on all that says
# which pages those are: the links of whatever was captured of them.
_CONCERNED = (
    """
    CREATE OR REPLACE TEMP TABLE input_touched AS
    SELECT payload_sha256 FROM ({captures}) WHERE payload_sha256 IS NOT NULL
    UNION SELECT payload_sha256 FROM ({documents})
    UNION SELECT payload_sha256 FROM documents SEMI JOIN ({articles}) USING (document_id)
    UNION SELECT payload_sha256 FROM corrections
    """,
    """
    CREATE OR REPLACE TEMP TABLE input_touched_uris AS
    SELECT uri FROM captures SEMI JOIN input_touched USING (payload_sha256) UNION SELECT uri FROM ({captures})
    """,
    f"""
    CREATE OR REPLACE TEMP TABLE input_asked_payloads AS
    FROM input_touched UNION
    SELECT payload_sha256 FROM captures SEMI JOIN ({_PAGES_OF.replace("{uris}", "FROM input_touched_uris")}) USING (uri)
    WHERE payload_sha256 IS NOT NULL
    """,
    """
    CREATE OR REPLACE TEMP TABLE input_asked_uris AS
    SELECT DISTINCT uri FROM captures SEMI JOIN input_asked_payloads USING (payload_sha256)
    """,
    f"CREATE OR REPLACE TEMP TABLE input_uris AS {_PAGES_OF.replace('{uris}', 'FROM input_asked_uris')}",
    """
    CREATE OR REPLACE TEMP TABLE input_payloads AS
    FROM input_asked_payloads UNION
    SELECT payload_sha256 FROM captures SEMI JOIN input_uris USING (uri) WHERE payload_sha256 IS NOT NULL
    """,
    """
    CREATE OR REPLACE TEMP TABLE input_asked AS
    SELECT document_id FROM documents SEMI JOIN input_asked_payloads USING (payload_sha256)
    UNION SELECT document_id FROM ({documents}) UNION SELECT document_id FROM ({articles})
    """,
)
_CAPTURES = "SELECT capture_id, payload_sha256, uri, outlet, name_date FROM captures SEMI JOIN"
_APART = {
    "captures": f"{_CAPTURES} input_asked_payloads USING (payload_sha256) UNION {_CAPTURES} input_uris USING (uri)",
    "documents": "SELECT document_id, payload_sha256, page_kind, publisher, canonical_uri, original_uri, published_on, "
    "published_at, published_precision FROM documents SEMI JOIN input_payloads USING (payload_sha256)",
    "addresses": "FROM addresses SEMI JOIN (FROM input_uris UNION FROM input_asked_uris) USING (uri)",
    "outlets": "FROM outlets",
    "corrected": "SELECT article_id, published_on, published_at, outlet, left_out FROM corrected",
    "articles": "SELECT article_id, document_id, chars, text FROM articles SEMI JOIN input_asked USING (document_id)",
    "asked": "FROM input_asked",
}
"""What the input of those articles is made of, by the name of the table."""
_MOST = 4
"""One in so many documents that is concerned, and all are looked at."""
_COLUMNS = [name for name in MATCH_INPUT.names if name != "text"]


def input_sql(*, text: bool) -> str:
    """A query for the articles, in the columns of MATCH_INPUT, over the tables."""
    # The two spell the end of a text otherwise.
    notice = literal("(?i)" + NOTICE.replace(r"\Z", r"\z"))
    return _INPUT.format(text=", a.text" if text else "", short=_SHORT_NOTICE, notice=notice)


_GONE = pa.schema([("article_id", pa.string()), ("document_id", pa.string())])
_LOST = "SELECT article_id, document_id FROM matched ANTI JOIN {present} USING (article_id)"


@dataclass(frozen=True)
class Difference:
    """Articles that are new, or known by other outlets or another date (MATCH_INPUT), and those that are gone, with
    their documents; `whole` where that is all there is, to be matched with nothing before."""

    new: pa.Table
    gone: pa.Table
    whole: bool

    @property
    def removed(self) -> pa.Array:
        return self.gone["article_id"].combine_chunks()


class Inputs:
    """What was given to each generation of the matcher, in `storage`."""

    def __init__(self, writer: Writer, storage: Storage) -> None:
        self._writer = writer
        self._storage = storage
        self._parts: list[tuple[str, int]] = []
        """Of the generation that was asked for, with the rows of each, the oldest first."""
        self._told = False
        """Whether `present` holds all articles."""

    def keep_addresses(self, since: Since | None, *, anew: bool) -> None:
        """Have `addresses` hold the page of every address that is named, and no other row."""
        con = self._writer.con()
        for view in () if _has_views(con) else VIEWS:
            con.execute(catalogue.view_file(view))
        some = "addresses"
        if since is not None:
            if since.none("captures", "documents"):
                return
            parts = since.rows("captures", "uri", "location"), since.rows("documents", "canonical_uri", "original_uri")
            columns = ("uri", "location"), ("canonical_uri", "original_uri")
            said = " UNION ALL ".join(
                f"SELECT {name} AS uri FROM ({part})"
                for part, names in zip(parts, columns, strict=True)
                for name in names
            )
            con.execute(
                f"CREATE OR REPLACE TEMP TABLE input_said AS SELECT DISTINCT uri FROM ({said}) WHERE uri IS NOT NULL"
            )
            some = "(FROM addresses SEMI JOIN input_said USING (uri))"
        only = "" if since is None else " AND uri IN (FROM input_said)"
        con.execute(f"CREATE OR REPLACE TEMP TABLE named AS {_ADDRESSES}{only}")
        told = "SELECT uri, page_key(uri) AS page FROM named"
        if anew:
            con.execute(f"CREATE OR REPLACE TEMP TABLE named AS {told}")
            on, told = "uri, page", "FROM named"
        else:
            on = "uri"
        gone = con.sql(f"SELECT uri FROM {some} ANTI JOIN named USING ({on})").to_arrow_table()
        came = con.sql(f"{told} ANTI JOIN {some} AS a USING ({on}) ORDER BY uri").to_arrow_table()
        self._writer.change("addresses", came.cast(table("addresses").arrow), gone)

    def difference(self, generation: str | None, since: Since | None) -> Difference:
        """What is other than the generation was given; everything where that is not known."""
        con = self._writer.con()
        self._parts = [] if generation is None else self._listed(generation)
        self._told = False
        if not self._parts:
            return Difference(_articles(con, input_sql(text=True)), _GONE.empty_table(), whole=True)
        if since is not None and since.none(*MATCHED_FROM):
            return Difference(MATCH_INPUT.empty_table(), _GONE.empty_table(), whole=False)
        try:
            if since is None or not since.none("outlets", "corrections"):
                return self._of_all(con)
            return self._of_some(con, since)
        except duckdb.Error:
            _LOG.warning("What %s was matched from cannot be read; everything is matched anew.", generation)
            self._storage.delete(f"{generation}.json")
            self._storage.delete(f"{generation}.parquet")
            return self.difference(None, None)

    def _of_all(self, con: duckdb.DuckDBPyConnection) -> Difference:
        con.execute(f"CREATE OR REPLACE TEMP TABLE matched AS {self._matched(self._parts)}")
        con.execute(f"CREATE OR REPLACE TEMP TABLE present AS {input_sql(text=False)}")
        self._told = True
        gone = con.sql(_LOST.format(present="present")).to_arrow_table()
        new = _articles(
            con, "SELECT p.*, a.text FROM (FROM present EXCEPT FROM matched) AS p JOIN articles AS a USING (article_id)"
        )
        return Difference(new, gone.cast(_GONE), whole=False)

    def _of_some(self, con: duckdb.DuckDBPyConnection, since: Since) -> Difference:
        for statement in _CONCERNED:
            con.execute(
                statement.format(
                    captures=since.rows("captures", "payload_sha256", "uri"),
                    documents=since.rows("documents", "payload_sha256", "document_id"),
                    articles=since.rows("articles", "document_id"),
                )
            )
        ((some,),) = con.execute("SELECT count(*) FROM input_asked").fetchall()
        if _MOST * some > self._writer.rows("documents"):
            return self._of_all(con)
        with duckdb.connect() as apart:
            apart.execute("SET TimeZone = 'UTC'")
            for name, sql in _APART.items():
                apart.register(f"some_{name}", con.sql(sql).to_arrow_table())
                apart.execute(f"CREATE TABLE {name} AS FROM some_{name}")
            for view in VIEWS:
                if view != _CORRECTED:  # which is told as it is
                    apart.execute(catalogue.view_file(view))
            present = _articles(apart, f"FROM ({input_sql(text=True)}) SEMI JOIN asked USING (document_id)")
        con.execute(
            "CREATE OR REPLACE TEMP TABLE matched AS "
            + self._matched(self._parts, "SEMI JOIN input_asked USING (document_id)")
        )
        con.register("present_now", present)
        columns = ", ".join(_COLUMNS)
        try:
            new = _articles(
                con,
                f"SELECT p.*, n.text FROM (SELECT {columns} FROM present_now EXCEPT SELECT {columns} FROM matched) "
                "AS p JOIN present_now AS n USING (article_id)",
            )
            gone = con.sql(_LOST.format(present="present_now")).to_arrow_table()
        finally:
            con.unregister("present_now")
        return Difference(new, gone.cast(_GONE), whole=False)

    def remember(self, generation: str, difference: Difference) -> None:
        """Note what a generation was given: what `difference` said, beside what the one before was given."""
        name = f"part-{generation}.parquet"
        if difference.whole or self._told:
            sql = "FROM present" if self._told else input_sql(text=False)
            rows = self._writer.con().sql(f"SELECT {', '.join(_COLUMNS)}, false AS gone FROM ({sql})").to_arrow_table()
            parts = []
        else:
            new = difference.new.select(_COLUMNS)
            told = new.append_column("gone", pa.array([False] * new.num_rows, pa.bool_()))
            lost = difference.gone.append_column("gone", pa.array([True] * difference.gone.num_rows, pa.bool_()))
            rows = pa.concat_tables([_nullable(told), lost], promote_options="default")
            parts = self._parts
        self._write(name, rows)
        parts = [*parts, (name, rows.num_rows)]
        while len(parts) > 1 and parts[-2][1] <= 2 * parts[-1][1]:
            parts[-2:] = [self._merged(parts[-2:], last=len(parts) == 2)]
        self._storage.put(f"{generation}.json", json.dumps(parts).encode())
        self._parts = parts

    def given(self, generation: str) -> str:
        """A SELECT of what a generation was given, but for the texts."""
        return self._matched(self._listed(generation))

    def tidy(self, generation: str | None) -> None:
        """Drop all but what one generation was given."""
        parts = [] if generation is None else self._listed(generation)
        keep = {f"{generation}.json", *(name for name, _ in parts)}
        for name in self._storage.names():
            if name not in keep:
                self._storage.delete(name)

    def _merged(self, parts: list[tuple[str, int]], *, last: bool) -> tuple[str, int]:
        """Two parts as one; what went need not be told any more where nothing is before them."""
        name = f"{parts[-1][0].removesuffix('.parquet')}-all.parquet"
        rows = self._writer.con().sql(self._latest(parts, "", gone=not last)).to_arrow_table()
        self._write(name, rows)
        return name, rows.num_rows

    def _write(self, name: str, rows: pa.Table) -> None:
        with self._storage.making(name) as path:
            pq.write_table(rows, path, compression="zstd")

    def _listed(self, generation: str) -> list[tuple[str, int]]:
        """The parts of what a generation was given; none where one is gone."""
        whole = f"{generation}.parquet"
        if self._storage.size(whole) is not None:  # as it was kept before there were parts
            return [(whole, pq.read_metadata(self._storage.local(whole)).num_rows)]
        try:
            parts = [(str(name), int(rows)) for name, rows in json.loads(self._storage.get(f"{generation}.json"))]
        except (OSError, ValueError, TypeError):
            return []
        return parts if all(self._storage.size(name) is not None for name, _ in parts) else []

    def _matched(self, parts: list[tuple[str, int]], some: str = "") -> str:
        return f"SELECT {', '.join(_COLUMNS)} FROM ({self._latest(parts, some, gone=False)})"

    def _latest(self, parts: list[tuple[str, int]], some: str, *, gone: bool) -> str:
        """A SELECT of the last that parts say of each article; `some` restricts the rows that are looked at."""
        each = [
            f"SELECT {', '.join(_COLUMNS)}, {'gone' if _has_gone(self._storage.local(name)) else 'false'} AS gone, "
            f"{number} AS part FROM read_parquet({literal(str(self._storage.local(name)))}, hive_partitioning = false)"
            for number, (name, _) in enumerate(parts)
        ]
        return (
            f"SELECT * EXCLUDE (part) FROM (FROM ({' UNION ALL '.join(each)}) AS p {some} "
            "QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY part DESC) = 1)"
            + ("" if gone else " WHERE NOT gone")
        )


def _has_views(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether VIEWS were made on this connection."""
    ((found,),) = con.execute("SELECT count(*) FROM duckdb_views() WHERE view_name = 'page_captures'").fetchall()
    return bool(found)


def _has_gone(path: Path) -> bool:
    return "gone" in pq.read_schema(path).names


def _nullable(rows: pa.Table) -> pa.Table:
    """The rows in columns that may be null."""
    return rows.cast(pa.schema([field.with_nullable(True) for field in rows.schema]))


def _articles(con: duckdb.DuckDBPyConnection, sql: str) -> pa.Table:
    """Articles as the matcher takes them, however many gigabytes of text they have."""
    con.execute("SET arrow_large_buffer_size = true")
    try:
        return con.sql(sql).to_arrow_table().cast(MATCH_INPUT)
    finally:
        con.execute("RESET arrow_large_buffer_size")
