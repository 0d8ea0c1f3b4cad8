-- Who takes from whom: how many articles, and how many days later half of them came. Forms that both fill in are apart.
SELECT "from", "to", articles, reprints, excerpts, quotes, median_delay, templates
FROM reprints
ORDER BY articles DESC, "from", "to";
