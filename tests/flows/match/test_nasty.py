"""Inputs that must cost no more than their share, and make no false story."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from flows.match.align import pair as align_module
from flows.match.stories import witness as witness_module
from tests.flows.match.corpus import Piece, noisy, sentence, sentences
from tests.flows.match.running import Archive, matched

pytestmark = pytest.mark.timeout(300)
"""Each takes seconds; where the work grows with the square of the input, the test is ended."""


def test_one_character_a_million_times(tmp_path: Path) -> None:
    rng = random.Random(1)
    told = "".join(sentences(rng, 15))
    pieces = [Piece(f"m{n}", char * 1_000_000, f"o{n}", n) for n, char in enumerate("啊啊a的")]
    pieces += [Piece("periodic", "天地玄黄" * 250_000, "p", 3), Piece("other", "天地黄玄" * 250_000, "q", 4)]
    pieces += [Piece("a", told, "a", 1), Piece("b", told, "b", 2)]
    archive = Archive(tmp_path)
    archive.feed(pieces)
    assert archive.stories() == [{"a", "b"}]


def test_ten_thousand_copies_of_one_article(tmp_path: Path) -> None:
    told = "".join(sentences(random.Random(2), 12))
    pieces = [Piece(f"copy{n}", told + f" {n}", f"o{n % 2000}", n % 900) for n in range(10_000)]
    archive = Archive(tmp_path)
    archive.feed(pieces)
    stories = archive.stories()
    assert len(stories) == 1
    assert len(stories[0]) == 10_000
    assert len(archive.rows["alignments"]) <= 8 * 10_000
    assert sum(row["leader"] for row in archive.rows["stories"].values()) == 1


@pytest.mark.slow
def test_two_articles_of_two_megabytes_that_differ_in_one_character_of_twenty(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    letters = rng.integers(0x4E00, 0x9000, 700_000).astype(np.uint32)
    other = letters.copy()
    changed = np.arange(10, len(other), 20)
    other[changed] = rng.integers(0x4E00, 0x9000, len(changed))
    texts = [each.tobytes().decode("utf-32-le") for each in (letters, other)]
    archive = Archive(tmp_path)
    archive.feed([Piece(f"long{n}", text, f"o{n}", n) for n, text in enumerate(texts)])
    assert archive.stories() == [{"long0", "long1"}]
    (row,) = archive.rows["alignments"].values()
    assert row["relation"] == "reprint"
    assert 0.94 < row["similarity"] < 0.96
    variants = archive.variants("long1")
    assert abs(len(variants) - len(changed)) < len(changed) * 0.02


def test_articles_of_furniture_only_and_empty_ones_make_no_story(tmp_path: Path) -> None:
    rng = random.Random(4)
    foot = "".join(sentences(rng, 10))
    pieces = [Piece(f"news{n}", "".join(sentences(rng, 8)) + foot, "one", n) for n in range(15)]
    pieces += [Piece(f"bare{n}", foot, "one", n) for n in range(5)]
    pieces += [Piece(f"empty{n}", text, "two", n) for n, text in enumerate(["", " \n", "。，！", "", "短"])]
    archive = matched(tmp_path, pieces)
    assert archive.stories() == []
    assert not {"reprint", "excerpt", "quote"} & set().union(*archive.relations().values(), set())


def test_private_and_unassigned_code_points(tmp_path: Path) -> None:
    rng = random.Random(5)
    told = sentences(rng, 14)
    strange = "\ue000\U000f1234\u0378\U0003fffd\ufdd0"
    pieces = [
        Piece("plain", "".join(told), "a", 0),
        Piece("strange", strange.join(told), "b", 1),
        Piece("only", strange * 500, "c", 2),
        Piece("only too", strange * 500, "d", 3),
    ]
    archive = matched(tmp_path, pieces)
    assert archive.stories() == [{"plain", "strange"}]


def test_a_thousand_witnesses_cost_a_thousand_comparisons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(6)
    told = sentences(rng, 10)
    compared = []
    pairs: list[tuple[int, int]] = []
    original, original_align = witness_module._one, align_module.align

    def counted(*arguments: object) -> object:
        compared.append(arguments)
        return original(*arguments)  # type: ignore[arg-type]

    def counted_align(articles: object, left: np.ndarray, right: np.ndarray, workers: int = 1, **more: bool) -> object:
        pairs.extend(zip(left.tolist(), right.tolist(), strict=True))
        return original_align(articles, left, right, workers, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(witness_module, "_one", counted)
    monkeypatch.setattr("flows.match.pairs.align", counted_align)
    monkeypatch.setattr("flows.match.stories.witness.align", counted_align)
    pieces = []
    for number in range(1000):
        text = "".join(told[:8] if number % 3 else told)
        pieces.append(Piece(f"w{number}", text, f"o{number % 200}", number % 300))
    archive = matched(tmp_path, pieces)
    assert len(archive.stories()[0]) == 1000
    assert len(compared) == 999
    assert len(pairs) <= 2 * 8 * 1000


def test_an_article_that_its_outlet_ran_many_times_is_a_story_and_no_furniture(tmp_path: Path) -> None:
    rng = random.Random(7)
    told = "".join(sentences(rng, 12))
    brief, foot = "".join(sentences(rng, 3)), "".join(sentences(rng, 3))
    pieces = [Piece(f"same{n}", told + f" {n}", "one", n) for n in range(14)]
    pieces += [Piece(f"brief{n}", brief, "one", n) for n in range(14)]
    noise = [noisy(rng, told, 0.03) for _ in range(14)]
    expected = [{f"{name}{n}" for name in ("same", "noisy") for n in range(14)}, {f"brief{n}" for n in range(14)}]
    plain = [Piece(f"noisy{n}", text, "two", n) for n, text in enumerate(noise)]
    assert matched(tmp_path / "plain", [*pieces, *plain]).stories() == expected
    # A foot under them is furniture where it stands under enough texts of their own too, and joins none of those.
    footed = [Piece(f"noisy{n}", text + foot, "two", n) for n, text in enumerate(noise)]
    news = [Piece(f"news{n}", sentence(rng) + foot, "two", n) for n in range(12)]
    bare = [Piece(f"bare{n}", foot, "two", n) for n in range(4)]
    assert matched(tmp_path / "footed", [*pieces, *footed, *news, *bare]).stories() == expected


def test_stubs_that_are_a_headline_over_the_same_notice_make_no_story(tmp_path: Path) -> None:
    rng = random.Random(8)
    notice = "".join(sentences(rng, 5))
    stubs = [Piece(f"stub{n}", sentence(rng, words=9) + "\n" + notice, "one", n) for n in range(20)]
    archive = matched(tmp_path, stubs)
    assert archive.stories() == []
    assert set().union(*archive.relations().values()) == {"furniture"}
