"""How Chinese letters follow each other: what tells a cut paragraph's next line from the start of another paragraph.

The table `letters.txt` holds shares counted by `tests/makers/make_letters.py`; what it leaves out backs off to
the share of the single letter (Katz's scheme without discounting).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

_EVEN = str.maketrans(
    {**dict.fromkeys("0123456789", "#"), ",": "，", "；": ";", "：": ":", "！": "!", "？": "?", "（": "(", "）": ")"}
)
_GROUP = re.compile(r"(\d+)([^ ]+)")
_RARE = 2.0**-22
_RARE_START = 2.0**-17


@dataclass(slots=True)
class _Letter:
    """One letter's shares, all as probabilities."""

    share: float
    start: float
    after: dict[str, float] = field(default_factory=dict)
    first: dict[str, float] = field(default_factory=dict)
    rest: float = 1.0
    """What a follower's own share is multiplied by where the pair is not in the table."""
    first_rest: float = 1.0


def folded(text: str) -> str:
    """A text as the table knows it: every digit is #, punctuation is of one width."""
    return text.translate(_EVEN)


@cache
def _table() -> dict[str, _Letter]:
    out: dict[str, _Letter] = {}
    lines = files("flows.segment").joinpath("letters.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        if line.startswith("# "):
            continue
        letter, share, start, after, first = line.split("\t")
        out[letter] = _Letter(_share(share), _share(start) if start else _RARE_START, _shares(after), _shares(first))
    for known in out.values():
        known.rest = _rest(known.after, {c: out[c].share for c in known.after})
        known.first_rest = _rest(known.first, {c: known.after.get(c, out[c].share * known.rest) for c in known.first})
    return out


def _share(half_bits: str) -> float:
    return float(2.0 ** (-int(half_bits) / 2))


def _shares(groups: str) -> dict[str, float]:
    return {letter: _share(bits) for bits, letters in _GROUP.findall(groups) for letter in letters}


def _rest(known: dict[str, float], expected: dict[str, float]) -> float:
    """How much of their expected share the letters that the table does not name have together."""
    return max(0.05, 1 - sum(known.values())) / max(0.05, 1 - sum(expected.values()))


def tie(before: str, text: str) -> float:
    """How much likelier the first letter of a text is after the last letter of another than anywhere (log ratio)."""
    last, first = folded(before[-1]), folded(text[0])
    return math.log(_following(last, first) / _alone(first))


def pair(text: str) -> float:
    """The share of two letters in this order among all pairs."""
    first, second = folded(text[0]), folded(text[1])
    return _alone(first) * _following(first, second)


def start(text: str) -> float:
    """How much likelier a text's first two letters are at the start of a paragraph than elsewhere (log ratio)."""
    first, second = folded(text[0]), folded(text[1:2] or "。")
    known = _table().get(first)
    begins = known.start if known else _RARE_START
    then = (
        (known.first.get(second) or known.first_rest * _following(first, second))
        if known
        else _following(first, second)
    )
    return math.log(begins / _alone(first)) + math.log(then / _following(first, second))


def _alone(letter: str) -> float:
    known = _table().get(letter)
    return known.share if known else _RARE


def _following(before: str, letter: str) -> float:
    """Share of a letter among those that follow another."""
    known = _table().get(before)
    if known is None:
        return _alone(letter)
    return known.after.get(letter) or known.rest * _alone(letter)
