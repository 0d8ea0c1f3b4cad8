"""Every view and function of the catalogue, described once: comments, dictionary and tests follow from here."""

from schemas.tables.search import INDEX
from schemas.view import Macro, View
from schemas.views import articles, pages, stories
from schemas.views.macros import MACROS

VIEWS: tuple[View, ...] = (
    *articles.VIEWS,
    *stories.VIEWS,
    *pages.VIEWS,
    *(View(each.name, each.grain, each.doc, each.columns) for each in INDEX),
)

__all__ = ["MACROS", "VIEWS", "Macro", "View"]
