"""The pages of the room, each a function of what is asked."""

from __future__ import annotations

from collections.abc import Callable

from flows.room.desk import Desk
from flows.room.pages import article, original, outlets, page, provenance, search, sources, sql, story, today
from flows.room.shown import Asked, Found

PAGES: tuple[tuple[str, Callable[[Desk, Asked], Found]], ...] = (
    ("/search", search.page),
    ("/article/{id}", article.page),
    ("/original/{id}", original.page),
    ("/media/{id}", original.media),
    ("/payload/{id}", original.payload),
    ("/stories", story.listing),
    ("/story/{id}", story.page),
    ("/story/{id}/collation", story.collation),
    ("/story/{id}/tei.xml", story.tei_file),
    ("/story/{id}/graph.graphml", story.graph_file),
    ("/page", page.page),
    ("/today", today.page),
    ("/outlets", outlets.page),
    ("/sources", sources.page),
    ("/sql", sql.page),
    ("/provenance/{id}", provenance.page),
)
"""Every address, with the page that is there."""
