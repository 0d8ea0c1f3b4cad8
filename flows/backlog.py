"""What is still to be read: payloads that no present version of their reader has read or rejected."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pyarrow as pa

from flows.extract.registry import MEDIA_TYPES, extractor_for, present_stamps
from flows.read import Work

_WORK = """
WITH held AS (
    SELECT *, lower(trim(split_part(coalesce(media_type, ''), ';', 1))) AS media
    FROM captures WHERE payload_sha256 IS NOT NULL
), places AS (
    SELECT payload_sha256, min((warc_file, warc_offset, warc_length, record_type, part_start, part_end)) AS place
    FROM captures WHERE record_type <> 'revisit' AND payload_sha256 IS NOT NULL GROUP BY payload_sha256
), wanted AS (
    SELECT payload_sha256, parser, coalesce(extractor, 'none') AS extractor,
        CASE WHEN stamp IS NULL THEN media WHEN parser IS NULL THEN stamp
             ELSE stamp || '+' || left(sha256(parser), 8) END AS stamp,
        min(payload_bytes) AS payload_bytes, min(media) AS media,
        min((uri, source_id, capture_id)) AS named
    FROM held LEFT JOIN readers USING (media) GROUP BY ALL
)
SELECT payload_sha256, payload_bytes, nullif(media, ''), parser,
    place[1], place[2], place[3], place[4], place[5], place[6], named[1], named[2], named[3]
FROM wanted JOIN places USING (payload_sha256)
WHERE NOT EXISTS (FROM documents d WHERE d.payload_sha256 = wanted.payload_sha256
        AND d.extractor = wanted.extractor AND d.extractor_version = wanted.stamp)
    AND NOT EXISTS (FROM rejects r WHERE r.payload_sha256 = wanted.payload_sha256
        AND (r.version = wanted.extractor || ' ' || wanted.stamp
            -- a dump that could not be split into records is no record either; a remark on the bytes is no such thing
            OR wanted.extractor = 'record' AND r.stage = 'capture' AND r.version IS NULL
                AND r.error NOT IN ('digest', 'undecodable', 'length')))
-- All that tells two rows apart, so that the work is cut into the same partitions in every run.
ORDER BY place, payload_sha256, parser, wanted.extractor, wanted.stamp
"""


def unread(con: duckdb.DuckDBPyConnection) -> Iterator[Work]:
    """What is to be read, in the order of its place in the raw store, so that files are read from front to back."""
    known = [(media, name, extractor_for(media)) for media, name in sorted(MEDIA_TYPES.items())]
    readers = pa.table(
        {
            "media": [media for media, _, _ in known],
            "extractor": [name for _, name, _ in known],
            "stamp": [each.stamp(None) if each else "" for _, _, each in known],
        }
    )
    con.register("readers", readers)
    try:
        result = con.execute(_WORK)
        while rows := result.fetchmany(4096):
            yield from (Work(*row) for row in rows)
    finally:
        con.unregister("readers")


def stale(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether documents or rejects of other versions than the present ones lie in the tables."""
    present = present_stamps()
    rows = con.execute(
        "SELECT DISTINCT extractor, split_part(extractor_version, '+', 1) FROM documents UNION "
        "SELECT DISTINCT split_part(version, ' ', 1), split_part(substr(version, 1 + instr(version, ' ')), '+', 1) "
        "FROM rejects WHERE version IS NOT NULL"
    ).fetchall()
    return any(
        extractor_for(stamp) is not None if name == "none" else present.get(name) != stamp for name, stamp in rows
    )
