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
    w.published_on,
    w.published_at,
    w.published_offset,
    w.published_precision,
    c.source_id,
    c.uri,
    c.page,
    c.captured_at,
    plain_headline(a.headline, d.title) AS headline
FROM stories AS s
JOIN articles AS a USING (article_id)
JOIN article_dates AS w USING (article_id)
JOIN documents AS d ON d.document_id = a.document_id
JOIN capture_outlets AS o ON o.document_id = d.document_id
JOIN page_captures AS c ON c.capture_id = o.capture_id;
