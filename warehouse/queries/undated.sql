-- Articles that nothing dates: neither the page nor the name of its file.
SELECT a.article_id, a.headline, o.outlet, a.chars
FROM articles AS a
JOIN article_dates AS w USING (article_id), unnest(w.outlets) AS o(outlet)
WHERE w.published_on IS NULL AND a.chars > 0
ORDER BY a.chars DESC, a.article_id;
