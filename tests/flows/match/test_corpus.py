"""The real corpus in batches: the tables are the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.flows.match.corpus import Piece
from tests.flows.match.running import Archive, batches, matched

ARTICLES = 900
PARAGRAPH = 400


def _pieces(shared: Path) -> list[Piece]:
    """Items of broadcasts as articles, every fifth also cut down by a second outlet; and texts in markdown."""
    pieces: list[Piece] = []
    for day, path in enumerate(sorted((shared / "corpus/xwlb-json").glob("*.json"))):
        for item in json.loads(path.read_text("utf-8")).get("videoList") or []:
            content = (item.get("video_detail") or {}).get("content")
            if not content:
                continue
            name = f"item{len(pieces)}"
            pieces.append(Piece(name, content, "broadcast", day))
            if len(pieces) % 5 == 0:
                pieces.append(Piece(f"{name} cut", content[: max(PARAGRAPH, len(content) // 2)], "copier", day + 1))
            if len(pieces) >= ARTICLES:
                break
        if len(pieces) >= ARTICLES:
            break
    for number, path in enumerate(sorted((shared / "corpus/terminus2049").rglob("*.md"))[:60]):
        pieces.append(Piece(f"text{number}", path.read_text("utf-8", "replace"), "terminus", None))
    return pieces


@pytest.mark.corpus
@pytest.mark.slow
def test_the_corpus_in_one_three_and_seventeen_batches(shared: Path, tmp_path: Path) -> None:
    pieces = _pieces(shared)
    assert len(pieces) > ARTICLES // 2
    whole = matched(tmp_path / "whole", pieces).digest()
    assert all(whole.values())
    for count in (3, 17):
        parts = list(batches(pieces, count))
        for name, order in (("forwards", parts), ("backwards", parts[::-1])):
            archive = Archive(tmp_path / f"{count} {name}")
            for part in order:
                archive.feed(part)
            assert archive.digest() == whole, (count, name)
