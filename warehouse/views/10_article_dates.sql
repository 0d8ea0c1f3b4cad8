-- When each article was published and by whom: what people put right, the page's own word, else the date in a file's
-- name. Articles that people left out are left out.
-- Never the time of capture, which depends on when somebody looked.
CREATE VIEW article_dates AS
SELECT
    a.article_id,
    a.document_id,
    d.payload_sha256,
    coalesce(k.published_on, d.published_on, make_timestamp(epoch_us(o.name_date))::DATE) AS published_on,
    CASE WHEN k.published_on IS NOT NULL THEN k.published_at
        WHEN d.published_precision IN ('minute', 'second') THEN d.published_at END AS published_at,
    CASE WHEN k.published_on IS NOT NULL THEN k.published_offset ELSE d.published_offset END AS published_offset,
    coalesce(k.published_precision, d.published_precision, CASE WHEN o.name_date IS NOT NULL THEN 'day' END)
        AS published_precision,
    CASE WHEN k.outlet IS NOT NULL THEN [k.outlet] ELSE coalesce(o.outlets, []) END AS outlets,
    c.captures
FROM articles AS a
JOIN documents AS d USING (document_id)
LEFT JOIN corrected AS k USING (article_id)
LEFT JOIN (
    SELECT document_id, list(outlet ORDER BY outlet) AS outlets, min(name_date) AS name_date
    FROM document_outlets
    GROUP BY document_id
) AS o USING (document_id)
LEFT JOIN (
    SELECT payload_sha256, count(*) AS captures
    FROM captures
    GROUP BY payload_sha256
) AS c USING (payload_sha256)
WHERE NOT coalesce(k.left_out, false);
