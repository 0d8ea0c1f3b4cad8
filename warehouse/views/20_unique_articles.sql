-- One article for each text: the earliest of those whose folded text is the same, and of the witnesses of a story
-- its leader. A witness that has as much again of its own text stands for itself.
CREATE VIEW unique_articles AS
WITH led AS (
    SELECT s.article_id, sum(s.span_end - s.span_start) AS told
    FROM stories AS s
    WHERE NOT s.leader
        AND s.article_id NOT IN (SELECT article_id FROM stories WHERE leader)
    GROUP BY s.article_id
), kept AS (
    SELECT a.*, w.published_at, w.outlets
    FROM articles AS a
    JOIN article_dates AS w USING (article_id)
    LEFT JOIN led ON led.article_id = a.article_id
    WHERE a.chars > 0 AND coalesce(led.told, 0) < 0.5 * a.chars
)
SELECT
    article_id, document_id, coalesce(outlets[1], '') AS outlet, published_at, headline, byline, agency, language, chars,
    text, fold_sha256,
    count(*) OVER (PARTITION BY fold_sha256) AS copies
FROM kept
QUALIFY row_number() OVER (PARTITION BY fold_sha256 ORDER BY published_at NULLS LAST, article_id) = 1;
