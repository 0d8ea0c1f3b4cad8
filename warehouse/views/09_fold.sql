-- A text as matching folds it. The table stands in the macro itself, so that it works from an attached catalogue, too.
CREATE OR REPLACE MACRO fold(given) AS CASE WHEN given IS NULL THEN NULL ELSE coalesce((
    WITH @fold_letters
    SELECT string_agg(coalesce(_known.folded, _letter.letter), '' ORDER BY _letter.place)
    FROM (
        SELECT unnest(_kept.letters) AS letter, generate_subscripts(_kept.letters, 1) AS place
        FROM (SELECT string_split(regexp_replace(
            regexp_replace(given::VARCHAR, '(?i)(?:(?:https?|ftp)://|www\.)[!-~]+', '', 'g'),
            '[^\p{L}\p{N}\p{M}\p{S}]+', '', 'g'), '') AS letters) AS _kept
    ) AS _letter
    LEFT JOIN fold_letters AS _known ON _known.letter = _letter.letter
), '') END;
