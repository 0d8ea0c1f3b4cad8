-- Passages with a likely misreading, with the place in the bytes to look it up.
SELECT p.flags, p.text, v.uri, p.selector, v.warc_file, v.warc_offset
FROM passages AS p
JOIN provenance AS v USING (passage_id)
WHERE list_has_any(p.flags, ['suspect-hangul', 'suspect-latin'])
ORDER BY v.uri, p.ordinal;
