-- Texts that stand in the archive more than once, letter for letter but for width, script and punctuation.
SELECT
    count(*) AS copies,
    count(DISTINCT w.outlets) AS outlets,
    min(w.published_on) AS first_published,
    any_value(a.headline ORDER BY w.published_on NULLS LAST, w.published_at NULLS FIRST, a.article_id) AS headline,
    list(a.article_id ORDER BY w.published_on NULLS LAST, w.published_at NULLS FIRST, a.article_id) AS article_ids
FROM articles AS a
JOIN article_dates AS w USING (article_id)
WHERE a.chars > 0
GROUP BY a.fold_sha256
HAVING count(*) > 1
ORDER BY copies DESC, headline;
