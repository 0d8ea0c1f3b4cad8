-- Articles that begin or break off elsewhere, as on a newspaper page that continues on another.
SELECT a.article_id, a.headline, a.agency, a.chars, d.title AS page, v.uris
FROM articles AS a
JOIN documents AS d USING (document_id)
JOIN (SELECT payload_sha256, list(uri ORDER BY uri) AS uris FROM captures GROUP BY payload_sha256) AS v
    USING (payload_sha256)
WHERE NOT a.complete
ORDER BY v.uris, a.ordinal;
