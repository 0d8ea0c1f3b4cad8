-- What was left out: passages of the leader that a witness lacks, at the beginning, in the middle or cut from the end.
SELECT
    v.story_id,
    v.article_id,
    coalesce(w.outlets[1], '') AS outlet,
    CASE WHEN v.span_start >= s.span_end THEN 'end' WHEN v.span_start <= s.span_start THEN 'beginning' ELSE 'middle' END
        AS place,
    length(v.leader_text) AS chars,
    round(s.text_coverage, 3) AS has_of_whole,
    v.leader_text
FROM variants AS v
JOIN stories AS s
    ON s.story_id = v.story_id AND s.article_id = v.article_id AND v.span_start BETWEEN s.span_start AND s.span_end
JOIN article_dates AS w ON w.article_id = v.article_id
WHERE v.kind = 'deletion' AND length(v.leader_text) >= 20
ORDER BY v.story_id, v.article_id, v.leader_start;
