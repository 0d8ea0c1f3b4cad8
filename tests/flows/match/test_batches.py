"""The tables are a function of the archive: not of batches, order, time of arrival or workers."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.match.stage import StateMissingError, match, prune
from tests.flows.match.corpus import Piece, as_input, bulletin, planted, sentences
from tests.flows.match.running import Archive, batches, matched


def _archive_of(seed: int) -> list[Piece]:
    """Stories, bulletins and an outlet whose imprint becomes furniture as it grows."""
    rng = random.Random(f"batches {seed}")
    pieces = planted(seed, stories=3, size=10).pieces
    foot = "".join(sentences(rng, 6))
    pieces += [Piece(f"foot{n}", "".join(sentences(rng, 6)) + foot, "zeta", n) for n in range(14)]
    pieces += [Piece(f"form{n}", bulletin(rng) + foot, "zeta", n) for n in range(6)]
    rng.shuffle(pieces)
    return pieces


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("count", [3, 17])
def test_batches_and_their_order_change_nothing(tmp_path: Path, seed: int, count: int) -> None:
    pieces = _archive_of(seed)
    whole = matched(tmp_path / "whole", pieces).digest()
    assert all(whole.values())
    parts = list(batches(pieces, count))
    for name, order in (("forwards", parts), ("backwards", parts[::-1])):
        archive = Archive(tmp_path / name)
        for part in order:
            archive.feed(part)
        assert archive.digest() == whole


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_history_that_ends_in_one_archive_gives_its_tables(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    pieces = _archive_of(3)
    final = matched(tmp_path_factory.mktemp("whole"), pieces).digest()
    archive = Archive(tmp_path_factory.mktemp("parts"))
    order = data.draw(st.permutations(pieces))
    doomed = [Piece(f"doomed{n}", piece.text, "doom", n) for n, piece in enumerate(order[:6])]
    moved = [replace(piece, day=(piece.day or 0) - 40, outlet="elsewhere") for piece in order[6:12]]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(order)), min_size=1, max_size=4)))
    archive.feed([*moved, *doomed])
    for start, end in zip([0, *cuts], [*cuts, len(order)], strict=True):
        archive.feed(order[start:end])
    archive.feed([], removed=doomed)
    assert archive.digest() == final


def test_workers_and_memory_change_nothing(tmp_path: Path) -> None:
    pieces = _archive_of(4)
    one = Archive(tmp_path / "one")
    one.feed(pieces)
    other = Archive(tmp_path / "other")
    other.feed(pieces, workers=2, memory_limit="1GB")
    assert one.digest() == other.digest()


def test_the_same_articles_again_change_nothing(tmp_path: Path) -> None:
    pieces = _archive_of(5)
    archive = matched(tmp_path, pieces)
    change = archive.feed(pieces[:20])
    for name in ("alignments", "stories", "variants", "story_aliases"):
        assert getattr(change, name).add.num_rows == 0
        assert getattr(change, name).remove.num_rows == 0


def test_an_earlier_carrier_takes_the_story_over_and_the_old_id_still_resolves(tmp_path: Path) -> None:
    rng = random.Random(31)
    told = "".join(sentences(rng, 15))
    archive = matched(tmp_path, [Piece(name, told, name, day) for name, day in (("b", 5), ("c", 6))])
    ids = []
    for name, day in (("a", 4), ("z", 1), ("y", 0)):
        ids.append(next(iter(archive.rows["stories"].values()))["story_id"])
        archive.feed([Piece(name, told, name, day)])
    now = next(iter(archive.rows["stories"].values()))["story_id"]
    resolved = {row["alias_id"]: row["story_id"] for row in archive.rows["story_aliases"].values()}
    assert resolved == dict.fromkeys(ids, now)
    archive.feed([], removed=[archive.pieces[name] for name in "azy"])
    back = next(iter(archive.rows["stories"].values()))["story_id"]
    assert back == ids[0]
    resolved = {row["alias_id"]: row["story_id"] for row in archive.rows["story_aliases"].values()}
    assert resolved == dict.fromkeys([*ids[1:], now], back)


def _misread(text: str, phase: int) -> str:
    """The text with every fourth of its first 60 characters read wrong."""
    return "".join("龘" if n < 60 and n % 4 == phase else char for n, char in enumerate(text))


def test_a_part_of_a_story_that_moves_leaves_what_is_known_of_the_other_part(tmp_path: Path) -> None:
    # Two misread the same lines in other places; only a third, which is clean, shows that these are of the story.
    rng = random.Random(41)
    one, two, between = ("".join(sentences(rng, 12)) for _ in range(3))
    pieces = [
        Piece("leader", _misread(one, 0) + two, "a", 0),
        Piece("copy", _misread(one, 0) + two, "d", 1),
        Piece("witness", _misread(one, 2) + between * 2 + two, "b", 5),
        Piece("clean", one, "c", 2),
    ]
    whole = matched(tmp_path / "whole", pieces)
    archive = Archive(tmp_path / "parts")
    archive.feed(pieces[:3])
    before = set(archive.rows["stories"])
    archive.feed(pieces[3:])
    moved = before - set(archive.rows["stories"])
    assert len(moved) == 1
    assert {story for story, *_ in moved} == {story for story, *_ in before}
    assert archive.digest() == whole.digest()


def test_a_witness_with_another_date_is_not_compared_anew_while_its_spans_are_the_same(tmp_path: Path) -> None:
    rng = random.Random(43)
    told = "".join(sentences(rng, 12))
    pieces = [Piece(name, _misread(told, phase), name, phase) for phase, name in enumerate("abc")]
    archive = matched(tmp_path / "parts", pieces)
    later = replace(pieces[2], day=9)
    change = archive.feed([later])
    assert change.stories.add.num_rows == change.variants.add.num_rows == 0
    # With another leader it is.
    earlier = replace(pieces[1], day=-1)
    assert archive.feed([earlier]).variants.add.num_rows > 0
    assert archive.digest() == matched(tmp_path / "whole", [pieces[0], earlier, later]).digest()


def test_a_text_that_changed_under_its_id_is_matched_anew(tmp_path: Path) -> None:
    rng = random.Random(37)
    one, two = ("".join(sentences(rng, 12)) for _ in range(2))
    archive = matched(tmp_path / "a", [Piece("x", one, "a", 0), Piece("y", one, "b", 1), Piece("z", two, "c", 2)])
    assert archive.stories() == [{"x", "y"}]
    archive.feed([Piece("y", two, "b", 1)])
    assert archive.stories() == [{"y", "z"}]


def test_a_state_that_is_gone_is_said_and_pruning_keeps_the_one_named(tmp_path: Path) -> None:
    pieces = _archive_of(6)
    archive = Archive(tmp_path)
    archive.feed(pieces[:30])
    first = archive.generation
    archive.feed(pieces[30:])
    prune(archive.shelf, archive.generation)
    with pytest.raises(StateMissingError):
        match(as_input(pieces[:1]), None, archive.shelf, previous=first)
    whole = matched(tmp_path / "again", pieces).digest()
    assert archive.digest() == whole
    archive.feed([replace(pieces[0], day=500)])
    prune(archive.shelf, None)
    assert not any(path.name.startswith(("generation-", "segment-", "variants-")) for path in tmp_path.iterdir())


def test_a_run_that_died_half_way_leaves_the_last_generation_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.match import stage

    pieces = _archive_of(7)
    archive = Archive(tmp_path)
    archive.feed(pieces[:30])

    def dies(*_: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(stage, "save", dies)
        with pytest.raises(OSError, match="no space left"):
            match(as_input(pieces[30:]), None, archive.shelf, previous=archive.generation)
    archive.feed(pieces[30:])
    assert archive.digest() == matched(tmp_path / "whole", pieces).digest()
