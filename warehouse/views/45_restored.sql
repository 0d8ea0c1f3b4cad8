-- The passages of every page, with those of restored articles where a witness proves that they belong. The columns are
-- those of `passages`, so that a query over one can be asked of the other. A space goes after a fragment where that
-- parts its last word from the first of the fragment that goes on in it.
CREATE VIEW restored_passages AS
SELECT
    p.passage_id,
    p.document_id,
    coalesce(r.article_id, p.article_id) AS article_id,
    p.ordinal,
    CASE WHEN r.passage_id IS NOT NULL AND p.article_id IS NULL THEN 'body' ELSE p.kind END AS kind,
    CASE WHEN r.restored_end - r.restored_start > length(p.text) THEN p.text || ' ' ELSE p.text END AS text,
    coalesce(r.restored_start, p.article_start) AS article_start,
    coalesce(r.restored_end, p.article_end) AS article_end,
    p.selector,
    p.raw_start,
    p.raw_end,
    p.flags
FROM passages AS p
LEFT JOIN restorations AS r USING (passage_id);

-- The restored articles. `text` holds what the page prints, in the order proven, and marks gaps by […]; in
-- `filled_text` each gap holds what the witness has there, in brackets and with the witness's outlet named.
CREATE VIEW restored_articles AS
WITH parts AS (
    SELECT
        r.*,
        CASE WHEN r.place = 0 OR r.joined THEN '' ELSE chr(10) END AS seam,
        CASE WHEN r.restored_end - r.restored_start > length(p.text) THEN p.text || ' ' ELSE p.text END AS printed,
        w.outlets[1] AS witness_outlet,
        CASE WHEN r.change = 'gap' THEN
            substring(a.text, (r.witness_start + 1)::BIGINT, (r.witness_end - r.witness_start)::BIGINT) END AS missing
    FROM restorations AS r
    LEFT JOIN passages AS p USING (passage_id)
    LEFT JOIN articles AS a ON a.article_id = r.witness_article_id
    LEFT JOIN article_dates AS w ON w.article_id = r.witness_article_id
)
SELECT
    article_id, a.document_id, a.headline,
    string_agg(seam || coalesce(printed, '[…]'), '' ORDER BY place) AS text,
    string_agg(seam || coalesce(printed, '[' || coalesce(witness_outlet || ': ', '') || missing || ']'), ''
        ORDER BY place) AS filled_text,
    count(passage_id) AS fragments,
    count(*) FILTER (change = 'moved') AS moved,
    count(*) FILTER (change = 'reordered') AS reordered,
    count(*) FILTER (list_contains(proves, 'join')) AS joins,
    count(*) FILTER (change = 'gap') AS gaps,
    coalesce(sum(length(missing)), 0)::BIGINT AS missing_chars,
    list_sort(list(DISTINCT story_id) FILTER (story_id IS NOT NULL)) AS stories,
    list_sort(list(DISTINCT witness_article_id) FILTER (witness_article_id IS NOT NULL)) AS witnesses,
    list_sort(list(DISTINCT witness_outlet) FILTER (witness_outlet IS NOT NULL)) AS witness_outlets
FROM parts
JOIN articles AS a USING (article_id)
GROUP BY ALL;
