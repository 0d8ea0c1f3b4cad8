"""A fault in one text, pair, witness or outlet: the rest is as if that were not there, and the fault is told."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flows.match import furniture, furniture_rows, pairs, publish, segment, stage
from flows.match.isolate import cleared, halved
from flows.match.stories import witness
from tests.flows.match.corpus import Piece, planted, sentences
from tests.flows.match.running import Archive, batches, matched

MARK = "龘"
CULPRIT = "culprit"


def _pieces() -> list[Piece]:
    """Stories, an outlet with furniture, and a late witness of a story that has a letter which no other article has."""
    rng = random.Random("isolation")
    told, foot = sentences(rng, 12), "".join(sentences(rng, 6))
    pieces = planted(5, stories=2, size=5).pieces
    pieces += [Piece(f"foot{n}", "".join(sentences(rng, 6)) + foot, "zeta", n) for n in range(12)]
    pieces += [Piece(f"told{n}", "".join(told), f"o{n}", n) for n in range(3)]
    pieces.append(Piece(CULPRIT, "".join([*told[:4], f"另有{MARK}之说。", *told[5:]]), "eta", 70))
    rng.shuffle(pieces)
    return pieces


PIECES = _pieces()
CLEAN = [replace(piece, text="") if piece.name == CULPRIT else piece for piece in PIECES]
IDENTITY = next(piece.article_id for piece in PIECES if piece.name == CULPRIT)


class PlantedError(Exception):
    """Thrown by the tests."""


def _marked(codes: Any) -> bool:
    return bool((np.asarray(codes) == ord(MARK)).any())


def _number(archive: Any) -> int:
    """The number of the culprit among living articles."""
    found = np.flatnonzero((archive.article_id == IDENTITY.encode()) & archive.alive)
    return int(found[0]) if len(found) else -1


def _letters(store: Any, number: int) -> Any:
    """The letters of an article; none of one that is not there."""
    return store.codes(number) if number >= 0 else []


def _rows_have(archive: Any, *tables: Any) -> bool:
    number = _number(archive)
    return any(bool((table[side] == number).any()) for table in tables for side in ("left", "right"))


Given = tuple[Any, ...]
Place = tuple[Any, str, Callable[[Given], bool]]

# Where a text or a pair is at work, or the whole archive, so that the article is left out: the rest is as if it
# were empty.
PLACES: dict[str, Place] = {
    "folding": (segment, "fold_rows", lambda given: any(MARK in text for text in given[0].to_pylist())),
    "fingerprints": (segment, "winnow", lambda given: _marked(given[0])),
    "gathering": (
        pairs,
        "gather",
        lambda given: any(_marked(given[1].texts(np.array([n]))[0]) for n in given[2].tolist()),
    ),
    "aligning": (pairs, "align", lambda given: _marked(given[0].codes_all)),
    "forms": (pairs, "forms", lambda given: any(_marked(given[0].texts(np.array([n]))[0]) for n in given[2].tolist())),
    "pairing": (stage, "work", lambda given: _marked(_letters(given[2], _number(given[1].archive)))),
    "remarking": (stage, "remarked", lambda given: _marked(_letters(given[1], _number(given[0])))),
    "links": (stage, "update_spans", lambda given: _rows_have(given[3], given[1])),
    "witnesses": (stage, "witnesses", lambda given: bool((given[0]["article"] == _number(given[2])).any())),
    "rows": (publish, "alignments", lambda given: _rows_have(given[0], given[4])),
    "stories": (publish, "_as_witnesses", lambda given: bool((given[2]["article"] == _number(given[0])).any())),
}
# Where a witness is compared with its leader: it is a witness all the same, without variants.
COMPARING: dict[str, Place] = {
    "laying out": (
        witness,
        "_laid_out",
        lambda given: any(_marked(given[0].texts(np.array([n]))[0]) for n in given[2].tolist()),
    ),
    "end to end": (witness, "end_to_end", lambda given: any(map(_marked, given[0]))),
    "collating": (witness, "collate", lambda given: _marked(given[0].raw)),
    "left out": (witness, "left_out", lambda given: _marked(given[0].raw)),
    "telling": (witness, "_collation", lambda given: _marked(given[1].raw)),
}
# Where an outlet's furniture is sought.
OUTLETS: dict[str, Place] = {
    "counting afresh": (furniture, "_recounted", lambda given: str(given[0].outlets[given[2]]) == "zeta"),
    "passages": (furniture_rows, "_passages", lambda given: len(given[0].outlet) > 0),
    "comparing": (furniture_rows, "_compared", lambda given: len(given[1]) > 0),
}


@pytest.fixture
def plant(monkeypatch: pytest.MonkeyPatch) -> Callable[[Place], None]:
    def planted_at(place: Place) -> None:
        module, name, concerns = place
        former = getattr(module, name)

        def faulty(*given: Any, **more: Any) -> Any:
            if concerns(given):
                raise PlantedError("a fault was planted")
            return former(*given, **more)

        monkeypatch.setattr(module, name, faulty)

    return planted_at


def _told(archive: Archive) -> list[tuple[str, ...]]:
    assert all(row["stage"] == "match" and "PlantedError" in row["traceback"] for row in archive.faults)
    assert all(row["message"].endswith("PlantedError: a fault was planted") for row in archive.faults)
    return sorted((row["message"], *row["article_ids"]) for row in archive.faults)


def _in_parts(folder: Path, seed: int) -> Archive:
    archive = Archive(folder)
    for part in batches(PIECES, 4, seed):
        archive.feed(part)
    return archive


@pytest.mark.parametrize("name", PLACES)
def test_the_rest_is_as_if_the_article_were_empty(
    tmp_path: Path, name: str, plant: Callable[[Place], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = matched(tmp_path / "clean", CLEAN).digest()
    sound = matched(tmp_path / "sound", PIECES).digest()
    assert expected != sound
    plant(PLACES[name])
    archive = matched(tmp_path / "whole", PIECES)
    assert archive.digest() == expected
    assert _told(archive)
    assert all(IDENTITY in row["article_ids"] for row in archive.faults)
    parts = _in_parts(tmp_path / "parts", 1)
    assert parts.digest() == expected
    assert _told(parts) == _told(archive)
    # What does not touch it leaves it told, and what changes it makes it tried again.
    parts.feed([Piece("other", "".join(sentences(random.Random(9), 9)), "o9", 3)])
    assert _told(parts) == _told(archive)
    monkeypatch.undo()
    (culprit,) = [piece for piece in PIECES if piece.name == CULPRIT]
    parts.feed([replace(culprit, captures=2)])
    assert parts.faults == []
    parts.feed([culprit], removed=[piece for piece in parts.pieces.values() if piece.name == "other"])
    assert parts.digest() == sound


@pytest.mark.parametrize("name", COMPARING)
def test_a_witness_that_cannot_be_compared_has_no_variants_and_the_others_theirs(
    tmp_path: Path, name: str, plant: Callable[[Place], None]
) -> None:
    def without(digest: dict[str, list[tuple[Any, ...]]]) -> dict[str, list[tuple[Any, ...]]]:
        # Its coverage may be told otherwise.
        return {
            table: [tuple(v for v in row if not (isinstance(v, float) and IDENTITY in row)) for row in rows]
            for table, rows in digest.items()
        }

    sound = matched(tmp_path / "sound", PIECES)
    lost = sound.variants(CULPRIT)
    assert lost
    plant(COMPARING[name])
    archive = matched(tmp_path / "whole", PIECES)
    assert archive.variants(CULPRIT) == []
    expected, found = without(sound.digest()), without(archive.digest())
    expected["variants"] = [row for row in expected["variants"] if IDENTITY not in row]
    assert found == expected
    assert [row["article_ids"][1] for row in archive.faults] == [IDENTITY]
    parts = _in_parts(tmp_path / "parts", 2)
    assert parts.digest() == archive.digest()
    assert _told(parts) == _told(archive)


@pytest.mark.parametrize("name", OUTLETS)
def test_an_outlet_whose_furniture_cannot_be_told_has_none_and_the_stories_of_others_stay(
    tmp_path: Path, name: str, plant: Callable[[Place], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = matched(tmp_path / "sound", PIECES)
    plant(OUTLETS[name])
    archive = matched(tmp_path / "whole", PIECES)
    assert ["outlet zeta" in row["message"] for row in archive.faults] == [True]
    assert "furniture" not in set().union(*archive.relations().values())
    others = [story for story in archive.stories() if not any(name.startswith("foot") for name in story)]
    assert others == sound.stories()
    parts = _in_parts(tmp_path / "parts", 3)
    assert parts.digest() == archive.digest()
    monkeypatch.undo()
    parts.feed([replace(piece, captures=2) for piece in PIECES if piece.name == "foot1"])
    assert parts.faults == []
    parts.feed([piece for piece in PIECES if piece.name == "foot1"])
    assert parts.digest() == sound.digest()


def test_what_fails_whatever_is_left_out_is_raised(tmp_path: Path, plant: Callable[[Place], None]) -> None:
    plant((stage, "witnesses", lambda given: True))
    with pytest.raises(PlantedError):
        matched(tmp_path, PIECES)


def test_a_disk_that_fails_is_no_fault_of_an_article(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pairs, "align", full)
    with pytest.raises(OSError, match="No space left"):
        matched(tmp_path, PIECES)


@pytest.mark.parametrize("bad", [set(), {0}, {6}, {2, 3}, set(range(7))])
def test_halving_finds_those_that_raise_and_keeps_the_order(bad: set[int]) -> None:
    def work(start: int, stop: int) -> list[int]:
        if bad & set(range(start, stop)):
            raise PlantedError
        return list(range(start, stop))

    told: list[int] = []
    found = [each for part in halved(work, 0, 7, lambda place, _: told.append(place)) for each in part]
    assert found == [each for each in range(7) if each not in bad]
    assert told == sorted(bad)


def test_clearing_leaves_out_as_few_as_it_takes() -> None:
    names = [f"n{number:02}" for number in range(40)]

    def work(left_out: frozenset[str]) -> None:
        # Two that are faulty together, and one that is by itself.
        if not {"n03", "n30"} & left_out or "n17" not in left_out:
            raise PlantedError

    found = {each.articles[0] for each in cleared(work, names, PlantedError())}
    assert "n17" in found
    assert len(found) == 2
    work(frozenset(found))
