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
    SELECT a.article_id, a.fold_sha256, w.published_on, w.published_at,
        count(*) OVER (PARTITION BY a.fold_sha256) AS copies
    FROM articles AS a
    JOIN article_dates AS w USING (article_id)
    LEFT JOIN led USING (article_id)
    WHERE a.chars > 0 AND coalesce(led.told, 0) < 0.5 * a.chars
    QUALIFY row_number() OVER (PARTITION BY a.fold_sha256
        ORDER BY w.published_on NULLS LAST, w.published_at NULLS FIRST, a.article_id) = 1
)
SELECT
    a.article_id, a.document_id, coalesce(w.outlets[1], '') AS outlet, w.published_on, w.published_at,
    plain_headline(a.headline, d.title) AS headline, a.byline, a.agency, a.language, a.chars, a.text, a.fold_sha256,
    k.copies
FROM kept AS k
JOIN articles AS a USING (article_id)
JOIN article_dates AS w USING (article_id)
JOIN documents AS d ON d.document_id = a.document_id;
