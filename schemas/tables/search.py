"""The index of words: what `search` looks into. It follows from `articles`, can be made anew, and has no digest."""

import pyarrow as pa

from schemas.columns import ARTICLE_ID, text
from schemas.table import Column, Table

SEARCH_POSTINGS = Table(
    name="search_postings",
    grain="occurrence of a term in an article",
    doc="Where each term stands in the folded texts: words, and of scripts that part no words each two letters that "
    "follow one another. Sorted by term within a file, so that few rows are read for one. What the function `search` "
    "looks into; it may hold articles that are gone, which are not in `articles`.",
    columns=(
        text("term", "The term as folding gives it; the last letter of a run stands alone.", "大桥"),
        Column("head", pa.int32(), "Code point of the term's first letter.", 22823),
        Column("doc", pa.int32(), "The article, by its number in `search_docs`.", 118),
        Column("pos", pa.int32(), "Place of the term's first letter in the folded text, from 0.", 42),
    ),
    key=("term", "doc", "pos"),
)

SEARCH_DOCS = Table(
    name="search_docs",
    grain="article that was indexed",
    doc="Which articles the numbers of `search_postings` stand for.",
    columns=(
        Column("doc", pa.int32(), "Number of the article in the index, in no lasting order.", 118),
        ARTICLE_ID,
        Column("letters", pa.int32(), "Length of its folded text.", 960),
    ),
    key=("doc",),
)

INDEX: tuple[Table, ...] = (SEARCH_POSTINGS, SEARCH_DOCS)
"""What the catalogue shows of the index."""
