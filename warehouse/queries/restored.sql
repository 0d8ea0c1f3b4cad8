-- What witnesses put right on newspaper pages: fragments that were moved or reordered, and what is missing at gaps.
SELECT a.headline, r.place, r.change, r.proves,
    coalesce(p.text, substring(w.text, (r.witness_start + 1)::BIGINT, (r.witness_end - r.witness_start)::BIGINT)) AS text,
    d.outlets[1] AS witness, r.story_id
FROM restorations AS r
JOIN articles AS a USING (article_id)
LEFT JOIN passages AS p ON p.passage_id = r.passage_id
LEFT JOIN articles AS w ON w.article_id = r.witness_article_id
LEFT JOIN article_dates AS d ON d.article_id = r.witness_article_id
WHERE r.change <> 'kept' OR list_contains(r.proves, 'join')
ORDER BY r.article_id, r.place;
