-- When each outlet carried a story first, and how much of its leader's text it had.
CREATE VIEW story_timeline AS
SELECT
    story_id,
    outlet,
    min(published_at) AS published_at,
    max(coverage) AS coverage,
    count(DISTINCT article_id) AS articles,
    bool_or(leader) AS leader
FROM witnesses
GROUP BY story_id, outlet;
