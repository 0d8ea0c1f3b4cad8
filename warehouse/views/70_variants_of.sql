-- Where the witnesses of one story differ from its leader: FROM variants_of('<story_id>').
CREATE MACRO variants_of(story) AS TABLE
SELECT
    v.story_id,
    v.article_id,
    coalesce(w.outlets[1], '') AS outlet,
    w.published_on,
    w.published_at,
    v.leader_start,
    v.leader_end,
    v.span_start,
    v.span_end,
    v.leader_text,
    v.text,
    v.kind,
    v.class
FROM variants AS v
JOIN article_dates AS w USING (article_id)
WHERE v.story_id = present_id(story)
ORDER BY v.leader_start, w.published_on NULLS LAST, w.published_at NULLS FIRST, v.article_id, v.span_start;
