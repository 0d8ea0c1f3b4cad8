-- Articles that came after a snapshot, with new bytes or by reading old ones anew: what a job that remembers its last
-- snapshot has yet to see. An article that comes out the same is not new, whatever version of a stage made it.
CREATE OR REPLACE MACRO new_since(since) AS TABLE
WITH @articles, @documents, @captures, @runs, @revisions
SELECT a.*, greatest(f.snapshot, coalesce(v.snapshot, 0)) AS snapshot
FROM articles AS a
JOIN documents AS d USING (document_id)
JOIN (
    SELECT c.payload_sha256, min(r.snapshot) AS snapshot
    FROM captures AS c
    JOIN runs AS r USING (run_id)
    GROUP BY c.payload_sha256
) AS f USING (payload_sha256)
LEFT JOIN (
    SELECT n.article_id, r.snapshot
    FROM revisions AS n
    JOIN runs AS r USING (run_id)
) AS v USING (article_id)
WHERE greatest(f.snapshot, coalesce(v.snapshot, 0)) > since;
