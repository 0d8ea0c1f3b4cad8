"""Views of pages over time, of sources, and of ids."""

import pyarrow as pa

from schemas.columns import TIMESTAMP
from schemas.tables.captures import CAPTURES
from schemas.tables.documents import DOCUMENTS
from schemas.tables.id_aliases import ID_ALIASES
from schemas.tables.passages import PASSAGES
from schemas.tables.rejects import REJECTS
from schemas.tables.source_runs import SOURCE_RUNS
from schemas.view import COUNT, FLAG, TEXT, View, column

_C, _D, _P = CAPTURES.column, DOCUMENTS.column, PASSAGES.column

PAGE = column("page", TEXT, "What the page is known by; see `addresses`.")
SEEN_BEFORE = column("seen_before", TIMESTAMP, "When the version before was seen last.", "UTC")
BEFORE = _D("document_id").named("document_before", "The version before.")
IN_WORDS = column("in_words", FLAG, "Whether words changed, not only signs, width or script.")
STATUS = _C("http_status")

PAGE_CAPTURES = View(
    "page_captures",
    "capture",
    "Each capture and the page that it is of, which its canonical link or the original of an archived copy may tell.",
    (*CAPTURES.columns, PAGE),
)
PAGE_TEXTS = View(
    "page_texts",
    "good answer of a page that was read",
    "The texts of pages over time. A page's text is that of its articles: a new advertisement is no new version.",
    (
        PAGE,
        *(_C(name) for name in ("uri", "source_id", "capture_id", "captured_at", "http_status", "payload_sha256")),
        *(_D(name) for name in ("document_id", "page_kind", "title", "text_sha256")),
        column("fold_sha256", TEXT, "SHA-256 of the folded text."),
        column("chars", COUNT, "Length of the text.", "code points"),
    ),
)
PAGE_TURNS = View(
    "page_turns",
    "capture whose text is not that of the one before",
    "Where a page's text gives way to another.",
    (
        PAGE,
        *(_C(name) for name in ("uri", "source_id", "capture_id", "captured_at")),
        SEEN_BEFORE,
        _D("title"),
        BEFORE,
        _D("document_id"),
        IN_WORDS,
    ),
)
PAGE_CHANGES = View(
    "page_changes",
    "passage that a version of a page has and its neighbour has not",
    "What was removed and added between neighbouring versions of a page.",
    (
        PAGE,
        _C("uri"),
        _C("source_id"),
        SEEN_BEFORE,
        _C("captured_at"),
        IN_WORDS,
        column("change", TEXT, "`removed` or `added`."),
        _P("ordinal"),
        _P("kind"),
        _P("text"),
        BEFORE,
        _D("document_id"),
        _C("capture_id"),
    ),
)
VANISHED = View(
    "vanished",
    "page that answers no more",
    "Pages that answered once: gone, sent to a front page, or turned into a notice.",
    (
        PAGE,
        _C("uri"),
        _C("source_id"),
        column("how", TEXT, "`gone`, `front` (it leads to a front page) or `notice`."),
        STATUS,
        _C("location"),
        _D("title").named("title", "Its title when it was good."),
        column("last_seen", TIMESTAMP, "When it was good last.", "UTC"),
        column("vanished_at", TIMESTAMP, "When it was first seen to be gone.", "UTC"),
        column("last_asked", TIMESTAMP, "When it was asked last.", "UTC"),
        column("last_good_capture_id", TEXT, "The last good capture."),
    ),
)
ARCHIVE_GAPS = View(
    "archive_gaps",
    "link that a text from a file lacks, or that is broken",
    "Texts whose way back is broken: to the original, or to a copy in an archive.",
    (
        _C("capture_id"),
        _C("source_id"),
        _C("uri"),
        _D("document_id"),
        _D("title"),
        column("link", TEXT, "`original` or `backup`."),
        column("target", TEXT, "The address; null where there is none."),
        column("gap", TEXT, "`missing`, `malformed`, or `dead` when it was asked last."),
    ),
)
FORMER_IDS = View(
    "former_ids",
    "id that was published and is in the tables no more",
    "Where former ids lead.",
    (
        ID_ALIASES.column("alias_id"),
        ID_ALIASES.column("kind"),
        ID_ALIASES.column("id"),
    ),
)
REJECT_LIST = View(
    "reject_list",
    "reject",
    "The rejects, and whether they are settled: one is where its address has given something else since, of which "
    "another row tells if that failed, too.",
    (
        *REJECTS.columns,
        column("state", TEXT, "`open` or `settled`."),
        column("found_at", TIMESTAMP, "When the run began that found it first.", "UTC"),
    ),
)
KEPT_MEDIA = View(
    "kept_media",
    "payload and media type",
    "What is kept and holds no text to read: images, sound, film, fonts, styles and scripts.",
    (
        _C("payload_sha256"),
        _C("media_type"),
        column("sort", TEXT, "`image`, `audio`, `video`, `font`, `style` or `script`."),
        column("bytes", COUNT, "Its size.", "bytes"),
        column("captures", COUNT, "How often it was retrieved."),
        _C("capture_id").named("capture_id", "The first retrieval."),
        _C("uri"),
        _C("source_id"),
    ),
)
_LAST = (
    column("last_error", TEXT, "Short name of the last failure."),
    column("last_message", TEXT, "What the last failure said."),
    column("last_run", TIMESTAMP, "When it was asked last.", "UTC"),
    column("last_good", TIMESTAMP, "When it was last asked without a failure.", "UTC"),
)
_IN_A_ROW = column("failures_in_a_row", COUNT, "Failures since it last went well.")
SOURCE_HISTORY = View(
    "source_history",
    "source",
    "What became of each source: runs, captures, bytes, failures, and when anything in it last changed.",
    (
        _C("source_id"),
        SOURCE_RUNS.column("kind"),
        column("runs", COUNT, "How often it was asked."),
        column("captures", COUNT, "Retrievals from it."),
        column("uris", COUNT, "Addresses that were retrieved."),
        column("bytes", COUNT, "Bytes that were taken in.", "bytes"),
        column("requests", COUNT, "Requests that were sent."),
        column("failures", COUNT, "Runs in which it failed."),
        _IN_A_ROW,
        column("last_status", TEXT, "How the last run of it ended."),
        *_LAST,
        column("first_capture", TIMESTAMP, "Its first retrieval.", "UTC"),
        column("last_capture", TIMESTAMP, "Its last retrieval.", "UTC"),
        column("last_change", TIMESTAMP, "When an address of it last gave other bytes than before.", "UTC"),
    ),
)
FAILING_SOURCES = View(
    "failing_sources",
    "source that failed three times or more, one after the other",
    "Sources that want looking after; they go on being tried.",
    (_C("source_id"), SOURCE_RUNS.column("kind"), _IN_A_ROW, *_LAST),
)
SNAPSHOT = View(
    "snapshot",
    "catalogue",
    "The snapshot that this catalogue shows.",
    (
        column("number", pa.int32(), "Its number; remember it for `new_since`."),
        column("run_id", TEXT, "The run that published it."),
        column("published_at", TIMESTAMP, "When it was published.", "UTC"),
        column("code_version", TEXT, "Version of Dibao that published it."),
        column("layout", TEXT, "A mark of the columns of all tables."),
    ),
)

VIEWS = (
    PAGE_CAPTURES,
    PAGE_TEXTS,
    PAGE_TURNS,
    PAGE_CHANGES,
    VANISHED,
    ARCHIVE_GAPS,
    FORMER_IDS,
    REJECT_LIST,
    KEPT_MEDIA,
    SOURCE_HISTORY,
    FAILING_SOURCES,
    SNAPSHOT,
)
