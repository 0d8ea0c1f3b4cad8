"""story_aliases: ids that stories had before."""

from schemas.columns import STORY_ID, instant
from schemas.table import Table

STORY_ALIASES = Table(
    name="story_aliases",
    grain="id that a story once had",
    doc="An earlier carrier that arrives late changes a story's id; every id that was ever published still resolves. "
    "History, and so not part of the digests.",
    columns=(
        STORY_ID.named("alias_id", "The id that was published once."),
        STORY_ID.named("story_id", "The story that carries its text now."),
        instant("replaced_at", "When the id was replaced."),
    ),
    key=("alias_id",),
    derived=False,
)
