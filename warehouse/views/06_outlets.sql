-- Who printed what: the site as it names itself, else the host, else the folder; under the name that `outlets` gives it.
CREATE MACRO outlet_key(name) AS lower(nfc_normalize(trim(name)));

CREATE MACRO host_named(uri) AS
    nullif(regexp_extract(lower(uri), '^(?:https?:)?/{0,2}(?:[^/?#@]*@)?([^/?#]+)', 1), '');

-- A copy in a web archive was printed by the host that it is a copy of, and a page in a file by the host that it says
-- it is from.
CREATE MACRO outlet_named(publisher, uri, canonical, place) AS coalesce(
    publisher,
    CASE
        WHEN starts_with(uri, 'file:') THEN host_named(canonical)
        WHEN original_of(uri) <> uri THEN host_named(original_of(uri))
    END,
    place
);

CREATE VIEW capture_outlets AS
SELECT n.document_id, n.capture_id, n.payload_sha256, coalesce(o.outlet, n.name) AS outlet, n.name AS printed_name
FROM (
    SELECT d.document_id, c.capture_id, d.payload_sha256,
        outlet_named(d.publisher, c.uri, d.canonical_uri, c.outlet) AS name
    FROM documents AS d
    JOIN captures AS c USING (payload_sha256)
) AS n
LEFT JOIN outlets AS o ON o.alias = outlet_key(n.name);

-- An address counts once, however often it was looked at: asking again is no further printing.
CREATE VIEW document_outlets AS
SELECT o.document_id, o.outlet, count(DISTINCT c.uri) AS captures, min(c.name_date) AS name_date
FROM capture_outlets AS o
JOIN captures AS c USING (capture_id)
GROUP BY ALL;
