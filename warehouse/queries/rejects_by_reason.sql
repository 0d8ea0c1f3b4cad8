-- What could not be processed, and why.
SELECT stage, error, message, count(*) AS inputs, min(uri) AS example
FROM rejects
GROUP BY ALL
ORDER BY inputs DESC, stage, error, message;
