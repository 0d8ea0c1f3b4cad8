-- Which agencies the outlets name as the origin of what they print.
SELECT a.agency, o.outlet, count(*) AS articles
FROM articles AS a
JOIN article_dates AS w USING (article_id), unnest(w.outlets) AS o(outlet)
WHERE a.agency IS NOT NULL
GROUP BY ALL
ORDER BY articles DESC, a.agency, o.outlet;
