"""Views of stories: who carried them, who was first, who takes from whom."""

from schemas.tables.alignments import ALIGNMENTS
from schemas.tables.articles import ARTICLES
from schemas.tables.captures import CAPTURES
from schemas.tables.documents import DOCUMENTS
from schemas.tables.stories import STORIES
from schemas.view import COUNT, DAY, FLAG, NUMBER, TEXT, TEXTS, View, column
from schemas.views.articles import AT, HEADLINE, OFFSET, ON, OUTLET, PRECISION

_S, _C = STORIES.column, CAPTURES.column

PAGE = column("page", TEXT, "The page that it stands on; captures of one page are versions of one witness.")

WITNESSES = View(
    "witnesses",
    "witness span of a story and retrieval of it",
    "Who carried a story.",
    (
        *STORIES.columns,
        OUTLET,
        DOCUMENTS.column("origin"),
        ARTICLES.column("agency"),
        ON,
        AT,
        OFFSET,
        PRECISION,
        _C("source_id"),
        _C("uri"),
        PAGE,
        _C("captured_at"),
        HEADLINE,
    ),
)
STORY_LIST = View(
    "story_list",
    "story",
    "The stories of the archive, as `dibao stories` lists them.",
    (
        _S("story_id"),
        column("first", DAY, "The first day on which it ran."),
        column("last", DAY, "The last one."),
        column("outlets", COUNT, "Outlets that carried it."),
        column("carriers", COUNT, "Pages that carried it; versions of one page are one."),
        column("articles", COUNT, "Articles that carry it, versions apart."),
        column("first_outlet", TEXT, "The outlet of its leader."),
        column("headline", TEXT, "The leader's headline."),
        column("chars", COUNT, "Length of the leader's span.", "code points"),
        column("opening", TEXT, "How the leader's span begins."),
    ),
)
STORY_TIMELINE = View(
    "story_timeline",
    "story and outlet",
    "When each outlet carried a story first, and how much of it.",
    (
        _S("story_id"),
        OUTLET,
        column("published_on", DAY, "The first day on which the outlet carried it."),
        column("published_at", AT.type, "The first instant on that day; null where only the day is known.", "UTC"),
        OFFSET,
        column("coverage", NUMBER, "The largest share of the leader's span that a witness of the outlet has."),
        column("text_coverage", NUMBER, "The same as a share of the leader's whole text."),
        column("articles", COUNT, "Articles of the outlet that carry it."),
        column("carriers", COUNT, "Pages of the outlet that carry it."),
        column("leader", FLAG, "Whether the leader is among them."),
    ),
)
WHO_WAS_FIRST = View(
    "who_was_first",
    "story with a date",
    "Who carried a story first: by the instant where all that ran it on that day have one, else by the day.",
    (
        _S("story_id"),
        column("outlets", TEXTS, "The first outlet; several where nothing tells which of them was."),
        column("published_on", DAY, "The day."),
        column("published_at", AT.type, "The instant; null where the day is all that is known of one of them.", "UTC"),
        OFFSET,
        column("later_outlets", COUNT, "Outlets that carried it later."),
        column("days_ahead", COUNT, "Days before the next outlet.", "days"),
        column("hours_ahead", NUMBER, "Hours before the next outlet, where both have an instant.", "hours"),
    ),
)
REUSE = View(
    "reuse",
    "pair of articles of different outlets that share text",
    "Who takes from whom, article by article: the later of two that are aligned is said to take from the earlier.",
    (
        ALIGNMENTS.column("relation").named("relation", "How the longest passage that they share is related."),
        ARTICLES.column("article_id").named("from_article_id", "The earlier article."),
        ARTICLES.column("article_id").named("to_article_id", "The later article."),
        column("from", TEXT, "The earlier one's outlet."),
        column("to", TEXT, "The later one's outlet."),
        column("from_on", DAY, "The earlier one's day."),
        column("to_on", DAY, "The later one's day."),
        column("delay", NUMBER, "Time between them; whole days where one has a day alone.", "days"),
    ),
)
REPRINTS = View(
    "reprints",
    "pair of outlets",
    "Who takes from whom: edges of a graph of outlets. Forms that both fill in are counted apart, as templates.",
    (
        column("from", TEXT, "The outlet that printed first."),
        column("to", TEXT, "The outlet that printed later."),
        column("articles", COUNT, "Articles of the later one that are reprints or excerpts."),
        column("reprints", COUNT, "Pairs of articles that are reprints."),
        column("excerpts", COUNT, "Pairs of which one has a part of the other."),
        column("quotes", COUNT, "Pairs of which one quotes the other."),
        column("templates", COUNT, "Pairs that fill in the same form."),
        column("median_delay", NUMBER, "Median of the time between reprints and excerpts and what they take.", "days"),
        column("first", DAY, "The first day on which the later one took something."),
        column("last", DAY, "The last one."),
    ),
)

VIEWS = (WITNESSES, STORY_LIST, STORY_TIMELINE, WHO_WAS_FIRST, REUSE, REPRINTS)
