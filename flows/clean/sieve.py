"""Finding, by whole columns, the texts that some rule may change: most are clean, and never become Python objects."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from flows.clean.rules import RULES, Rule


def touched(text: pa.Array, owners: pa.Array, documents: pa.Table) -> dict[int, Sequence[Rule]]:
    """Numbers of the texts that some rule may change, with the rules for the extractor of each text's document.

    `owners` are the document ids of the texts; `documents` has document_id and extractor. Null is never changed.
    """
    hit = pc.not_equal(pc.utf8_normalize(text, form="NFC"), text)
    general = [rule for rule in RULES if rule.only is None]
    for rule in general:
        if rule.sieve:
            hit = pc.or_(hit, pc.match_substring_regex(text, rule.sieve))
    found: dict[int, Sequence[Rule]] = dict.fromkeys(pc.indices_nonzero(hit).to_pylist(), general)
    for extractor in sorted({rule.only for rule in RULES if rule.only}):
        mine = [rule for rule in RULES if rule.only in (None, extractor)]
        ids = documents.column("document_id").filter(pc.equal(documents.column("extractor"), extractor))
        theirs = pc.is_in(owners, ids.combine_chunks())
        for rule in mine:
            if rule.only:
                theirs_hit = pc.or_(hit, pc.match_substring_regex(text, rule.sieve))
                found |= dict.fromkeys(pc.indices_nonzero(pc.and_(theirs, theirs_hit)).to_pylist(), mine)
    return found
