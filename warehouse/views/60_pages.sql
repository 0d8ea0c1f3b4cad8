-- Each capture and the page that it is of. The canonical link of a page counts where it stays on its host and does
-- not send every page to the front one; the address that an archived copy names counts as it is.
CREATE VIEW page_captures AS
WITH said AS (
    SELECT
        page_key(c.uri) AS key,
        coalesce(page_key(d.original_uri), page_key(d.canonical_uri)) AS other,
        d.original_uri IS NOT NULL AS archived
    FROM captures AS c
    JOIN documents AS d USING (payload_sha256)
    WHERE d.original_uri IS NOT NULL OR d.canonical_uri IS NOT NULL
), chosen AS (
    SELECT key, min((NOT archived, other)) AS best
    FROM said
    WHERE other <> key AND (archived OR (split_part(other, ')', 1) = split_part(key, ')', 1)
        AND split_part(other, ')', 2) <> ''))
    GROUP BY key
)
SELECT c.*, coalesce(chosen.best[2], page_key(c.uri)) AS page
FROM captures AS c
LEFT JOIN chosen ON chosen.key = page_key(c.uri);
