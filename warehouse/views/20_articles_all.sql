-- Every article with what is known of it, one row each; the capture is the earliest.
CREATE VIEW articles_all AS
SELECT
    a.article_id,
    a.document_id,
    coalesce(w.outlets[1], '') AS outlet,
    w.outlets,
    d.origin,
    a.agency,
    coalesce(k.headline, plain_headline(a.headline, d.title)) AS headline,
    a.byline,
    coalesce(k.authors, d.authors) AS authors,
    w.published_on,
    w.published_at,
    w.published_offset,
    w.published_precision,
    c.uri AS address,
    c.source_id,
    c.capture_id,
    c.captured_at,
    w.captures,
    a.language,
    a.chars,
    d.page_kind,
    coalesce(s.stories, 0) AS stories,
    coalesce(k.fields, []) AS corrected
FROM articles AS a
JOIN documents AS d USING (document_id)
JOIN article_dates AS w USING (article_id)
LEFT JOIN corrected AS k USING (article_id)
JOIN (
    SELECT payload_sha256, first.uri, first.source_id, first.capture_id, first.captured_at
    FROM (
        SELECT payload_sha256, min({captured_at: captured_at, capture_id: capture_id, uri: uri, source_id: source_id}) AS first
        FROM captures
        GROUP BY payload_sha256
    )
) AS c ON c.payload_sha256 = d.payload_sha256
LEFT JOIN (SELECT article_id, count(DISTINCT story_id) AS stories FROM stories GROUP BY article_id) AS s USING (article_id);
