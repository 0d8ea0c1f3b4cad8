"""A small limit of memory makes the matcher take less in hand, and changes nothing in the result."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from flows.match import pairs
from flows.match.align import buckets
from flows.match.align.candidates import Postings, earliest, pair_up
from flows.match.memory import Limits, bytes_of, limits
from tests.flows.match.corpus import planted
from tests.flows.match.running import Archive


def test_amounts_of_memory() -> None:
    assert bytes_of("2GB") == 2_000_000_000
    assert bytes_of(" 1.5 MiB ") == 3 << 19
    assert bytes_of("512kb") == bytes_of("512 K") == bytes_of("512 kilobytes") == 512_000
    assert 0 < bytes_of("50%") < bytes_of("100%")
    for wrong in ("", "much", "2 parsecs", "-1GB"):
        with pytest.raises(ValueError, match="no amount of memory"):
            bytes_of(wrong)


def test_less_memory_means_less_in_hand() -> None:
    assert limits(None) == limits("100GB") == limits("-1") == limits("none") == Limits()
    small, large = limits("100MB"), limits("400MB")
    assert small.letters < large.letters
    assert small.postings < large.postings
    assert small.witnesses < large.witnesses
    assert limits("0MB").letters > 0


def test_a_small_limit_gives_the_same_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = planted(21, stories=4, size=10).pieces
    spilled = []
    real = pairs.Spill

    def counted(folder: Path, articles: int, parts: int) -> buckets.Spill:
        spilled.append(parts)
        return real(folder, articles, parts)

    monkeypatch.setattr(pairs, "Spill", counted)
    digests = []
    for limit in (None, "1KB"):
        archive = Archive(tmp_path / str(limit))
        for part in (pieces[:30], pieces[30:50], pieces[50:]):
            archive.feed(part, memory_limit=limit)
            assert not (archive.state / ".tmp" / "seeds").exists()
        if limit is None:
            assert not spilled
        digests.append(archive.digest())
    assert max(spilled) > 2
    assert digests[0] == digests[1]
    assert all(digests[0].values())


@pytest.mark.parametrize("parts", [1, 2, 7])
def test_pairs_through_files_are_those_found_in_memory(tmp_path: Path, parts: int) -> None:
    rng = np.random.default_rng(parts)
    article = np.sort(rng.integers(0, 40, 6000)).astype(np.int32)
    position = np.concatenate([np.sort(rng.choice(4000, n, replace=False)) for n in np.bincount(article)])
    postings = Postings(article, position.astype(np.int32), rng.integers(0, 300, 6000).astype(np.uint64))
    whole = pair_up(postings, earliest(postings))
    spill = buckets.Spill(tmp_path / "seeds", 40, parts)
    for number in range(4):
        some = postings.take(postings.hash % np.uint64(4) == number)
        spill.add(some, earliest(some))
    joined = spill.pairs()
    assert whole.near.any()
    for name in ("later", "earlier", "near"):
        assert getattr(joined, name).tolist() == getattr(whole, name).tolist()
