"""Where the fragments of a page stand in the text of a witness, in folded letters."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from flows.restore.grams import SEVERAL, Grams, hashed

_HAN_FROM = "\u2e80"
_PROBE, _ALPHABET_PROBE = 8, 16
"""Letters of a run that is looked up; an alphabet says less in each."""
_DRIFT = 30
"""Letters by which a copy may be longer or shorter up to a probe, and still be the same copy."""
_EDGE_REACH = 8
_SHIFTS = sorted(range(-_EDGE_REACH, _EDGE_REACH + 1), key=abs)
_EDGE_DISTANCE = 0.34
"""Share of the letters before the first probe, or after the last, that may differ."""

_FAR = 1 << 60
_Vote = tuple[int, int]
"""The diagonal that a run votes for, which is its place in the witness less its offset in the fragment; its offset."""


class Location(NamedTuple):
    """A fragment's span in the witness's letters. `head` and `tail` count letters of the fragment at its ends that the
    witness lacks there; `alike` is the Levenshtein similarity of the rest, from 0 to 1."""

    start: int
    end: int
    head: int
    tail: int
    alike: float

    @property
    def length(self) -> int:
        return self.end - self.start

    def overlap(self, other: Location) -> int:
        """Letters of the witness that both stand on."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))


def alphabetic(letters: Sequence[str]) -> NDArray[np.bool_]:
    """Whether each text is in a script of words rather than of Han letters: most of its letters are."""
    lengths = np.array([len(each) for each in letters], np.int64)
    codes = np.frombuffer("".join(letters).encode("utf-32-le"), np.uint32)
    small = np.append(0, np.cumsum(codes < ord(_HAN_FROM)))
    ends = np.cumsum(lengths)
    told: NDArray[np.bool_] = small[ends] - small[ends - lengths] > lengths // 2
    return told


@dataclass(frozen=True, slots=True)
class _Probes:
    """Fragments that are looked up by runs of one size. The runs of fragment i are those from `starts[i]` on, by where
    they stand in it (`offsets`) and what they are (`hashes`)."""

    size: int
    numbers: list[int]
    letters: list[str]
    starts: NDArray[np.int64]
    offsets: NDArray[np.int64]
    hashes: NDArray[np.uint64]

    @classmethod
    def of(cls, size: int, numbers: list[int], letters: list[str]) -> _Probes:
        """Runs that do not overlap, but for the last; the first of a fragment of less than two."""
        lengths = np.array([len(each) for each in letters], np.int64)
        last = np.where(lengths < 2 * size, 0, lengths - size)
        counts = -(-last // size) + 1
        starts = np.cumsum(counts) - counts
        place = np.arange(counts.sum()) - np.repeat(starts, counts)
        offsets = np.minimum(place * size, np.repeat(last, counts))
        hashes = hashed("".join(letters), size)[np.repeat(np.cumsum(lengths) - lengths, counts) + offsets]
        return cls(size, numbers, letters, starts, offsets, hashes)

    def places(self, witness: Grams) -> Iterator[tuple[int, Location]]:
        """The fragments that have a place in a witness."""
        hits = witness.find(self.size, self.hashes)
        diagonals = hits - self.offsets
        voting, runs = hits >= 0, np.arange(len(hits))
        least = np.minimum.reduceat(np.where(voting, diagonals, _FAR), self.starts)
        most = np.maximum.reduceat(np.where(voting, diagonals, -_FAR), self.starts)
        first = np.minimum.reduceat(np.where(voting, runs, _FAR), self.starts).tolist()
        final = np.maximum.reduceat(np.where(voting, runs, -1), self.starts).tolist()
        agreed = (most - least <= _DRIFT).tolist()
        votes = list(zip(diagonals.tolist(), self.offsets.tolist(), strict=True))
        for at, start in enumerate(hits[self.starts].tolist()):
            letters = self.letters[at]
            if start == SEVERAL:
                start = _once(letters, witness.letters)
            if start >= 0 and witness.letters.startswith(letters, start):
                yield self.numbers[at], Location(start, start + len(letters), 0, 0, 1.0)
            elif final[at] >= 0 and len(letters) >= 2 * self.size:
                pair = votes[first[at]], votes[final[at]]
                if not agreed[at]:
                    pair = _majority([votes[n] for n in range(first[at], final[at] + 1) if voting[n]])
                if place := _stretched(*pair, letters, witness, self.size):
                    yield self.numbers[at], place


class Fragments:
    """Fragments of a page by their numbers, folded, to be looked up in one witness after another."""

    def __init__(self, numbers: Sequence[int], letters: Sequence[str]) -> None:
        self._probes = []
        self._short = []
        kinds = alphabetic(letters).tolist()
        for size, wanted in ((_PROBE, False), (_ALPHABET_PROBE, True)):
            mine = [at for at, kind in enumerate(kinds) if kind == wanted]
            self._short += [(numbers[at], letters[at]) for at in mine if size // 2 <= len(letters[at]) < size]
            if mine := [at for at in mine if len(letters[at]) >= size]:
                self._probes.append(_Probes.of(size, [numbers[at] for at in mine], [letters[at] for at in mine]))

    def places(self, witness: Grams) -> dict[int, Location]:
        """The places of the fragments in a witness, by number; one that has none, or more than one, is not there.

        A fragment that stands there letter for letter is found at once; one of less than two runs must. Else runs that
        do not overlap are looked up; those that the witness has once vote for a diagonal (seed and extend, as in FASTA,
        Pearson and Lipman 1988).
        """
        found = {number: place for probes in self._probes for number, place in probes.places(witness)}
        for number, letters in self._short:
            start = _once(letters, witness.letters)
            if start >= 0:
                found[number] = Location(start, start + len(letters), 0, 0, 1.0)
        return found


def may_stand(letters: str, witness: str) -> bool:
    """Whether there is anything by which a fragment could be found in a witness, be it here or beside a neighbour."""
    length = len(letters)
    if length < _PROBE:
        return bool(letters) and letters in witness
    offsets = (*range(0, length - _PROBE, _PROBE), max(0, length - _ALPHABET_PROBE), length - _PROBE)
    return any(letters[offset : offset + _PROBE] in witness for offset in offsets)


def _once(letters: str, witness: str) -> int:
    """Where a witness has some letters; -1 if nowhere, or more than once."""
    start = witness.find(letters)
    return start if start >= 0 and witness.find(letters, start + 1) < 0 else -1


def _stretched(first: _Vote, last: _Vote, letters: str, witness: Grams, size: int) -> Location | None:
    """The place of a fragment whose first and last runs that are found vote so."""
    start, head = _before(letters, witness.letters, first[1], sum(first))
    stop = last[1] + size
    end, tail = last[0] + len(letters), 0
    if not witness.letters.startswith(letters[stop:], last[0] + stop):
        length = len(witness.letters)
        ahead, tail = _before(letters[::-1], witness.backwards, len(letters) - stop, length - last[0] - stop)
        end = length - ahead
    if end - start < size:
        return None
    alike = Levenshtein.normalized_similarity(letters[head : len(letters) - tail], witness.letters[start:end])
    return Location(start, end, head, tail, alike)


def _majority(votes: list[_Vote]) -> tuple[_Vote, _Vote]:
    """The first and the last in the fragment of most of the votes that lie within the drift of each other; of those of
    the smaller diagonals where two are as many."""
    votes = sorted(votes)
    best: list[_Vote] = []
    for number, (diagonal, _) in enumerate(votes):
        near = votes[number : bisect_left(votes, (diagonal + _DRIFT + 1, 0))]
        if len(near) > len(best):
            best = near
    return min(best, key=_offset), max(best, key=_offset)


def _offset(vote: _Vote) -> int:
    return vote[1]


def _before(letters: str, witness: str, offset: int, at: int) -> tuple[int, int]:
    """From a probe that stands at `offset` of the fragment and at `at` of the witness: where the fragment begins in the
    witness, and how many of its first letters are not there."""
    part = letters[:offset]
    if at >= offset and witness.startswith(part, at - offset):
        return at - offset, 0
    # Texts whose lengths differ by n differ in n letters at least, so those nearest in length come first.
    most = int(_EDGE_DISTANCE * offset)
    least, start = most + 1, at
    for shift in _SHIFTS:
        if abs(shift) >= least:
            break
        if 0 <= at - offset + shift <= at:
            told = Levenshtein.distance(part, witness[at - offset + shift : at], score_cutoff=least - 1)
            if told < least:
                least, start = told, at - offset + shift
    if least <= most:
        head = 0
        # Letters at the very end that differ are no part of the copy: a jump line, a dateline.
        while start < at and head < offset and part[head] != witness[start]:
            start, head = start + 1, head + 1
        return start, head
    same = 0
    while same < min(offset, at) and part[offset - 1 - same] == witness[at - 1 - same]:
        same += 1
    return at - same, offset - same
