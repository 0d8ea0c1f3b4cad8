-- Who carried each story first, and how many days before the next outlet.
WITH ordered AS (
    SELECT
        story_id,
        outlet,
        published_at,
        lead(published_at) OVER story AS next_at,
        row_number() OVER story AS place
    FROM story_timeline
    WHERE published_at IS NOT NULL
    WINDOW story AS (PARTITION BY story_id ORDER BY published_at, outlet)
)
SELECT story_id, outlet, published_at, date_diff('day', published_at, next_at) AS days_ahead
FROM ordered
WHERE place = 1
ORDER BY days_ahead DESC NULLS LAST, story_id;
