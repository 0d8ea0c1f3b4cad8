-- The texts of pages over time. A page's text is that of its articles, so that a new advertisement is no new version;
-- bytes, text and folded text are hashed apart. Only good answers count.
CREATE VIEW page_texts AS
WITH told AS (
    SELECT
        d.document_id, d.payload_sha256, d.page_kind, d.title,
        coalesce(a.text_sha256, d.text_sha256) AS text_sha256,
        coalesce(a.fold_sha256, d.text_sha256) AS fold_sha256,
        coalesce(a.chars, 0) AS chars
    FROM documents AS d
    LEFT JOIN (
        SELECT
            document_id,
            CASE WHEN count(*) = 1 THEN min(text_sha256)
                ELSE sha256(string_agg(text_sha256, ',' ORDER BY ordinal)) END AS text_sha256,
            CASE WHEN count(*) = 1 THEN min(fold_sha256)
                ELSE sha256(string_agg(fold_sha256, ',' ORDER BY ordinal)) END AS fold_sha256,
            sum(chars) AS chars
        FROM articles
        WHERE chars > 0
        GROUP BY document_id
    ) AS a USING (document_id)
    QUALIFY row_number() OVER (PARTITION BY payload_sha256 ORDER BY chars DESC, document_id) = 1
)
SELECT
    c.page, c.uri, c.source_id, c.capture_id, c.captured_at, c.http_status, c.payload_sha256,
    t.document_id, t.page_kind, t.title, t.text_sha256, t.fold_sha256, t.chars
FROM page_captures AS c
JOIN told AS t USING (payload_sha256)
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
WITH steps AS (
    SELECT *,
        lag(text_sha256) OVER w AS text_before,
        lag(fold_sha256) OVER w AS fold_before,
        lag(document_id) OVER w AS document_before,
        lag(captured_at) OVER w AS seen_before
    FROM page_texts
    WINDOW w AS (PARTITION BY page ORDER BY captured_at, capture_id)
)
SELECT
    page, uri, source_id, capture_id, captured_at, seen_before, title,
    document_before, document_id,
    fold_before <> fold_sha256 AS in_words
FROM steps
WHERE text_before <> text_sha256;

-- What was removed and added between neighbouring versions of a page, by passage.
CREATE VIEW page_changes AS
WITH lines AS (
    SELECT document_id, ordinal, kind, text,
        row_number() OVER (PARTITION BY document_id, text ORDER BY ordinal) AS nth
    FROM passages
    WHERE article_start IS NOT NULL
), pairs AS (
    SELECT DISTINCT document_before, document_id FROM page_turns
), removed AS (
    SELECT p.document_before, p.document_id, 'removed' AS change, l.ordinal, l.kind, l.text
    FROM pairs AS p
    JOIN lines AS l ON l.document_id = p.document_before
    WHERE NOT EXISTS (FROM lines AS o WHERE o.document_id = p.document_id AND o.text = l.text AND o.nth = l.nth)
), added AS (
    SELECT p.document_before, p.document_id, 'added' AS change, l.ordinal, l.kind, l.text
    FROM pairs AS p
    JOIN lines AS l ON l.document_id = p.document_id
    WHERE NOT EXISTS (FROM lines AS o WHERE o.document_id = p.document_before AND o.text = l.text AND o.nth = l.nth)
)
SELECT t.page, t.uri, t.source_id, t.seen_before, t.captured_at, t.in_words, d.change, d.ordinal, d.kind, d.text,
    t.document_before, t.document_id, t.capture_id
FROM page_turns AS t
JOIN (FROM removed UNION ALL FROM added) AS d USING (document_before, document_id);
