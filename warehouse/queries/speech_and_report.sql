-- The speech against its report: pairs of texts of which one has most words of the passages that they share and more
-- between them, while each has much besides. The one with the longer passages is called the speech: a report leaves out.
WITH passages AS (
    SELECT
        left_article_id AS speech_id, right_article_id AS report_id, matched_chars, similarity,
        left_coverage AS speech_coverage, right_coverage AS report_coverage,
        left_end - left_start AS speech_chars, right_end - right_start AS report_chars
    FROM alignments
    WHERE relation IN ('excerpt', 'quote') AND left_article_id <> right_article_id
), both_ways AS (
    SELECT * FROM passages
    UNION ALL
    SELECT
        report_id, speech_id, matched_chars, similarity, report_coverage, speech_coverage, report_chars, speech_chars
    FROM passages
), pairs AS (
    SELECT
        speech_id, report_id, count(*) AS passages, sum(matched_chars)::BIGINT AS shared_letters,
        round(least(1, sum(speech_coverage)), 3) AS share_of_speech,
        round(least(1, sum(report_coverage)), 3) AS share_of_report,
        round(sum(similarity * matched_chars) / sum(matched_chars), 3) AS similarity
    FROM both_ways
    GROUP BY speech_id, report_id
    HAVING sum(speech_chars) > sum(report_chars)
)
SELECT
    s.outlets[1] AS speech_in, r.outlets[1] AS report_in, p.passages, p.shared_letters, p.share_of_speech,
    p.share_of_report, p.similarity, p.speech_id, p.report_id
FROM pairs AS p
JOIN article_dates AS s ON s.article_id = p.speech_id
JOIN article_dates AS r ON r.article_id = p.report_id
WHERE p.similarity < 0.75
ORDER BY p.shared_letters DESC, p.speech_id, p.report_id;
