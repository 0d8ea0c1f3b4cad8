-- What became of each source: runs, captures, bytes, failures, and when anything in it last changed.
CREATE VIEW source_history AS
WITH asked AS (
    SELECT source_id, kind, 1 AS runs, requests, bytes, status, error, message, started_at FROM source_runs
    UNION ALL
    SELECT source_id, kind, runs, requests, 0, 'ok', NULL, NULL, ended_at FROM polls
), counted AS (
    SELECT
        source_id,
        arg_max(kind, started_at) AS kind,
        sum(runs)::BIGINT AS runs,
        sum(requests)::BIGINT AS requests,
        sum(bytes)::BIGINT AS bytes,
        count(*) FILTER (status = 'failed') AS failures,
        max(started_at) FILTER (status = 'ok') AS last_good,
        max(started_at) AS last_run,
        arg_max(status, started_at) AS last_status,
        arg_max(error, started_at) FILTER (status = 'failed') AS last_error,
        arg_max(message, started_at) FILTER (status = 'failed') AS last_message
    FROM asked
    GROUP BY source_id
), in_a_row AS (
    SELECT r.source_id, count(*) AS failures_in_a_row
    FROM source_runs AS r
    JOIN counted AS c USING (source_id)
    WHERE r.started_at > coalesce(c.last_good, TIMESTAMPTZ '0001-01-01 00:00:00+00')
    GROUP BY r.source_id
), taken AS (
    SELECT source_id, count(*) AS captures, count(DISTINCT uri) AS uris, min(captured_at) AS first_capture,
        max(captured_at) AS last_capture
    FROM captures
    GROUP BY source_id
), changes AS (
    SELECT source_id, max(first_seen) AS last_change
    FROM (SELECT source_id, uri, payload_sha256, min(captured_at) AS first_seen FROM captures
        WHERE payload_sha256 IS NOT NULL GROUP BY ALL)
    GROUP BY source_id
)
SELECT
    source_id, kind, runs, coalesce(captures, 0) AS captures, coalesce(uris, 0) AS uris, bytes, requests,
    failures, coalesce(failures_in_a_row, 0) AS failures_in_a_row, last_status, last_error, last_message,
    last_run, last_good, first_capture, last_capture, last_change
FROM counted
LEFT JOIN in_a_row USING (source_id)
LEFT JOIN taken USING (source_id)
LEFT JOIN changes USING (source_id);

-- Sources that failed three times or more, one after the other; they are reported, and go on being tried.
CREATE VIEW failing_sources AS
SELECT source_id, kind, failures_in_a_row, last_error, last_message, last_run, last_good
FROM source_history
WHERE failures_in_a_row >= 3;
