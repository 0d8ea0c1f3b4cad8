-- The speech against its report: pairs of texts that share passages in another order or between other words, the
-- longer of which holds most of what the shorter quotes.
SELECT
    l.left_article_id AS one,
    l.right_article_id AS other,
    count(*) AS passages,
    sum(l.matched_chars)::BIGINT AS shared_letters,
    round(sum(l.left_coverage), 3) AS share_of_one,
    round(sum(l.right_coverage), 3) AS share_of_other,
    round(avg(l.similarity), 3) AS similarity
FROM alignments AS l
WHERE l.relation IN ('excerpt', 'quote') AND l.left_article_id <> l.right_article_id
GROUP BY l.left_article_id, l.right_article_id
HAVING count(*) >= 2
ORDER BY shared_letters DESC, one, other;
