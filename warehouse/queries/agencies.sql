-- Which agencies, and which other sources, the outlets name as the origin of what they print.
SELECT coalesce(a.agency, a.origin) AS origin, a.agency IS NOT NULL AS agency, a.outlet, count(*) AS articles
FROM articles_all AS a
WHERE a.agency IS NOT NULL OR a.origin IS NOT NULL
GROUP BY ALL
ORDER BY articles DESC, origin, a.outlet;
