"""outlets: other names of outlets, as the archivist lists them."""

from schemas.columns import text
from schemas.table import Check, Table

OUTLETS = Table(
    name="outlets",
    grain="name of an outlet",
    doc="Names that stand for one outlet, from `outlets.toml` in the warehouse's folder. The views and the matching go "
    "by it; what pages say themselves stays in `documents` and `captures`.",
    columns=(
        text(
            "alias",
            "A name of a site, a host or a folder, in small letters, as `outlet_key` gives it.",
            "江口新闻网",
        ),
        text("outlet", "The outlet that it is a name of.", "江口晚报"),
    ),
    key=("alias",),
    checks=(
        Check(
            "an_outlet_is_no_alias",
            "What an alias stands for stands for itself.",
            "SELECT o.alias FROM outlets o JOIN outlets p ON p.alias = lower(nfc_normalize(trim(o.outlet))) "
            "WHERE p.outlet <> o.outlet",
        ),
    ),
)
