"""What is still to be read: payloads that no present version of their reader has read or rejected.

What the tables should hold follows from the captures: of each payload what every reader of its media types says, with
the hints of the sources that it came from. `wanted` is that list; `unread` is what of it is not there yet, and
`unwanted` what is there and is not on it.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pyarrow as pa

from flows import versions
from flows.extract.registry import MEDIA_TYPES, extractor_for
from flows.read import Work
from flows.settled import Since
from warehouse.catalogue import view_file

STAGES = "('extract', 'segment', 'clean')"
"""Stages whose rejects say that a payload was not read."""

_WANTED = """
CREATE OR REPLACE TEMP TABLE wanted AS
WITH held AS (
    SELECT *, media_essence(media_type) AS media
    FROM captures {some}
    WHERE payload_sha256 IS NOT NULL
        AND is_answer(http_status)
        AND capture_id NOT IN (SELECT capture_id FROM rejects
            WHERE stage = 'capture' AND error = 'challenge' AND capture_id IS NOT NULL)
), latest AS (
    SELECT payload_sha256, source_id, max((captured_at, capture_id, parser))[3] AS parser
    FROM held GROUP BY payload_sha256, source_id
), hints AS (
    -- A source's last word counts, and of several sources the first by name that has any to say.
    SELECT payload_sha256, min((parser IS NULL, source_id, parser))[3] AS parser
    FROM latest GROUP BY payload_sha256
), amended AS (
    -- What people put right of how a page is parted goes with the hints.
    SELECT payload_sha256, to_json(list({field: field, place: place, new: new} ORDER BY corrected_at, correction_id))
        AS amend
    FROM corrections WHERE undone_at IS NULL AND field IN ('kind', 'split', 'join') GROUP BY payload_sha256
), payloads AS (
    SELECT payload_sha256, extractor, coalesce(version, '') AS extractor_version,
        CASE WHEN extractor IS NULL THEN media END AS unknown, min(payload_bytes) AS payload_bytes,
        min(media) AS media, min((uri, source_id, capture_id)) AS named
    FROM held LEFT JOIN readers USING (media)
    -- Media that holds no text is kept, and nothing is read from it.
    WHERE extractor IS NOT NULL OR media_sort(media) IS NULL
    GROUP BY ALL
)
SELECT p.*, CASE WHEN a.amend IS NULL THEN h.parser
    ELSE json_merge_patch(coalesce(h.parser, '{}')::JSON, json_object('amend', a.amend))::VARCHAR END AS parser
FROM payloads AS p JOIN hints AS h USING (payload_sha256) LEFT JOIN amended AS a USING (payload_sha256)
"""

_READ = """
EXISTS (FROM documents d WHERE d.payload_sha256 = w.payload_sha256 AND d.extractor = w.extractor
    AND (d.extractor_version, d.segment_version, d.clean_version) = (w.extractor_version, $segment, $clean)
    AND d.parser IS NOT DISTINCT FROM w.parser)
"""
_REJECTED = f"""
EXISTS (FROM rejects r WHERE r.payload_sha256 = w.payload_sha256 AND r.stage IN {STAGES}
    AND r.extractor = w.extractor
    AND (r.extractor_version, r.segment_version, r.clean_version) = (w.extractor_version, $segment, $clean)
    AND r.parser IS NOT DISTINCT FROM w.parser)
"""
_NO_READER = f"""
EXISTS (FROM rejects r WHERE r.payload_sha256 = w.payload_sha256 AND r.stage IN {STAGES}
    AND r.extractor IS NULL AND w.extractor IS NULL AND coalesce(r.media_type, '') = w.unknown)
"""
_NO_RECORD = """
-- a dump that could not be split into records is no record either; a remark on the bytes is no such thing
w.extractor = 'record' AND EXISTS (FROM rejects r WHERE r.payload_sha256 = w.payload_sha256 AND r.stage = 'capture'
    AND r.error NOT IN ('digest', 'undecodable', 'length'))
"""

_WORK = f"""
WITH places AS (
    SELECT payload_sha256, min((warc_file, warc_offset, warc_length, record_type, part_start, part_end)) AS place
    FROM captures SEMI JOIN wanted USING (payload_sha256)
    WHERE record_type <> 'revisit' GROUP BY payload_sha256
)
SELECT w.payload_sha256, w.payload_bytes, nullif(w.media, ''), w.parser,
    place[1], place[2], place[3], place[4], place[5], place[6], named[1], named[2], named[3]
FROM wanted AS w JOIN places USING (payload_sha256)
WHERE NOT ({_READ}) AND NOT ({_REJECTED}) AND NOT ({_NO_READER}) AND NOT ({_NO_RECORD})
-- All that tells two rows apart, so that the work is cut into the same partitions in every run.
ORDER BY place, w.payload_sha256, w.extractor, w.media
"""


_CONCERNED = """
CREATE OR REPLACE TEMP TABLE concerned AS
WITH said AS ({rejects})
SELECT payload_sha256 FROM ({captures}) WHERE payload_sha256 IS NOT NULL
UNION SELECT payload_sha256 FROM ({documents})
UNION SELECT payload_sha256 FROM said WHERE payload_sha256 IS NOT NULL
UNION SELECT payload_sha256 FROM ({corrections}) WHERE payload_sha256 IS NOT NULL
UNION SELECT payload_sha256 FROM captures SEMI JOIN said USING (capture_id) WHERE payload_sha256 IS NOT NULL
"""
"""The payloads of which a capture, what was read or a reject came or went: what is to be read of others is done."""

_OF_CONCERNED = "SEMI JOIN concerned USING (payload_sha256)"
READ_FROM = ("captures", "documents", "rejects", "corrections")
"""The tables that say what is to be read."""


def unread(con: duckdb.DuckDBPyConnection, since: Since | None = None) -> Iterator[Work]:
    """What is to be read, in the order of its place in the raw store, so that files are read from front to back.

    `since` is what came and went since all was read; None to look at everything.
    """
    some = ""
    if since is not None:
        some = _OF_CONCERNED
        told: dict[str, tuple[str, ...]] = dict.fromkeys(READ_FROM, ("payload_sha256",))
        told["rejects"] = ("payload_sha256", "capture_id")
        con.execute(_CONCERNED.format(**{name: since.rows(name, *columns) for name, columns in told.items()}))
    _want(con, some)
    # What `renewal` asks of what was read before, it asks of the same payloads.
    for name in ("documents", "rejects"):
        con.execute(f"CREATE OR REPLACE TEMP VIEW {name}_concerned AS FROM {name} {some}")
    result = con.execute(_WORK, {"segment": versions.SEGMENT, "clean": versions.CLEAN})
    while rows := result.fetchmany(4096):
        yield from (Work(*row) for row in rows)


def readers() -> list[tuple[str, str | None, str | None]]:
    """Every media type that is known, with its reader and the reader's version; without where it has none."""
    known = [(media, extractor_for(media)) for media in sorted(MEDIA_TYPES)]
    return [(media, each.name if each else None, each.version if each else None) for media, each in known]


def _want(con: duckdb.DuckDBPyConnection, some: str) -> None:
    columns = zip(*readers(), strict=True)
    told = dict(zip(("media", "extractor", "version"), map(list, columns), strict=True))
    con.execute(view_file("04_media.sql"))
    con.register("readers", pa.table({name: pa.array(values, pa.string()) for name, values in told.items()}))
    try:
        con.execute(_WANTED.replace("{some}", some))
    finally:
        con.unregister("readers")


UNWANTED_DOCUMENTS = "SELECT document_id FROM documents_concerned ANTI JOIN wanted USING (payload_sha256, extractor)"
"""Documents that no capture asks for any more, as when a media type has got another reader; `unread` goes before."""

UNWANTED_REJECTS = f"""
SELECT r.reject_id FROM rejects_concerned AS r WHERE r.stage IN {STAGES} AND r.payload_sha256 IS NOT NULL
AND NOT EXISTS (
    FROM wanted AS w WHERE w.payload_sha256 = r.payload_sha256 AND w.extractor IS NOT DISTINCT FROM r.extractor
    AND (w.extractor IS NOT NULL OR w.unknown = coalesce(r.media_type, '')))
"""
"""Rejects of readings that no capture asks for any more."""
