-- The stories most widely carried.
SELECT story_id, outlets, carriers, articles, first, last, first_outlet, headline, opening
FROM story_list
ORDER BY outlets DESC, articles DESC, story_id
LIMIT 50;
