-- How much each outlet published, by month.
SELECT date_trunc('month', w.published_on)::DATE AS month, o.outlet, count(*) AS articles, sum(a.chars) AS characters
FROM articles AS a
JOIN article_dates AS w USING (article_id), unnest(w.outlets) AS o(outlet)
GROUP BY ALL
ORDER BY month NULLS LAST, o.outlet;
