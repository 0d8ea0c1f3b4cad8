"""Planted newspapers in English and Russian: what was planted is found, and nothing else."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from tests.flows.match.corpus import Piece
from tests.flows.match.running import matched
from tests.makers.make_planted import FIRST_DAY, Corpus


@pytest.mark.parametrize("language", ["en", "ru"])
def test_what_was_planted_is_found(tmp_path: Path, language: str) -> None:
    corpus = Corpus(language, 220, 5)
    corpus.fill()
    pieces, told = [], {}
    for number, file in enumerate(corpus.files):
        name = f"f{number}"
        pieces.append(Piece(name, file.text, f"paper{file.outlet}", (file.day - FIRST_DAY).days))
        letters: dict[str, int] = {}
        for story, _, start, end in file.spans:
            letters[story] = letters.get(story, 0) + sum(map(str.isalnum, file.text[start:end]))
        told[name] = {story for story, count in letters.items() if count >= 60}
    archive = matched(tmp_path, pieces)
    for (left, right), relations in archive.relations().items():
        if relations & {"reprint", "excerpt", "quote"} and left != right:
            assert told[left] & told[right], (left, right)
    together = {pair for story in archive.stories() for pair in combinations(sorted(story), 2)}
    alike = {(a, b) for a, b in combinations(sorted(told), 2) if told[a] & told[b]}
    assert len(alike & together) >= 0.97 * len(alike)
    assert len(together - alike) <= 0.03 * len(together)
    forms = {f"f{n}" for n, file in enumerate(corpus.files) if file.template}
    assert not any(set(pair) <= forms for pair in together - alike)
    copies = [f"f{n}" for n, file in enumerate(corpus.files) if file.copies]
    assert all("self-copy" in archive.relations().get((name, name), set()) for name in copies)


def test_the_same_seed_writes_the_same_files(tmp_path: Path) -> None:
    from tests.makers.make_planted import planted

    for name in ("one", "two"):
        planted(tmp_path / name, "en", 40, 3)
    files = [sorted((tmp_path / name).rglob("*")) for name in ("one", "two")]
    assert [p.relative_to(tmp_path / "one") for p in files[0]] == [p.relative_to(tmp_path / "two") for p in files[1]]
    assert all(a.is_dir() or a.read_bytes() == b.read_bytes() for a, b in zip(*files, strict=True))
