-- The stories most widely carried.
SELECT
    t.story_id,
    count(DISTINCT t.outlet) AS outlets,
    sum(t.articles)::BIGINT AS articles,
    min(t.published_at) AS first,
    max(t.published_at) AS last,
    any_value(left(replace(substring(a.text, (s.span_start + 1)::BIGINT, 60), chr(10), ' '), 40)) AS opening
FROM story_timeline AS t
JOIN stories AS s ON s.story_id = t.story_id AND s.leader
JOIN articles AS a ON a.article_id = s.article_id
GROUP BY t.story_id
ORDER BY outlets DESC, articles DESC, t.story_id
LIMIT 50;
