-- What each cleaning rule changed, how often, and an example.
SELECT rule, rule_version, count(*) AS edits, sum(length("before") - length("after")) AS characters_removed,
    min("before") AS example_before, arg_min("after", "before") AS example_after
FROM edits
GROUP BY ALL
ORDER BY edits DESC, rule;
