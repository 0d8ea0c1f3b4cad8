-- When each outlet carried a story first, and how much of its leader's text it had. Versions of one page are one carrier.
CREATE VIEW story_timeline AS
SELECT
    story_id,
    outlet,
    published_on,
    CASE WHEN timed[1] = published_on THEN timed[2] END AS published_at,
    CASE WHEN timed[1] = published_on THEN timed[3] END AS published_offset,
    coverage,
    text_coverage,
    articles,
    carriers,
    leader
FROM (
    SELECT
        story_id,
        outlet,
        min(published_on) AS published_on,
        min((published_on, published_at, published_offset)) FILTER (published_at IS NOT NULL) AS timed,
        max(coverage) AS coverage,
        max(text_coverage) AS text_coverage,
        count(DISTINCT article_id) AS articles,
        count(DISTINCT page) AS carriers,
        bool_or(leader) AS leader
    FROM witnesses
    GROUP BY story_id, outlet
);

CREATE VIEW story_list AS
SELECT
    t.story_id,
    t.first,
    t.last,
    t.outlets,
    t.carriers,
    t.articles,
    t.first_outlet,
    t.headline,
    s.span_end - s.span_start AS chars,
    left(replace(trim(
        -- A passage may begin in the middle of a word, which tells nothing.
        CASE WHEN regexp_matches(substring(a.text, s.span_start::BIGINT, 2),
            '^[\p{Latin}\p{Greek}\p{Cyrillic}\p{Arabic}\p{Hebrew}\p{Devanagari}\p{Hangul}\p{N}]{2}$')
        THEN regexp_replace(substring(a.text, (s.span_start + 1)::BIGINT, 100), '^\S+\s+', '')
        ELSE substring(a.text, (s.span_start + 1)::BIGINT, 80) END
    ), chr(10), ' '), 60) AS opening
FROM (
    SELECT story_id, min(published_on) AS first, max(published_on) AS last, count(DISTINCT outlet) AS outlets,
        count(DISTINCT (page, outlet)) AS carriers, count(DISTINCT article_id) AS articles,
        min(outlet) FILTER (leader) AS first_outlet, min(headline) FILTER (leader) AS headline
    FROM witnesses
    GROUP BY story_id
) AS t
JOIN stories AS s ON s.story_id = t.story_id AND s.leader
JOIN articles AS a USING (article_id);

-- Where two carriers have a day alone, or one of them has, nothing tells which of the two was first on it.
CREATE VIEW who_was_first AS
WITH placed AS (
    SELECT *,
        min(published_on) OVER (PARTITION BY story_id) AS day,
        bool_and(published_at IS NOT NULL) OVER (PARTITION BY story_id, published_on) AS timed,
        min(published_at) OVER (PARTITION BY story_id, published_on) AS instant
    FROM story_timeline
    WHERE published_on IS NOT NULL
), marked AS (
    SELECT *, published_on = day AND (NOT timed OR published_at = instant) AS first
    FROM placed
)
SELECT
    story_id,
    list(outlet ORDER BY outlet) FILTER (first) AS outlets,
    min(day) AS published_on,
    CASE WHEN bool_and(timed) FILTER (first) THEN min(published_at) FILTER (first) END AS published_at,
    min(published_offset) FILTER (first AND timed) AS published_offset,
    count(*) - count(*) FILTER (first) AS later_outlets,
    date_diff('day', min(day), min(published_on) FILTER (NOT first)) AS days_ahead,
    CASE WHEN bool_and(published_at IS NOT NULL) FILTER (first) AND bool_and(timed) FILTER (NOT first)
        THEN round((epoch_us(min(published_at) FILTER (NOT first)) - epoch_us(min(published_at) FILTER (first))) / 3.6e9, 2)
        END AS hours_ahead
FROM marked
GROUP BY story_id;
