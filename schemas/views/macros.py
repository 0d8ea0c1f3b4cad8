"""The functions that the catalogue offers in SQL."""

from schemas.columns import TIMESTAMP
from schemas.tables.articles import ARTICLES
from schemas.tables.variants import VARIANTS
from schemas.view import COUNT, NUMBER, TEXT, TEXTS, Macro, column
from schemas.views.articles import AT, ON, OUTLET
from schemas.views.pages import PAGE
from schemas.views.stories import REPRINTS

_URI = ("uri", "An address.")
_TYPE = (("media_type", "A media type, perhaps with parameters."),)

MACROS = (
    Macro(
        "new_since",
        (("since", "Number of the last snapshot that was seen; 0 for none."),),
        "Articles that came after a snapshot, with new bytes or by reading old ones anew: what a job that remembers "
        "its last snapshot has yet to see. It works from an attached catalogue, too.",
        (*ARTICLES.columns, column("snapshot", COUNT, "The snapshot that brought it.")),
    ),
    Macro(
        "variants_of",
        (("story", "Id of a story, present or former."),),
        "Where the witnesses of one story differ from its leader, in the order of the leader's text.",
        (
            VARIANTS.column("story_id"),
            VARIANTS.column("article_id"),
            OUTLET,
            ON,
            AT,
            *(each for each in VARIANTS.columns if each.name not in ("story_id", "article_id")),
        ),
    ),
    Macro(
        "reprints",
        (("since", "First day on which something was taken; null for no bound."), ("until", "Last such day, or null.")),
        "The view `reprints`, of what was taken between two days.",
        REPRINTS.columns,
    ),
    Macro(
        "page_versions",
        (("address", "Any address of a page."),),
        "Each distinct text of a page, with when it was first and last seen.",
        (
            PAGE,
            column("version", COUNT, "Counted from 1, in the order in which the texts were first seen."),
            column("first_seen", TIMESTAMP, "When it was captured first.", "UTC"),
            column("last_seen", TIMESTAMP, "When it was captured last.", "UTC"),
            column("captures", COUNT, "Captures that show it."),
            column("uris", TEXTS, "The addresses that they were made at."),
            column("payloads", COUNT, "How many bytes differ though the text does not."),
            column("text_sha256", TEXT, "SHA-256 of the text."),
            column("fold_sha256", TEXT, "SHA-256 of the folded text."),
            column("document_id", TEXT, "A document that has it."),
            column("title", TEXT, "Its title."),
            column("chars", COUNT, "Its length.", "code points"),
        ),
    ),
    Macro(
        "search",
        (
            (
                "given",
                "A phrase in any script, width and case; or several, as in `武漢 AND 考察 NOT 上海`.",
            ),
        ),
        "The articles that have a phrase, found by the index of words: as matching folds texts, so that Simplified and "
        "Traditional forms meet; letters of scripts that part no words anywhere, words of others whole. The best come "
        "with the highest `score`. It works from an attached catalogue, too.",
        (
            *ARTICLES.columns,
            column("places", COUNT, "How often the phrases stand in it."),
            column("score", NUMBER, "How well it fits: more places, rarer phrases and a shorter text score higher."),
        ),
    ),
    Macro("present_id", (("given", "An id that was published once."),), "The id of what stands in its place now."),
    Macro(
        "fold",
        (("given", "A text."),),
        "The text as matching folds it: letters and numbers alone, width, case, accents and script evened out, so that "
        "Simplified, Traditional and full-width forms meet. It works from an attached catalogue, too.",
    ),
    Macro(
        "printed_time",
        tuple((f"published_{name}", f"The column `published_{name}`.") for name in ("on", "at", "offset", "precision")),
        "Day or time as it was printed there, with its zone where that is known.",
    ),
    Macro(
        "plain_headline",
        (("headline", "An article's headline, lines joined by spaces."), ("title", "Its document's title.")),
        "The headline: the title, where that is one of several lines.",
    ),
    Macro("media_essence", _TYPE, "A media type in small letters, without its parameters; empty where there is none."),
    Macro(
        "media_sort",
        _TYPE,
        "What media is that holds no text to read: `image`, `audio`, `video`, `font`, `style` or `script`; null for "
        "all that may.",
    ),
    Macro(
        "is_answer",
        (("http_status", "HTTP status; null where nothing came over HTTP."),),
        "Whether what was sent is the page, and no error, redirect or check for people.",
    ),
    Macro("page_key", (_URI,), "What the page of an address is known by; `addresses` keeps it."),
    Macro("original_of", (_URI,), "The address that an archive's copy of a page is of; any other as it stands."),
    Macro("link_key", (_URI,), "What a link is known by: a copy in an archive is not the page that it is of."),
    Macro("surt_host", (("host", "A host."),), "A host as the beginning of a page's key."),
    Macro("surt_query", (("query", "The query of an address."),), "A query as the end of a page's key."),
    Macro("host_named", (_URI,), "The host of an address in small letters; null where there is none."),
    Macro("outlet_key", (("name", "A name."),), "A name of an outlet as the table `outlets` has it."),
    Macro(
        "outlet_named",
        (
            ("publisher", "The site's own name."),
            ("uri", "Where it was captured."),
            ("canonical", "The address that the page gives itself."),
            ("place", "`captures.outlet`."),
        ),
        "The outlet of a capture before `outlets` is asked: the site's own name, else the host, else the folder.",
    ),
)
