"""Finding, by whole columns, the texts that some rule may change: most are clean, and never become Python objects."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flows.clean.rules import LISTING, MARKED, PAGE, ROW, RULES, SORTS, TEXT, Rule
from flows.extract.reading import PREFORMATTED

_OF_EXTRACTOR = {"markdown": MARKED, "html": PAGE}


def rules_of(sort: str) -> tuple[Rule, ...]:
    """The rules for one sort of texts, in their order."""
    return tuple(rule for rule in RULES if sort in rule.sorts)


def sorts_of_blocks(blocks: pa.Table, documents: pa.Table) -> pa.Array:
    """The sort of each block: by its extractor, and whether it is a row of a table or a listing.

    `blocks` has document_id, kind, text and flags, `documents` document_id and extractor.
    """
    sorts = _by_extractor(blocks.column("document_id").combine_chunks(), documents, _OF_EXTRACTOR)
    rows = pc.and_(pc.equal(blocks.column("kind"), "table"), pc.match_substring(blocks.column("text"), "\t"))
    sorts = pc.if_else(pc.fill_null(rows, False), ROW, sorts)
    flags = blocks.column("flags").combine_chunks()
    listed = pc.list_parent_indices(flags).filter(pc.equal(pc.list_flatten(flags), PREFORMATTED))
    marked = np.zeros(len(flags), dtype=bool)
    marked[np.asarray(listed)] = True
    return _whole(pc.if_else(pa.array(marked), LISTING, sorts))


def sorts_of_facts(owners: pa.Array, documents: pa.Table) -> pa.Array:
    """The sort of each fact of some documents, given their ids: those of Markdown pages hold marks, too."""
    return _whole(_by_extractor(owners, documents, {"markdown": MARKED}))


def _by_extractor(owners: pa.Array, documents: pa.Table, sorts: dict[str, str]) -> pa.Array:
    known = documents.select(["document_id", "extractor"]).combine_chunks()
    place = pc.index_in(owners, known.column("document_id").combine_chunks())
    extractors = known.column("extractor").combine_chunks().cast(pa.string()).take(place)
    out = pa.array([TEXT] * len(extractors), pa.string())
    for extractor, sort in sorts.items():
        out = pc.if_else(pc.fill_null(pc.equal(extractors, extractor), False), sort, out)
    return out


def _whole(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def touched(text: pa.Array, sorts: pa.Array) -> dict[int, Sequence[Rule]]:
    """Numbers of the texts that some rule may change, with the rules for the sort of each. Null is never changed."""
    found: dict[int, Sequence[Rule]] = {}
    for sort in SORTS:
        rules = rules_of(sort)
        rows = pc.indices_nonzero(pc.equal(sorts, sort))
        mine = text.take(rows)
        hit = pc.not_equal(pc.utf8_normalize(mine, form="NFC"), mine)
        for rule in rules:
            if rule.sieve:
                hit = pc.or_(hit, pc.match_substring_regex(mine, rule.sieve))
        found |= dict.fromkeys(rows.filter(pc.fill_null(hit, False)).to_pylist(), rules)
    return found
