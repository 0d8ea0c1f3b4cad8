"""The registry of extractors."""

from __future__ import annotations

from importlib import import_module

import pytest

from flows.extract.registry import EXTRACTORS, Extractor


@pytest.mark.parametrize("extractor", EXTRACTORS, ids=lambda each: each.name)
def test_versions_are_those_of_the_readers(extractor: Extractor) -> None:
    assert extractor.version == import_module(extractor.module).VERSION
