-- Media that holds no text to read: it is kept as it is, and that is all that is wanted of it. What may hold text and
-- has no reader, an office document of an old kind or an archive that nobody can unpack, is none of it, and a reject.

-- A media type in lower case and without its parameters; empty where there is none.
CREATE OR REPLACE MACRO media_essence(media_type) AS lower(trim(split_part(coalesce(media_type, ''), ';', 1)));

CREATE OR REPLACE MACRO media_sort(media_type) AS CASE
    WHEN regexp_full_match(media_essence(media_type), 'image/.+') THEN 'image'
    WHEN regexp_full_match(media_essence(media_type), 'audio/.+|application/ogg') THEN 'audio'
    WHEN regexp_full_match(media_essence(media_type),
        'video/.+|application/(?:vnd\.apple\.mpegurl|x-mpegurl|dash\+xml|x-shockwave-flash)') THEN 'video'
    WHEN regexp_full_match(media_essence(media_type),
        'font/.+|application/(?:font-.+|x-font-.+|vnd\.ms-fontobject)') THEN 'font'
    WHEN media_essence(media_type) = 'text/css' THEN 'style'
    WHEN regexp_full_match(media_essence(media_type),
        '(?:text|application)/(?:x-)?(?:javascript|ecmascript)|application/wasm') THEN 'script'
END;

-- Whether a status, null where nothing came over HTTP, says that what was sent is the page: an error, a redirect or a
-- check for people is none, whatever was sent with it.
CREATE OR REPLACE MACRO is_answer(http_status) AS
    (http_status IS NULL OR http_status BETWEEN 200 AND 299 OR http_status = 304);
