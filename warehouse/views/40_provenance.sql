-- From a passage to the WARC record that holds its bytes.
CREATE VIEW provenance AS
SELECT
    p.passage_id,
    p.article_id,
    p.document_id,
    p.kind,
    p.selector,
    p.raw_start,
    p.raw_end,
    d.extractor,
    d.extractor_version,
    d.segment_version,
    d.clean_version,
    d.charset_used,
    d.decode_skip,
    d.payload_sha256,
    c.capture_id,
    c.source_id,
    c.uri,
    c.captured_at,
    c.record_type,
    c.warc_file,
    c.warc_offset,
    c.warc_length,
    c.part_start,
    c.part_end
FROM passages AS p
JOIN documents AS d USING (document_id)
JOIN captures AS c USING (payload_sha256);
