-- Who takes from whom: of two articles that are aligned the later is said to take from the earlier. The last condition
-- names the alignment too, so that no engine joins all articles to all others by it.
CREATE VIEW reuse AS
SELECT
    x.relation,
    x.left_article_id AS from_article_id,
    x.right_article_id AS to_article_id,
    coalesce(l.outlets[1], '') AS "from",
    coalesce(r.outlets[1], '') AS "to",
    l.published_on AS from_on,
    r.published_on AS to_on,
    CASE WHEN l.published_at IS NOT NULL AND r.published_at IS NOT NULL
        THEN (epoch_us(r.published_at) - epoch_us(l.published_at)) / 86.4e9
        ELSE date_diff('day', l.published_on, r.published_on) END AS delay
FROM (
    SELECT left_article_id, right_article_id, arg_max(relation, matched_chars) AS relation
    FROM alignments
    WHERE relation IN ('reprint', 'excerpt', 'quote', 'template') AND left_article_id <> right_article_id
    GROUP BY ALL
) AS x
JOIN article_dates AS l ON l.article_id = x.left_article_id
JOIN article_dates AS r ON r.article_id = x.right_article_id
WHERE CASE WHEN x.relation IS NOT NULL THEN l.outlets[1] IS DISTINCT FROM r.outlets[1] END;

CREATE MACRO reprints(since, until) AS TABLE
SELECT
    "from",
    "to",
    count(DISTINCT to_article_id) FILTER (relation IN ('reprint', 'excerpt')) AS articles,
    count(*) FILTER (relation = 'reprint') AS reprints,
    count(*) FILTER (relation = 'excerpt') AS excerpts,
    count(*) FILTER (relation = 'quote') AS quotes,
    count(*) FILTER (relation = 'template') AS templates,
    round(median(delay) FILTER (relation IN ('reprint', 'excerpt')), 2) AS median_delay,
    min(to_on) FILTER (relation <> 'template') AS first,
    max(to_on) FILTER (relation <> 'template') AS last
FROM reuse
WHERE (since IS NULL OR to_on >= since::DATE) AND (until IS NULL OR to_on <= until::DATE)
GROUP BY ALL;

CREATE VIEW reprints AS FROM reprints(NULL, NULL);
