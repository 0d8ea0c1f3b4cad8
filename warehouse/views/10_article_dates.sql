-- When each article was published and by whom: the page's own word, else the date in a file's name.
-- Never the time of capture, which depends on when somebody looked.
CREATE VIEW article_dates AS
SELECT
    a.article_id,
    a.document_id,
    d.payload_sha256,
    coalesce(d.published_on, make_timestamp(epoch_us(o.name_date))::DATE) AS published_on,
    CASE WHEN d.published_precision IN ('minute', 'second') THEN d.published_at END AS published_at,
    d.published_offset,
    coalesce(d.published_precision, CASE WHEN o.name_date IS NOT NULL THEN 'day' END) AS published_precision,
    coalesce(o.outlets, []) AS outlets,
    c.captures
FROM articles AS a
JOIN documents AS d USING (document_id)
LEFT JOIN (
    SELECT document_id, list(outlet ORDER BY outlet) AS outlets, min(name_date) AS name_date
    FROM document_outlets
    GROUP BY document_id
) AS o USING (document_id)
LEFT JOIN (
    SELECT payload_sha256, count(*) AS captures
    FROM captures
    GROUP BY payload_sha256
) AS c USING (payload_sha256);
