-- Every id that was published and is in the tables no more, with the id of what stands in its place.
CREATE VIEW former_ids AS
SELECT a.alias_id, a.kind, coalesce(s.story_id, a.id) AS id
FROM id_aliases AS a
LEFT JOIN story_aliases AS s ON s.alias_id = a.id AND a.kind = 'story'
UNION ALL
SELECT alias_id, 'story', story_id
FROM story_aliases;

-- What an id is now: the id of what stands in its place, else the id itself. The names inside are none that a column of
-- the query's own could have.
CREATE MACRO present_id(given) AS coalesce((
    SELECT min(_former._id)
    FROM (SELECT alias_id AS _alias, id AS _id FROM former_ids) AS _former
    WHERE _former._alias = given
), given);
