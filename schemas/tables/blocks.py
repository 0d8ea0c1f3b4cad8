"""blocks: what passes between extract, segment and clean. Not kept."""

import pyarrow as pa

from schemas.columns import DOCUMENT_ID, FLAGS, KIND, ORDINAL, RAW_END, RAW_START, SELECTOR, text
from schemas.table import Column, Table

LINE_FIELDS = ("start", "end", "page", "x0", "y0", "x1", "y1", "size", "confidence", "printed")
"""What a line of a block says of itself."""

_AS_READ = (
    DOCUMENT_ID,
    ORDINAL,
    KIND,
    text(
        "text",
        "The block as read, before cleaning. Where raw offsets stand, exactly that slice of the decoded payload.",
    ),
    SELECTOR,
    RAW_START,
    RAW_END,
    FLAGS,
    Column(
        "article",
        pa.int32(),
        "Ordinal of the article that the block belongs to; null for the page's own. An extractor may propose it; "
        "segmentation decides.",
        nullable=True,
    ),
    text(
        "after",
        "The character of white space that follows the block in the decoded payload; null where that is not known. "
        "Segmentation keeps it only where it parts the last word of the block from the first of the block that goes on "
        "in it.",
        nullable=True,
    ),
    Column(
        "lines",
        pa.list_(
            pa.struct(
                [
                    *((name, pa.int32()) for name in ("start", "end", "page")),
                    *((name, pa.float64()) for name in ("x0", "y0", "x1", "y1", "size", "confidence")),
                    ("printed", pa.string()),
                ]
            )
        ),
        "The printed lines of the block, where the payload says where they stand: as in the table `lines`, with spans "
        "in the block's text.",
        [],
    ),
)

BLOCKS = Table(
    name="blocks",
    grain="paragraph-sized unit of a document",
    doc="What extract hands to segment.",
    columns=_AS_READ,
    key=("document_id", "ordinal"),
    published=False,
)

PLACED_BLOCKS = Table(
    name="placed_blocks",
    grain="paragraph-sized unit of a document",
    doc="What segment hands to clean: every block with its article and its place in the reading order.",
    columns=(
        *_AS_READ,
        Column(
            "place",
            pa.int32(),
            "Place in the reading order of the article's text; null where the block is not part of the text.",
            nullable=True,
        ),
        Column(
            "glued",
            pa.bool_(),
            "True where the block continues the one before it in the reading order without a break.",
        ),
    ),
    key=("document_id", "ordinal"),
    published=False,
)

ARTICLE_HEADS = Table(
    name="article_heads",
    grain="article in a document",
    doc="What segment knows of each article before its text is cleaned and put together.",
    columns=(
        DOCUMENT_ID,
        Column("article", pa.int32(), "Ordinal of the article in its document.", 0),
        text("headline", "Headline, its lines joined by a space, as read.", nullable=True),
        text("byline", "Byline as printed.", nullable=True),
        text("agency", "News agency that the text names as its origin.", nullable=True),
        text("dateline_place", "Place in the dateline.", nullable=True),
        text("dateline_date", "Date in the dateline as printed.", nullable=True),
        Column("complete", pa.bool_(), "False where the text is known to begin or break off elsewhere."),
    ),
    key=("document_id", "article"),
    published=False,
)
