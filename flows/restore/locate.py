"""Where a fragment of a page stands in the text of a witness, in folded letters."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

_HAN_FROM = "\u2e80"
_PROBE, _ALPHABET_PROBE = 8, 16
"""Letters of a run that is looked up; an alphabet says less in each."""
_DRIFT = 30
"""Letters by which a copy may be longer or shorter up to a probe, and still be the same copy."""
_EDGE_REACH = 8
_EDGE_DISTANCE = 0.34
"""Share of the letters before the first probe, or after the last, that may differ."""


@dataclass(frozen=True, slots=True)
class Location:
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


@lru_cache(maxsize=4096)
def is_alphabetic(letters: str) -> bool:
    """Whether a text is in a script of words rather than of Han letters."""
    return bool(letters) and sorted(letters)[len(letters) // 2] < _HAN_FROM


def locate(letters: str, witness: str) -> Location | None:
    """The place of a fragment in a witness, both folded; None where it has none, or more than one.

    A fragment that stands there letter for letter is found at once; one of less than two runs must. Else runs that do
    not overlap are looked up; those that the witness has once vote for a diagonal (seed and extend, as in FASTA,
    Pearson and Lipman 1988).
    """
    start = witness.find(letters) if letters else -1
    once = start >= 0 and witness.find(letters, start + 1) < 0
    if once and len(letters) >= _ALPHABET_PROBE // 2:
        return Location(start, start + len(letters), 0, 0, 1.0)
    if len(letters) < 2 * _PROBE and not once:
        return None
    size = _ALPHABET_PROBE if is_alphabetic(letters) else _PROBE
    if len(letters) < 2 * size:
        return Location(start, start + len(letters), 0, 0, 1.0) if once and len(letters) >= size // 2 else None
    votes = []
    last = len(letters) - size
    for offset in (*range(0, last, size), last):
        probe = letters[offset : offset + size]
        at = witness.find(probe)
        if at >= 0 and witness.find(probe, at + 1) < 0:
            votes.append((at - offset, offset))
    votes = _largest(sorted(votes))
    if not votes:
        return None
    first, final = min(votes, key=lambda vote: vote[1]), max(votes, key=lambda vote: vote[1])
    start, head = _before(letters, witness, first[1], sum(first))
    ahead = _before(letters[::-1], witness[::-1], len(letters) - final[1] - size, len(witness) - sum(final) - size)
    end, tail = len(witness) - ahead[0], ahead[1]
    if end - start < size:
        return None
    alike = Levenshtein.normalized_similarity(letters[head : len(letters) - tail], witness[start:end])
    return Location(start, end, head, tail, alike)


def _largest(votes: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Most of the sorted (diagonal, offset) votes that lie within the drift of each other; the first where two are."""
    best: list[tuple[int, int]] = []
    for number, (diagonal, _) in enumerate(votes):
        near = votes[number : bisect_left(votes, (diagonal + _DRIFT + 1, 0))]
        if len(near) > len(best):
            best = near
    return best


def _before(letters: str, witness: str, offset: int, at: int) -> tuple[int, int]:
    """From a probe that stands at `offset` of the fragment and at `at` of the witness: where the fragment begins in the
    witness, and how many of its first letters are not there."""
    part = letters[:offset]
    best: tuple[float, int, int] | None = None
    for shift in range(-_EDGE_REACH, _EDGE_REACH + 1):
        start = at - offset + shift
        if 0 <= start <= at:
            told = (Levenshtein.distance(part, witness[start:at]), abs(shift), start)
            best = told if best is None or told < best else best
    if best is not None and best[0] <= _EDGE_DISTANCE * len(part):
        start, head = best[2], 0
        # Letters at the very end that differ are no part of the copy: a jump line, a dateline.
        while start < at and head < offset and part[head] != witness[start]:
            start, head = start + 1, head + 1
        return start, head
    same = 0
    while same < min(offset, at) and part[offset - 1 - same] == witness[at - 1 - same]:
        same += 1
    return at - same, offset - same
