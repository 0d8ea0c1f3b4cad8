"""The registry of extractors."""

from __future__ import annotations

from flows.extract.registry import EXTRACTORS, MEDIA_TYPES
from flows.versions import READERS


def test_every_reader_has_a_version_and_every_media_type_a_reader() -> None:
    assert sorted(READERS) == sorted(each.name for each in EXTRACTORS)
    assert set(MEDIA_TYPES.values()) == set(READERS)
    assert all(callable(each.reader()) for each in EXTRACTORS)
