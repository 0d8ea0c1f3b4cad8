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
    o.outlet,
    d.origin,
    a.agency,
    coalesce(d.published_on, make_timestamp(epoch_us(c.name_date))::DATE) AS published_on,
    CASE WHEN d.published_precision IN ('minute', 'second') THEN d.published_at END AS published_at,
    d.published_offset,
    coalesce(d.published_precision, CASE WHEN c.name_date IS NOT NULL THEN 'day' END) AS published_precision,
    c.source_id,
    c.uri,
    c.page,
    c.captured_at,
    plain_headline(a.headline, d.title) AS headline
FROM stories AS s
JOIN articles AS a USING (article_id)
JOIN documents AS d ON d.document_id = a.document_id
JOIN capture_outlets AS o ON o.document_id = d.document_id
JOIN page_captures AS c ON c.capture_id = o.capture_id;
