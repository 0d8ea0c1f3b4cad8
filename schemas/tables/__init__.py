"""Every table, in the order in which a run fills them."""

from __future__ import annotations

import hashlib

from schemas.table import Table
from schemas.tables.addresses import ADDRESSES
from schemas.tables.alerts import ALERTS
from schemas.tables.alignments import ALIGNMENTS
from schemas.tables.articles import ARTICLES
from schemas.tables.blocks import ARTICLE_HEADS, BLOCKS, PLACED_BLOCKS
from schemas.tables.captures import CAPTURES
from schemas.tables.corrections import CORRECTIONS
from schemas.tables.documents import DOCUMENTS
from schemas.tables.edits import EDITS
from schemas.tables.fixity import FIXITY
from schemas.tables.fold_letters import FOLD_LETTERS
from schemas.tables.id_aliases import ID_ALIASES
from schemas.tables.lines import LINES
from schemas.tables.outlets import OUTLETS
from schemas.tables.passages import PASSAGES
from schemas.tables.polls import POLLS
from schemas.tables.rejects import REJECTS
from schemas.tables.restorations import RESTORATIONS
from schemas.tables.revisions import REVISIONS
from schemas.tables.runs import RUNS
from schemas.tables.search import INDEX
from schemas.tables.source_runs import SOURCE_RUNS
from schemas.tables.stages import STAGES
from schemas.tables.stories import STORIES
from schemas.tables.story_aliases import STORY_ALIASES
from schemas.tables.takedowns import TAKEDOWNS
from schemas.tables.variants import VARIANTS
from schemas.tables.warc_files import WARC_FILES

TABLES: tuple[Table, ...] = (
    WARC_FILES,
    CAPTURES,
    DOCUMENTS,
    ARTICLES,
    PASSAGES,
    EDITS,
    OUTLETS,
    ADDRESSES,
    LINES,
    FOLD_LETTERS,
    ALIGNMENTS,
    STORIES,
    VARIANTS,
    STORY_ALIASES,
    RESTORATIONS,
    REJECTS,
    STAGES,
    ID_ALIASES,
    REVISIONS,
    RUNS,
    SOURCE_RUNS,
    POLLS,
    ALERTS,
    CORRECTIONS,
    TAKEDOWNS,
    FIXITY,
)
"""The published tables."""

SHOWN: tuple[Table, ...] = (*TABLES, *INDEX)
"""What the catalogue shows from files: the tables, and the index over their texts."""


def layout() -> str:
    """A mark of the columns of all published tables: a warehouse with another one has to be brought up."""
    told = [f"{each.name} {column.name} {column.type}" for each in TABLES for column in each.columns]
    return hashlib.sha256("\n".join(sorted(told)).encode()).hexdigest()[:16]


INTERMEDIATE: tuple[Table, ...] = (BLOCKS, PLACED_BLOCKS, ARTICLE_HEADS)
"""Tables that pass between stages and are not kept."""


def table(name: str) -> Table:
    """The published table of that name; KeyError where there is none."""
    for each in TABLES:
        if each.name == name:
            return each
    raise KeyError(f"no table is named {name}")
