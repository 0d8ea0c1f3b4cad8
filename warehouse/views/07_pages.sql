-- Each capture and the page that it is of. The canonical link of a page counts where it stays on its host and does
-- not send every page to the front one; the address that an archived copy names counts as it is.
CREATE VIEW page_captures AS
WITH kept AS (
    SELECT c.*, coalesce(a.page, page_key(c.uri)) AS key
    FROM captures AS c
    LEFT JOIN addresses AS a USING (uri)
), linked AS (
    SELECT payload_sha256, coalesce(original_uri, canonical_uri) AS uri, original_uri IS NOT NULL AS archived
    FROM documents
    WHERE original_uri IS NOT NULL OR canonical_uri IS NOT NULL
), said AS (
    SELECT k.key, coalesce(a.page, page_key(l.uri)) AS other, l.archived
    FROM linked AS l
    JOIN kept AS k USING (payload_sha256)
    LEFT JOIN addresses AS a ON a.uri = l.uri
), chosen AS (
    SELECT key, min((NOT archived, other))[2] AS page
    FROM said
    WHERE other <> key AND split_part(other, ')', 2) <> ''
        AND (archived OR split_part(other, ')', 1) = split_part(key, ')', 1))
    GROUP BY key
)
SELECT kept.* EXCLUDE (key), coalesce(chosen.page, kept.key) AS page
FROM kept
LEFT JOIN chosen USING (key);
