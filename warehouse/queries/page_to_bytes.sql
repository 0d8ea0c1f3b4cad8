-- Every passage of the longest article with its place in the decoded bytes and in the WARC file.
SELECT p.ordinal, p.kind, left(p.text, 40) AS text, v.selector, v.charset_used, v.warc_file, v.warc_offset, v.uri
FROM passages AS p
JOIN provenance AS v USING (passage_id)
WHERE p.article_id = (SELECT article_id FROM articles ORDER BY chars DESC, article_id LIMIT 1)
ORDER BY p.ordinal, v.uri;
