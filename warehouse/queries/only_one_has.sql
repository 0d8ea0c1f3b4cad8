-- Sentences that one witness alone has: what it added to the story's text, and no other witness did.
WITH added AS (
    SELECT story_id, article_id, span_start, trim(text, ' ' || chr(10)) AS added
    FROM variants
    WHERE kind = 'insertion' AND length(text) >= 12
)
SELECT a.story_id, a.article_id, coalesce(w.outlets[1], '') AS outlet, a.added
FROM added AS a
JOIN article_dates AS w USING (article_id)
WHERE NOT EXISTS (
    SELECT 1 FROM added AS b
    WHERE b.story_id = a.story_id AND b.article_id <> a.article_id AND b.added = a.added
)
ORDER BY a.story_id, a.article_id, a.span_start;
