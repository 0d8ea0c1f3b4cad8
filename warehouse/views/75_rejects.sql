-- The rejects, and whether they are settled. One is about the last retrieval of its address, or it is settled: what came
-- later was read, or has a reject of its own. The same bytes at another address, where they are the last, keep it open.
-- What no retrieval stands behind is taken back by the run that no longer finds it.
CREATE VIEW reject_list AS
WITH latest AS (
    SELECT max((captured_at, capture_id, payload_sha256))[2] AS capture_id,
        max((captured_at, capture_id, payload_sha256))[3] AS payload_sha256
    FROM captures
    GROUP BY source_id, uri
)
SELECT r.*,
    CASE
        WHEN r.payload_sha256 IS NOT NULL AND r.payload_sha256 NOT IN
            (SELECT payload_sha256 FROM latest WHERE payload_sha256 IS NOT NULL) THEN 'settled'
        WHEN r.payload_sha256 IS NULL AND r.capture_id NOT IN (SELECT capture_id FROM latest) THEN 'settled'
        ELSE 'open'
    END AS state,
    u.started_at AS found_at
FROM rejects AS r
LEFT JOIN runs AS u USING (run_id);

-- What is kept and holds no text to read.
CREATE VIEW kept_media AS
SELECT payload_sha256, media_type, sort, max(payload_bytes) AS bytes, count(*) AS captures,
    min((captured_at, capture_id))[2] AS capture_id, min((captured_at, capture_id, uri))[3] AS uri,
    min((captured_at, capture_id, source_id))[3] AS source_id
FROM (SELECT *, media_sort(media_type) AS sort FROM captures
    WHERE payload_sha256 IS NOT NULL AND is_answer(http_status))
WHERE sort IS NOT NULL
GROUP BY payload_sha256, media_type, sort;
