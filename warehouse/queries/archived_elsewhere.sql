-- Archived copies with the address of the original and of other copies.
SELECT d.title, d.published_on, d.original_uri, d.archived_uris, c.uri
FROM documents AS d
JOIN captures AS c USING (payload_sha256)
WHERE d.original_uri IS NOT NULL OR len(d.archived_uris) > 0
ORDER BY d.published_on NULLS LAST, c.uri;
