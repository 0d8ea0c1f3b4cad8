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
    SELECT
        a.fold_sha256,
        count(*) AS copies,
        min((coalesce(w.published_on, DATE '9999-12-31'), coalesce(epoch_us(w.published_at), -9223372036854775807),
            a.article_id))[3] AS article_id
    FROM articles AS a
    JOIN article_dates AS w USING (article_id)
    LEFT JOIN led USING (article_id)
    WHERE a.chars > 0 AND coalesce(led.told, 0) < 0.5 * a.chars
    GROUP BY a.fold_sha256
)
SELECT
    a.article_id, a.document_id, coalesce(w.outlets[1], '') AS outlet, w.published_on, w.published_at,
    coalesce(c.headline, plain_headline(a.headline, d.title)) AS headline, a.byline, a.agency, a.language, a.chars, a.text, a.fold_sha256,
    k.copies
FROM articles AS a
JOIN kept AS k USING (article_id)
JOIN article_dates AS w USING (article_id)
JOIN documents AS d ON d.document_id = a.document_id
LEFT JOIN corrected AS c ON c.article_id = a.article_id;
