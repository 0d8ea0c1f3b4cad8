-- Who carried a story: one row for each span and capture of a witness.
CREATE VIEW witnesses AS
SELECT
    s.story_id,
    s.article_id,
    s.span_start,
    s.span_end,
    s.leader,
    s.coverage,
    s.text_coverage,
    coalesce(k.outlet, o.outlet) AS outlet,
    d.origin,
    a.agency,
    coalesce(k.published_on, d.published_on, make_timestamp(epoch_us(c.name_date))::DATE) AS published_on,
    CASE WHEN k.published_on IS NOT NULL THEN k.published_at
        WHEN d.published_precision IN ('minute', 'second') THEN d.published_at END AS published_at,
    CASE WHEN k.published_on IS NOT NULL THEN k.published_offset ELSE d.published_offset END AS published_offset,
    coalesce(k.published_precision, d.published_precision, CASE WHEN c.name_date IS NOT NULL THEN 'day' END)
        AS published_precision,
    c.source_id,
    c.uri,
    c.page,
    c.captured_at,
    coalesce(k.headline, plain_headline(a.headline, d.title)) AS headline
FROM stories AS s
JOIN articles AS a USING (article_id)
JOIN documents AS d ON d.document_id = a.document_id
JOIN capture_outlets AS o ON o.document_id = d.document_id
JOIN page_captures AS c ON c.capture_id = o.capture_id
LEFT JOIN corrected AS k ON k.article_id = s.article_id
WHERE NOT coalesce(k.left_out, false);
