"""revisions: articles that came of reading old bytes anew."""

from schemas.columns import ARTICLE_ID, RUN_ID
from schemas.table import Table

REVISIONS = Table(
    name="revisions",
    grain="article that another reading of the same bytes brought",
    doc="Articles that came after their bytes: a new version of a stage, or other hints, gave a text that was not "
    "there before. `new_since` counts them from that run on. History, and so not part of the digests.",
    columns=(ARTICLE_ID, RUN_ID.named("run_id", "The run that brought it.")),
    key=("article_id",),
    derived=False,
)
