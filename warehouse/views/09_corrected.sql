-- The corrections that stand, with the article that each is of now: the one of its id, else the one that has the passage
-- with which the article began.
CREATE VIEW standing_corrections AS
SELECT coalesce(a.article_id, p.article_id) AS present_article_id, c.*
FROM corrections AS c
LEFT JOIN articles AS a ON a.article_id = c.article_id
LEFT JOIN (
    SELECT d.payload_sha256, p.selector, min(p.article_id) AS article_id
    FROM passages AS p
    JOIN documents AS d USING (document_id)
    WHERE p.article_id IS NOT NULL AND d.payload_sha256 IN (SELECT payload_sha256 FROM corrections)
    GROUP BY ALL
) AS p ON p.payload_sha256 = c.payload_sha256 AND p.selector = c.anchor
WHERE c.undone_at IS NULL;

-- What people put right of each article, the last word on each field, by the id that the article has now.
CREATE VIEW corrected AS
WITH standing AS (
    SELECT present_article_id AS article_id, field, new, corrected_at, correction_id
    FROM standing_corrections
    WHERE present_article_id IS NOT NULL
        AND field IN ('headline', 'published', 'outlet', 'authors', 'leave-out')
), last AS (
    SELECT article_id, field, max((corrected_at, correction_id, new))[3] AS new
    FROM standing
    GROUP BY article_id, field
), told AS (
    SELECT
        article_id,
        max(new) FILTER (field = 'headline') AS headline,
        max(new) FILTER (field = 'published') AS published,
        max(new) FILTER (field = 'outlet') AS outlet,
        max(new) FILTER (field = 'authors') AS authors,
        count(*) FILTER (field = 'leave-out') > 0 AS left_out,
        list(field ORDER BY field) AS fields
    FROM last
    GROUP BY article_id
)
SELECT
    t.article_id,
    t.headline,
    (CASE length(t.published) WHEN 4 THEN t.published || '-01-01' WHEN 7 THEN t.published || '-01'
        ELSE left(t.published, 10) END)::DATE AS published_on,
    CASE WHEN length(t.published) > 10 THEN t.published::TIMESTAMPTZ END AS published_at,
    CASE WHEN length(t.published) > 10 THEN
        (CASE WHEN t.published[-6] = '-' THEN -1 ELSE 1 END
            * (t.published[-5:-4]::INTEGER * 60 + t.published[-2:]::INTEGER))::INTEGER END AS published_offset,
    CASE length(t.published) WHEN 4 THEN 'year' WHEN 7 THEN 'month' WHEN 10 THEN 'day'
        ELSE CASE WHEN t.published IS NOT NULL THEN 'minute' END END AS published_precision,
    coalesce(o.outlet, t.outlet) AS outlet,
    string_split(t.authors, chr(10)) AS authors,
    t.left_out,
    t.fields
FROM told AS t
LEFT JOIN outlets AS o ON o.alias = lower(nfc_normalize(trim(t.outlet)));
