-- Who carried a story: one row for each span and capture of a witness.
CREATE VIEW witnesses AS
SELECT
    s.story_id,
    s.article_id,
    s.span_start,
    s.span_end,
    s.leader,
    s.coverage,
    coalesce(d.publisher, c.outlet) AS outlet,
    w.published_at,
    w.published_precision,
    c.source_id,
    c.uri,
    c.captured_at,
    a.headline
FROM stories AS s
JOIN articles AS a USING (article_id)
JOIN article_dates AS w USING (article_id)
JOIN documents AS d ON d.document_id = a.document_id
JOIN captures AS c ON c.payload_sha256 = d.payload_sha256;
