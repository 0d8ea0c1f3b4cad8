"""restorations: articles put together again by what their witnesses prove."""

import pyarrow as pa

from schemas.columns import ARTICLE_ID, PASSAGE_ID, STORY_ID, STRINGS, offset
from schemas.table import Check, Column, Table
from schemas.tables.alignments import ALIGNMENTS

CHANGES = ("kept", "reordered", "moved", "gap")
PROVEN = ("article", "order", "join", "gap")
GAP_MARK = "[…]"
"""What stands in a restored text where the page lacks something."""

_EVIDENCE = ", ".join(ALIGNMENTS.key)

RESTORATIONS = Table(
    name="restorations",
    grain="fragment of a restored article, or gap in it",
    doc="Articles of text pages whose order, paragraphs or gaps a witness of the same story proves to be other than "
    "the page alone shows: all their fragments, in restored order. Articles that nothing changes have no rows. "
    "Nothing is rewritten: `articles` and `passages` stay as the page was read.",
    columns=(
        ARTICLE_ID.named("article_id", "The article that is restored."),
        Column("place", pa.int32(), "Place of the fragment in the restored article, counted from 0.", 4),
        PASSAGE_ID.named("passage_id", "The fragment; null for a gap.", nullable=True),
        Column(
            "change",
            pa.string(),
            "What was done: `kept` after what it stood after, `reordered`, `moved` here from another article or from "
            "the page's own text, or a `gap`: text that the witness has where this page breaks off.",
            "moved",
            values=CHANGES,
        ),
        ARTICLE_ID.named(
            "from_article_id",
            "The article that the page alone put a moved fragment in; null for the page's own.",
            nullable=True,
        ),
        offset("restored_start", "Start in the restored text.", 1447),
        offset(
            "restored_end",
            "End in the restored text, where a gap is marked by `[…]`. A space goes after a fragment where that parts "
            "its last word from the next fragment, which goes on in it: then the span has one character more.",
            1488,
        ),
        Column(
            "joined",
            pa.bool_(),
            "True where it goes on in the paragraph of the fragment before it; otherwise a line feed parts the two.",
            True,
        ),
        Column(
            "proves",
            STRINGS,
            "What the witness proves of it: `article`, that it belongs here; `order`, that it follows on the fragment "
            "before it; `join`, that both are one paragraph; `gap`, what is missing.",
            ["article", "order", "join"],
        ),
        STORY_ID.named("story_id", "Evidence: the story that both carry.", nullable=True),
        ARTICLE_ID.named("witness_article_id", "Evidence: the witness.", nullable=True),
        offset("witness_start", "Start of the fragment, or of what is missing, in the witness's text.", nullable=True),
        offset("witness_end", "End of the fragment, or of what is missing, in the witness's text.", nullable=True),
        *(
            ALIGNMENTS.column(name).named(name, f"Evidence: `{name}` of the row in `alignments`.", nullable=True)
            for name in ALIGNMENTS.key
        ),
    ),
    key=("article_id", "place"),
    checks=(
        Check(
            "fragments_are_of_the_page",
            "A fragment is a passage of the article's own document, and a gap is none.",
            "SELECT r.article_id, r.place FROM restorations r LEFT JOIN passages p USING (passage_id) "
            "LEFT JOIN articles a ON a.article_id = r.article_id "
            "WHERE (r.change = 'gap') <> (r.passage_id IS NULL) "
            "OR (r.passage_id IS NOT NULL AND p.document_id IS DISTINCT FROM a.document_id)",
        ),
        Check(
            "no_fragment_twice",
            "No passage is a fragment of two articles, or twice of one.",
            "SELECT passage_id FROM restorations WHERE passage_id IS NOT NULL GROUP BY passage_id HAVING count(*) > 1",
        ),
        Check(
            "places_follow",
            "The fragments of an article follow on each other: places from 0, spans parted by a line feed or nothing.",
            "SELECT article_id, place FROM (SELECT *, row_number() OVER w - 1 AS nth, "
            "coalesce(lag(restored_end) OVER w + CASE WHEN joined THEN 0 ELSE 1 END, 0) AS due "
            "FROM restorations WINDOW w AS (PARTITION BY article_id ORDER BY place)) "
            "WHERE place <> nth OR restored_start <> due OR restored_end <= restored_start",
        ),
        Check(
            "evidence_is_there",
            "What is changed or proven has a witness, and its alignment and story are rows of their tables.",
            "SELECT r.article_id, r.place FROM restorations r "
            f"LEFT JOIN (SELECT {_EVIDENCE}, true AS aligned FROM alignments) USING ({_EVIDENCE}) "
            "LEFT JOIN (SELECT DISTINCT story_id, article_id AS witness_article_id, true AS carried FROM stories) "
            "USING (story_id, witness_article_id) "
            "WHERE ((r.change IN ('moved', 'gap') OR len(r.proves) > 0) AND r.witness_article_id IS NULL) "
            "OR (r.witness_article_id IS NOT NULL AND aligned IS NULL) OR (r.story_id IS NOT NULL AND carried IS NULL)",
        ),
        Check(
            "witness_has_it",
            "The witness's span lies in its text.",
            "SELECT r.article_id, r.place FROM restorations r "
            "LEFT JOIN articles a ON a.article_id = r.witness_article_id "
            "WHERE r.witness_article_id IS NOT NULL AND (a.chars IS NULL OR r.witness_start IS NULL "
            "OR r.witness_end IS NULL OR r.witness_start < 0 OR r.witness_end <= r.witness_start "
            "OR r.witness_end > a.chars)",
        ),
    ),
)
