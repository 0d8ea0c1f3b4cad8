-- Addresses as pages. A page is known by the SURT of its address, so that http and https, www and the mobile host, the
-- order of parameters and their tracking ones make no difference, and so that sorting keeps a site together.

-- The address that an archive's copy of a page is of, where the copy's own address tells it.
CREATE MACRO original_of(uri) AS
    coalesce(
        nullif(regexp_extract(uri, '^https?://(?:web\.archive\.org|wayback\.archive-it\.org/\w+)(?:/web)?/\d{1,14}(?:[a-z]{2}_)?/(.+)$', 1), ''),
        nullif(regexp_extract(uri, '^https?://(?:archive\.(?:ph|is|today|li|vn|md|fo))/(?:\d{8,14}|\d{4}\.\d\d\.\d\d-\d{6}|newest|o/\w+)/(https?:/.+)$', 1), ''),
        nullif(regexp_extract(uri, '^https?://megalodon\.jp/\d{4}-\d{4}-\d{4}-\d\d/(.+)$', 1), ''),
        nullif(url_decode(regexp_extract(uri, '^https?://webcache\.googleusercontent\.com/search\?(?:[^#]*&)?q=cache:(?:[\w-]{6,}:)?([^&+#]+)', 1)), ''),
        uri
    );

CREATE MACRO surt_host(host) AS
    CASE WHEN regexp_matches(host, '^[\d.]+(?::\d*)?$') THEN regexp_replace(host, ':\d*$', '') -- an address is not turned
    ELSE list_aggregate(list_reverse(string_split(regexp_replace(regexp_replace(lower(host), ':\d*$', ''),
        '^(?:www\d*|m|mobile|wap|3g|amp)\.((?:[^.]+\.)+[^.]+)$', '\1'), '.')), 'string_agg', ',') END
    || regexp_replace(regexp_extract(host, ':\d+$'), '^:(?:80|443)$', '');

CREATE MACRO surt_query(query) AS
    coalesce('?' || list_aggregate(list_sort(list_filter(string_split(query, '&'), lambda part:
        part <> '' AND NOT regexp_matches(lower(part), '^(?:utm_\w+|spm|from|isappinstalled|fbclid|gclid|share_\w+|_t|timestamp)='))),
        'string_agg', '&'), '');

-- What a page is known by; an address of another scheme than http is known by itself.
CREATE MACRO page_key(uri) AS
    CASE WHEN regexp_matches(original_of(uri), '^(?:(?i:https?):/|//)') OR regexp_matches(original_of(uri), '^[\w-]+(?:\.[\w-]+)+/') THEN
        surt_host(regexp_extract(original_of(uri), '^(?:(?i:https?):)?/{0,2}(?:[^/?#@]*@)?([^/?#]*)', 1)) || ')'
        || regexp_replace(regexp_replace(
            regexp_extract(original_of(uri), '^(?:(?i:https?):)?/{0,2}[^/?#]*([^?#]*)', 1),
            '/(?:index|default)\.\w{3,5}$', '/'), '/+$', '')
        || surt_query(regexp_extract(original_of(uri), '^[^?#]*\?([^#]*)', 1))
    ELSE uri END;
