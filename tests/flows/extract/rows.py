"""A reading as plain rows, to compare with what is kept in tests/golden."""

from __future__ import annotations

from typing import Any

from flows.extract.reading import Reading


def rows(reading: Reading) -> dict[str, Any]:
    """What a reading says: its metadata, but for what is absent, and kind, article and text of its blocks."""
    said = {
        "page_kind": reading.page_kind,
        "charset_used": reading.charset_used,
        "title": reading.title,
        "authors": reading.authors,
        "publisher": reading.publisher,
        "origin": reading.origin,
        "published_at": reading.published_at.isoformat() if reading.published_at else None,
        "published_precision": reading.published_precision,
        "modified_at": reading.modified_at.isoformat() if reading.modified_at else None,
        "language": reading.language,
        "canonical_uri": reading.canonical_uri,
        "original_uri": reading.original_uri,
        "archived_uris": reading.archived_uris,
        "tags": reading.tags,
    }
    return {key: value for key, value in said.items() if value not in (None, [])} | {
        "blocks": [[block.kind, block.article, block.text] for block in reading.blocks]
    }
