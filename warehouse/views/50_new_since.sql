-- Articles whose bytes first came in after a snapshot: what a job that remembers its last snapshot has yet to see.
CREATE MACRO new_since(since) AS TABLE
SELECT a.*, f.snapshot
FROM articles AS a
JOIN documents AS d USING (document_id)
JOIN (
    SELECT c.payload_sha256, min(r.snapshot) AS snapshot
    FROM captures AS c
    JOIN runs AS r USING (run_id)
    GROUP BY c.payload_sha256
) AS f USING (payload_sha256)
WHERE f.snapshot > since;
