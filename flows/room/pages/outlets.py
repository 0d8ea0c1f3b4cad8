"""Outlets: who prints what and when, who takes from whom; and one outlet by itself."""

from __future__ import annotations

from flows.room.desk import Desk
from flows.room.shown import Asked, Shown
from schemas.render.sql import literal
from warehouse.catalogue import rows

_EACH = """
SELECT outlet, count(*) AS articles, min(published_on) AS first, max(published_on) AS last
FROM (SELECT unnest(outlets) AS outlet, published_on FROM article_dates)
WHERE $outlet IS NULL OR outlet = $outlet
GROUP BY outlet ORDER BY articles DESC, outlet LIMIT 500
"""
_MONTHS = """
SELECT date_trunc('month', published_on)::DATE AS month, count(*) AS articles
FROM (SELECT unnest(outlets) AS outlet, published_on FROM article_dates)
WHERE published_on IS NOT NULL AND ($outlet IS NULL OR outlet = $outlet)
GROUP BY month ORDER BY month
"""
_TAKEN = """
SELECT "from", "to", articles, reprints, excerpts, quotes, median_delay FROM reprints
WHERE articles > 0 AND "from" <> '' AND "to" <> '' AND ($outlet IS NULL OR "from" = $outlet OR "to" = $outlet)
ORDER BY articles DESC, "from", "to" LIMIT 300
"""
_LATEST = """
SELECT a.article_id, plain_headline(a.headline, d.title) AS headline, w.published_on
FROM article_dates AS w JOIN articles AS a USING (article_id) JOIN documents AS d ON d.document_id = a.document_id
WHERE list_contains(w.outlets, $outlet)
ORDER BY w.published_on DESC NULLS LAST, a.article_id LIMIT 50
"""


def page(desk: Desk, asked: Asked) -> Shown:
    outlet = asked.one("outlet")
    with desk.reading() as con:
        asking = {"outlet": outlet}
        each = rows(con, _EACH, asking)
        months = [(row["month"], int(row["articles"])) for row in rows(con, _MONTHS, asking)]
        taken = rows(con, _TAKEN, asking)
        latest = rows(con, _LATEST, asking) if outlet else []
    where = f'WHERE {literal(outlet)} IN ("from", "to")\n' if outlet else ""
    return Shown(
        "outlets",
        outlet or "",
        {
            "outlet": outlet,
            "each": each,
            "months": months,
            "taken": taken,
            "latest": latest,
            "edges": [(row["from"], row["to"], int(row["articles"])) for row in taken],
        },
        f'FROM reprints\n{where}ORDER BY articles DESC, "from", "to"',
        taken if taken else each,
        {"outlets": each, "reprints": taken, "months": [{"month": month, "articles": n} for month, n in months]},
        "outlets",
    )
