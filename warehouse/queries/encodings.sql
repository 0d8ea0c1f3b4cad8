-- Which encodings the pages claim, and which they are in.
SELECT charset_declared, charset_used, count(*) AS documents, sum(replaced) AS unreadable_characters
FROM documents
GROUP BY ALL
ORDER BY documents DESC, charset_used, charset_declared;
