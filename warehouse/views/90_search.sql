-- The articles that have a phrase, or several. The question is folded and taken apart here as `flows.search.terms` does
-- with texts. Tables stand in the macro itself, so that it works from an attached catalogue; and nothing that is asked
-- goes into the name of a file, so that the statistics of the files leave out most of them. `search_heads` is
-- `search_postings` once more.
CREATE OR REPLACE MACRO search(given) AS TABLE
WITH @search_postings, @search_heads, @search_docs, @articles, @fold_letters,
part AS (
    SELECT part, starts_with(said, 'NOT ') AS barred, regexp_replace(said, '^NOT ', '') AS said
    FROM (
        SELECT unnest(parts) AS said, generate_subscripts(parts, 1) AS part
        FROM (SELECT string_split(regexp_replace(regexp_replace(
            trim(given::VARCHAR), '\s+(?:AND\s+)?NOT\s+', ' AND NOT ', 'g'), '\s+AND\s+', chr(1), 'g'), chr(1)) AS parts)
    )
),
letter AS (
    SELECT part, unnest(letters) AS letter, generate_subscripts(letters, 1) AS place
    FROM (
        SELECT part, string_split(regexp_replace(
            said, '(?i)(?:(?:https?|ftp)://|www\.)[!-~]+', ' ', 'g'), '') AS letters
        FROM part
    )
),
-- What is dropped parts words, but for marks on letters and what is not seen.
folded AS (
    SELECT part, string_agg(CASE
        WHEN known.folded <> '' THEN known.folded
        WHEN known.folded IS NULL AND regexp_full_match(letter.letter, '[\p{L}\p{N}\p{M}\p{S}]') THEN letter.letter
        WHEN regexp_full_match(letter.letter, '[\p{L}\p{M}\p{Cf}]') THEN ''
        ELSE ' ' END, '' ORDER BY place) AS said
    FROM letter LEFT JOIN fold_letters AS known USING (letter)
    GROUP BY part
),
item AS (
    SELECT part, unnest(items) AS item, generate_subscripts(items, 1) AS place
    FROM (
        SELECT part, regexp_extract_all(said, '[\x{E00}-\x{109F}\x{1100}-\x{11FF}\x{1780}-\x{17FF}\x{1950}-\x{1AAF}\x{2E80}-\x{A4CF}\x{A960}-\x{A97F}\x{AC00}-\x{D7FF}\x{F900}-\x{FAFF}\x{1B000}-\x{1B16F}\x{20000}-\x{3FFFF}]|[^ \x{E00}-\x{109F}\x{1100}-\x{11FF}\x{1780}-\x{17FF}\x{1950}-\x{1AAF}\x{2E80}-\x{A4CF}\x{A960}-\x{A97F}\x{AC00}-\x{D7FF}\x{F900}-\x{FAFF}\x{1B000}-\x{1B16F}\x{20000}-\x{3FFFF}]{1,40}') AS items
        FROM folded
    )
),
placed AS (
    SELECT part, item, regexp_full_match(item, '[\x{E00}-\x{109F}\x{1100}-\x{11FF}\x{1780}-\x{17FF}\x{1950}-\x{1AAF}\x{2E80}-\x{A4CF}\x{A960}-\x{A97F}\x{AC00}-\x{D7FF}\x{F900}-\x{FAFF}\x{1B000}-\x{1B16F}\x{20000}-\x{3FFFF}]') AS free,
        (sum(length(item)) OVER parts - length(item))::INTEGER AS place,
        lead(item) OVER parts AS follower,
        coalesce(regexp_full_match(lead(item) OVER parts, '[\x{E00}-\x{109F}\x{1100}-\x{11FF}\x{1780}-\x{17FF}\x{1950}-\x{1AAF}\x{2E80}-\x{A4CF}\x{A960}-\x{A97F}\x{AC00}-\x{D7FF}\x{F900}-\x{FAFF}\x{1B000}-\x{1B16F}\x{20000}-\x{3FFFF}]'), false) AS followed,
        coalesce(regexp_full_match(lag(item) OVER parts, '[\x{E00}-\x{109F}\x{1100}-\x{11FF}\x{1780}-\x{17FF}\x{1950}-\x{1AAF}\x{2E80}-\x{A4CF}\x{A960}-\x{A97F}\x{AC00}-\x{D7FF}\x{F900}-\x{FAFF}\x{1B000}-\x{1B16F}\x{20000}-\x{3FFFF}]'), false) AS led
    FROM item
    WINDOW parts AS (PARTITION BY part ORDER BY place)
),
asked AS (
    SELECT part, place, CASE WHEN free AND followed THEN item || follower ELSE item END AS term,
        free AND follower IS NULL AS begun
    FROM placed
    WHERE NOT (free AND led AND NOT followed)
),
met AS (
    SELECT a.part, p.doc, p.pos - a.place AS start
    FROM search_postings AS p
    JOIN asked AS a USING (term)
    WHERE NOT a.begun
    UNION ALL
    SELECT a.part, p.doc, p.pos - a.place
    FROM search_heads AS p
    JOIN asked AS a ON p.head = unicode(a.term)
    WHERE a.begun
),
hit AS (
    SELECT part, doc, count(*) AS places, count(*) OVER (PARTITION BY part) AS docs
    FROM (
        SELECT m.part, m.doc
        FROM met AS m
        JOIN (SELECT part, count(*) AS terms FROM asked GROUP BY part) AS n USING (part)
        GROUP BY m.part, m.doc, m.start, n.terms
        HAVING count(*) = n.terms
    )
    GROUP BY part, doc
),
size AS (SELECT count(*) AS docs, avg(letters) AS letters FROM search_docs),
found AS (
    SELECT h.doc, sum(h.places)::BIGINT AS places,
        sum(ln(1 + z.docs / h.docs) * h.places / (h.places + 0.3 + 0.9 * d.letters / z.letters)) AS score, d.article_id
    FROM hit AS h JOIN part AS q USING (part) JOIN search_docs AS d USING (doc) CROSS JOIN size AS z
    GROUP BY h.doc, d.article_id
    HAVING NOT bool_or(q.barred) AND count(*) = (SELECT count(*) FROM part WHERE NOT barred)
)
SELECT a.*, f.places, f.score
FROM found AS f
JOIN articles AS a USING (article_id);
