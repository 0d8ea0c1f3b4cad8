-- What the abridgements left out: passages of the leader that a witness lacks.
SELECT v.story_id, v.article_id, coalesce(w.outlets[1], '') AS outlet, length(v.leader_text) AS chars, v.leader_text
FROM variants AS v
JOIN article_dates AS w USING (article_id)
WHERE v.kind = 'deletion' AND length(v.leader_text) >= 20
ORDER BY v.story_id, v.article_id, v.leader_start;
