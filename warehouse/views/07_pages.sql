-- Each capture and the page that it is of. The canonical link of a page counts where it stays on its host and does
-- not send every page to the front one; the address that an archived copy names counts as it is. Nothing here is a
-- common table expression that is used twice: DuckDB 2.0 does not come back from such under a LIMIT.
CREATE VIEW page_captures AS
SELECT c.* EXCLUDE (key), coalesce(chosen.page, c.key) AS page
FROM (
    SELECT c.*, coalesce(a.page, page_key(c.uri)) AS key
    FROM captures AS c
    LEFT JOIN addresses AS a USING (uri)
) AS c
LEFT JOIN (
    SELECT key, min((NOT archived, page))[2] AS page
    FROM (
        SELECT l.archived, coalesce(a.page, page_key(l.link)) AS page, coalesce(b.page, page_key(l.uri)) AS key
        FROM (
            SELECT DISTINCT c.uri, coalesce(d.original_uri, d.canonical_uri) AS link,
                d.original_uri IS NOT NULL AS archived
            FROM documents AS d
            JOIN captures AS c USING (payload_sha256)
            WHERE d.original_uri IS NOT NULL OR d.canonical_uri IS NOT NULL
        ) AS l
        LEFT JOIN addresses AS a ON a.uri = l.link
        LEFT JOIN addresses AS b ON b.uri = l.uri
    )
    WHERE page <> key AND split_part(page, ')', 2) <> ''
        AND (archived OR split_part(page, ')', 1) = split_part(key, ')', 1))
    GROUP BY key
) AS chosen USING (key);
