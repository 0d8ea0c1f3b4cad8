-- Pages that answered once and answer no more: gone, sent to a front page, or turned into a notice.
CREATE VIEW vanished AS
WITH answers AS (
    SELECT CASE WHEN starts_with(c.uri, 'file:') THEN c.uri ELSE c.page END AS page, c.uri, c.source_id, c.capture_id, c.captured_at, c.http_status, c.location, d.page_kind, d.title,
        CASE
            WHEN c.http_status IN (404, 410, 451) OR c.record_type = 'metadata' THEN 'gone'
            WHEN c.location IS NOT NULL AND page_key(c.location) <> page_key(c.uri)
                AND regexp_matches(split_part(page_key(c.location), ')', 2),
                    '^(?:/(?:\w+/)?(?:404|error|not-?found|deleted|removed)(?:\.\w{3,5})?)?$') THEN 'front'
            WHEN coalesce(c.http_status, 200) IN (200, 203, 304) AND d.page_kind = 'error' THEN 'notice'
            WHEN coalesce(c.http_status, 200) IN (200, 203, 304)
                AND coalesce(d.page_kind, 'other') NOT IN ('captcha', 'frame')
                AND c.capture_id NOT IN (SELECT capture_id FROM rejects WHERE stage = 'capture' AND error = 'challenge'
                    AND capture_id IS NOT NULL) THEN 'good'
        END AS answer
    FROM page_captures AS c
    LEFT JOIN (SELECT payload_sha256, min(page_kind) AS page_kind, min(title) AS title FROM documents GROUP BY ALL)
        AS d USING (payload_sha256)
    WHERE original_of(c.uri) = c.uri AND (c.http_status IS NOT NULL OR starts_with(c.uri, 'file:') AND c.uri IN
        (SELECT uri FROM captures WHERE record_type = 'metadata'))
), told AS (
    SELECT *,
        max(captured_at) FILTER (answer = 'good') OVER (PARTITION BY page) AS last_good,
        row_number() OVER (PARTITION BY page ORDER BY captured_at DESC, capture_id) AS back
    FROM answers
    WHERE answer IS NOT NULL
)
SELECT
    l.page, l.uri, l.source_id, l.answer AS how, l.http_status, l.location, g.title,
    l.last_good AS last_seen,
    (SELECT min(captured_at) FROM told AS f WHERE f.page = l.page AND f.captured_at > l.last_good) AS vanished_at,
    l.captured_at AS last_asked,
    g.capture_id AS last_good_capture_id
FROM told AS l
JOIN told AS g ON g.page = l.page AND g.captured_at = l.last_good AND g.answer = 'good'
WHERE l.back = 1 AND l.answer <> 'good' AND l.last_good IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY l.page ORDER BY g.capture_id) = 1;

-- Texts whose way back is broken: no original link, no link to a copy in an archive, one that is no address, or one
-- that answered as gone when it was last asked. Only texts that come from a file are meant. A copy in an archive is not
-- the page that it is of: one may be gone and the other there.
CREATE MACRO link_key(uri) AS CASE WHEN original_of(uri) = uri THEN page_key(uri) ELSE uri END;

CREATE VIEW archive_gaps AS
WITH dead AS (
    SELECT link_key(uri) AS key, max((captured_at, http_status))[2] AS status
    FROM captures
    WHERE http_status IS NOT NULL
    GROUP BY link_key(uri)
), kept AS (
    SELECT d.document_id, d.title, d.original_uri, d.archived_uris, min(c.capture_id) AS capture_id, min(c.uri) AS uri,
        min(c.source_id) AS source_id
    FROM documents AS d
    JOIN captures AS c USING (payload_sha256)
    WHERE c.http_status IS NULL AND d.page_kind IN ('article', 'other')
    GROUP BY ALL
), links AS (
    SELECT *, 'original' AS link, original_uri AS target FROM kept
    UNION ALL
    SELECT *, 'backup' AS link, unnest(CASE WHEN len(archived_uris) = 0 THEN [NULL] ELSE archived_uris END) AS target FROM kept
)
SELECT l.capture_id, l.source_id, l.uri, l.document_id, l.title, l.link, l.target,
    CASE
        WHEN coalesce(trim(l.target), '') = '' THEN 'missing'
        WHEN NOT regexp_matches(l.target, '^https?://[^\s/?#.]+(?:\.[^\s/?#.]+)+(?::\d+)?(?:[/?#]\S*)?$') THEN 'malformed'
        ELSE 'dead'
    END AS gap
FROM links AS l
LEFT JOIN dead ON dead.key = link_key(l.target)
WHERE coalesce(trim(l.target), '') = ''
    OR NOT regexp_matches(l.target, '^https?://[^\s/?#.]+(?:\.[^\s/?#.]+)+(?::\d+)?(?:[/?#]\S*)?$')
    OR dead.status IN (404, 410, 451);
