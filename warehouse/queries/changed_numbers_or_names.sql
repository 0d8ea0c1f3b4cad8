-- The outlets that changed numbers or names, with the words round the change.
SELECT
    coalesce(w.outlets[1], '') AS outlet,
    v.class,
    v.leader_text,
    v.text,
    substring(a.text, greatest(1, v.span_start - 9)::BIGINT, (v.span_end - v.span_start + 20)::BIGINT) AS context,
    v.story_id,
    v.article_id
FROM variants AS v
JOIN articles AS a USING (article_id)
JOIN article_dates AS w USING (article_id)
WHERE v.class IN ('number', 'name') AND v.kind = 'substitution'
ORDER BY outlet, v.class, v.story_id, v.article_id, v.span_start;
