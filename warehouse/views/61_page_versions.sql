-- The texts of pages over time. A page's text is that of its articles, so that a new advertisement is no new version;
-- bytes, text and folded text are hashed apart. Only good answers count.
CREATE VIEW page_texts AS
SELECT
    c.page, c.uri, c.source_id, c.capture_id, c.captured_at, c.http_status, c.payload_sha256,
    d.document_id, d.page_kind, d.title,
    coalesce(t.text_sha256, d.text_sha256) AS text_sha256,
    coalesce(t.fold_sha256, d.text_sha256) AS fold_sha256,
    coalesce(t.chars, 0) AS chars
FROM page_captures AS c
JOIN (
    -- Where several readers read the same bytes, the document that has most text.
    SELECT d.payload_sha256, min((-coalesce(a.chars, 0), d.document_id))[2] AS document_id
    FROM documents AS d
    LEFT JOIN (SELECT document_id, sum(chars) AS chars FROM articles GROUP BY document_id) AS a USING (document_id)
    GROUP BY d.payload_sha256
) AS told USING (payload_sha256)
JOIN documents AS d ON d.document_id = told.document_id
LEFT JOIN (
    SELECT
        document_id,
        CASE WHEN count(*) = 1 THEN min(text_sha256)
            ELSE sha256(string_agg(text_sha256, ',' ORDER BY ordinal)) END AS text_sha256,
        CASE WHEN count(*) = 1 THEN min(fold_sha256)
            ELSE sha256(string_agg(fold_sha256, ',' ORDER BY ordinal)) END AS fold_sha256,
        sum(chars)::BIGINT AS chars
    FROM articles
    WHERE chars > 0
    GROUP BY document_id
) AS t ON t.document_id = told.document_id
WHERE coalesce(c.http_status, 200) IN (200, 203, 206, 304);

-- Each distinct text of the page that an address belongs to, with when it was first and last seen.
CREATE MACRO page_versions(address) AS TABLE
SELECT
    page,
    row_number() OVER (ORDER BY min(captured_at), text_sha256) AS version,
    min(captured_at) AS first_seen,
    max(captured_at) AS last_seen,
    count(*) AS captures,
    list_sort(list(DISTINCT uri)) AS uris,
    count(DISTINCT payload_sha256) AS payloads,
    text_sha256,
    min(fold_sha256) AS fold_sha256,
    min(document_id) AS document_id,
    min(title) AS title,
    max(chars) AS chars
FROM page_texts
WHERE page = (SELECT coalesce(
    (SELECT min(page) FROM page_captures WHERE uri = address), page_key(address)))
GROUP BY page, text_sha256
ORDER BY version;

-- Where a page's text gives way to another: each capture whose text is not that of the one before.
CREATE VIEW page_turns AS
SELECT
    page, uri, source_id, capture_id, captured_at, seen_before, title, document_before, document_id,
    fold_before <> fold_sha256 AS in_words
FROM (
    SELECT *,
        lag(text_sha256) OVER w AS text_before,
        lag(fold_sha256) OVER w AS fold_before,
        lag(document_id) OVER w AS document_before,
        lag(captured_at) OVER w AS seen_before
    FROM page_texts
    WINDOW w AS (PARTITION BY page ORDER BY captured_at, capture_id)
)
WHERE text_before <> text_sha256;

-- What was removed and added between neighbouring versions of a page, by passage. A text that stands on a page twice
-- is told apart by how many times it stood there before.
CREATE VIEW page_changes AS
SELECT page, uri, source_id, seen_before, captured_at, in_words, change, ordinal, kind, text,
    document_before, document_id, capture_id
FROM (
    SELECT t.*, l.ordinal, l.kind, l.text,
        row_number() OVER (PARTITION BY t.capture_id, t.change, l.text ORDER BY l.ordinal) AS nth
    FROM (
        SELECT turns.*, sides.change,
            CASE sides.change WHEN 'removed' THEN turns.document_before ELSE turns.document_id END AS document
        FROM page_turns AS turns, (VALUES ('removed'), ('added')) AS sides(change)
    ) AS t
    JOIN passages AS l ON l.document_id = t.document
    WHERE l.article_start IS NOT NULL
)
QUALIFY count(*) OVER (PARTITION BY capture_id, text, nth) = 1;
