-- Who carried each story first, and how long before the next outlet: by the day, and by the hour where both have one.
SELECT story_id, outlets, published_on, published_at, later_outlets, days_ahead, hours_ahead
FROM who_was_first
ORDER BY days_ahead DESC NULLS LAST, hours_ahead DESC NULLS LAST, story_id;
