-- When each article was published and by whom: the page's own word, else the date in a file's name.
-- Never the time of capture, which depends on when somebody looked.
CREATE VIEW article_dates AS
SELECT
    a.article_id,
    a.document_id,
    d.payload_sha256,
    coalesce(d.published_at, c.name_date) AS published_at,
    coalesce(d.published_precision, CASE WHEN c.name_date IS NOT NULL THEN 'day' END) AS published_precision,
    CASE WHEN d.publisher IS NOT NULL THEN [d.publisher] ELSE coalesce(c.outlets, []) END AS outlets,
    c.captures
FROM articles AS a
JOIN documents AS d USING (document_id)
LEFT JOIN (
    SELECT payload_sha256, min(name_date) AS name_date, list_sort(list(DISTINCT outlet)) AS outlets, count(*) AS captures
    FROM captures
    GROUP BY payload_sha256
) AS c USING (payload_sha256);
