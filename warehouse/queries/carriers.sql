-- Which outlets carried the most stories, and how often they led.
SELECT outlet, count(DISTINCT story_id) AS stories, count(DISTINCT story_id) FILTER (leader) AS led
FROM witnesses
GROUP BY outlet
ORDER BY stories DESC, outlet;
