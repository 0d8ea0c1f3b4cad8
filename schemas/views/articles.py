"""Views of articles: who printed them, when, and where their bytes are."""

from schemas.columns import TIMESTAMP
from schemas.tables.articles import ARTICLES
from schemas.tables.captures import CAPTURES
from schemas.tables.corrections import CORRECTIONS
from schemas.tables.documents import DOCUMENTS
from schemas.tables.passages import PASSAGES
from schemas.view import COUNT, DAY, FLAG, TEXT, TEXTS, View, column

_A, _C, _D, _P = ARTICLES.column, CAPTURES.column, DOCUMENTS.column, PASSAGES.column

OUTLET = column("outlet", TEXT, "Who printed it: the site, else its host, else the folder, by the name in `outlets`.")
OUTLETS = column("outlets", TEXTS, "All outlets that printed these bytes, in order of name.")
HEADLINE = column("headline", TEXT, "The headline, without the leads and subheads that stand beside it on the page.")
ON = _D("published_on").named(
    "published_on", "The day of publication as printed there; where the page gives none, the one in the file's name."
)
AT = column("published_at", TIMESTAMP, "The instant of publication; null where a day is all that is known.", "UTC")
OFFSET = _D("published_offset")
PRECISION = _D("published_precision").named("published_precision", "How exactly it is dated.")
ADDRESSES = column("captures", COUNT, "How often these bytes were retrieved.")

ARTICLE_DATES = View(
    "article_dates",
    "article",
    "When each article was published and by whom: the page's own word, else the date in a file's name, and never the "
    "time of capture. Order by published_on, then published_at with nulls first.",
    (_A("article_id"), _A("document_id"), _D("payload_sha256"), ON, AT, OFFSET, PRECISION, OUTLETS, ADDRESSES),
)
ARTICLES_ALL = View(
    "articles_all",
    "article",
    "Every article with what is known of it, but for its text.",
    (
        _A("article_id"),
        _A("document_id"),
        OUTLET,
        OUTLETS,
        _D("origin"),
        _A("agency"),
        HEADLINE,
        _A("byline"),
        column("authors", TEXTS, "Authors as printed, in order, or as people put them right."),
        ON,
        AT,
        OFFSET,
        PRECISION,
        column("address", TEXT, "Where it was retrieved first."),
        _C("source_id"),
        _C("capture_id").named("capture_id", "The first retrieval of its bytes."),
        _C("captured_at"),
        ADDRESSES,
        _A("language"),
        _A("chars"),
        _D("page_kind"),
        column("stories", COUNT, "How many stories it carries."),
        column("corrected", TEXTS, "What of it people put right; `corrections` has who, when and why."),
    ),
)
STANDING_CORRECTIONS = View(
    "standing_corrections",
    "correction",
    "The corrections that were not taken back, with the article that each is of now.",
    (
        column("present_article_id", TEXT, "The article, by the id that it has now; null where it is there no more."),
        *CORRECTIONS.columns,
    ),
)
CORRECTED = View(
    "corrected",
    "article of which something was put right",
    "What people put right, the last word on each field, by the id that the article has now.",
    (
        _A("article_id"),
        column("headline", TEXT, "The headline; null where nothing is said of it."),
        column("published_on", DAY, "The day of publication."),
        column("published_at", TIMESTAMP, "The instant, where one is said.", "UTC"),
        OFFSET,
        column("published_precision", TEXT, "How exactly."),
        column("outlet", TEXT, "Who printed it, by the name in `outlets`."),
        column("authors", TEXTS, "The authors."),
        column("left_out", FLAG, "Whether the article is left out of the views and of matching."),
        column("fields", TEXTS, "What is put right."),
    ),
)
UNIQUE_ARTICLES = View(
    "unique_articles",
    "text",
    "One article for each text: the earliest of those whose folded text is the same, and of the witnesses of a story "
    "its leader. A witness that has as much again of its own text stands for itself.",
    (
        _A("article_id"),
        _A("document_id"),
        OUTLET,
        ON,
        AT,
        HEADLINE,
        _A("byline"),
        _A("agency"),
        _A("language"),
        _A("chars"),
        _A("text"),
        _A("fold_sha256"),
        column("copies", COUNT, "How many articles have this text."),
    ),
)
CAPTURE_OUTLETS = View(
    "capture_outlets",
    "document and retrieval of its bytes",
    "Who printed what was captured where.",
    (
        _D("document_id"),
        _C("capture_id"),
        _D("payload_sha256"),
        OUTLET,
        column("printed_name", TEXT, "The outlet's name before the table `outlets` was asked."),
    ),
)
DOCUMENT_OUTLETS = View(
    "document_outlets",
    "document and outlet",
    "The outlets that printed a document.",
    (
        _D("document_id"),
        OUTLET,
        column("captures", COUNT, "How many addresses of the outlet hold it; one that was asked again counts once."),
        _C("name_date"),
    ),
)
PROVENANCE = View(
    "provenance",
    "passage and retrieval of its bytes",
    "From a passage to the WARC record that holds its bytes.",
    (
        *(_P(name) for name in ("passage_id", "article_id", "document_id", "kind", "selector", "raw_start", "raw_end")),
        *(_D(name) for name in ("extractor", "extractor_version", "segment_version", "clean_version", "charset_used")),
        *(_D(name) for name in ("decode_skip", "payload_sha256")),
        *(_C(name) for name in ("capture_id", "source_id", "uri", "captured_at", "record_type", "warc_file")),
        *(_C(name) for name in ("warc_offset", "warc_length", "part_start", "part_end")),
    ),
)
RESTORED_PASSAGES = View(
    "restored_passages",
    "passage",
    "The passages of every page, with those of restored articles where a witness proves that they belong. Its columns "
    "are those of `passages`.",
    PASSAGES.columns,
)
RESTORED_ARTICLES = View(
    "restored_articles",
    "restored article",
    "Articles of newspaper pages as witnesses prove them to have been.",
    (
        _A("article_id"),
        _A("document_id"),
        _A("headline"),
        column("text", TEXT, "What the page prints, in the order proven; […] marks a gap."),
        column("filled_text", TEXT, "The same, each gap filled with the witness's text in brackets, its outlet named."),
        column("fragments", COUNT, "Passages that it is put together of."),
        column("moved", COUNT, "Those that came from another article or from the page's own text."),
        column("reordered", COUNT, "Those that stood in another order."),
        column("joins", COUNT, "Places where a paragraph that the page cut is proven to go on."),
        column("gaps", COUNT, "Places where the page lacks what the witness has."),
        column("missing_chars", COUNT, "Characters that the witness has there."),
        column("stories", TEXTS, "The stories that prove it."),
        column("witnesses", TEXTS, "The articles that prove it."),
        column("witness_outlets", TEXTS, "Their outlets."),
    ),
)

VIEWS = (
    ARTICLES_ALL,
    ARTICLE_DATES,
    STANDING_CORRECTIONS,
    CORRECTED,
    UNIQUE_ARTICLES,
    CAPTURE_OUTLETS,
    DOCUMENT_OUTLETS,
    PROVENANCE,
    RESTORED_PASSAGES,
    RESTORED_ARTICLES,
)
