"""Independent readers vote on which blocks are the article."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flows.extract.web import marks
from flows.extract.web.blocks import Cut
from flows.extract.web.features import Features
from flows.extract.web.others import DEEPEST, LARGEST, MOST_BLOCKS, READERS, blocks_of
from flows.extract.web.whole import copies, mend

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

AGREED = 0.8
"""Share of characters in common below which the other readers are asked: for one page in twenty of the gold."""
VOICE = 1.0
"""What another reader's voice adds to the log odds of a block that it keeps, and takes from the others."""
WORTH = 200
"""Where no reader keeps as many characters, they are not."""
PRIOR = -0.2
"""Added to the log odds: the table was trained on pages that all hold an article."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which blocks are the article, and how far the readers agreed (0 to 1; None where only one read)."""

    kept: Mask
    agreement: float | None


def overlap(left: Mask, right: Mask, chars: Array) -> float:
    """Twice the characters in both over the characters in either: 1 where two readers kept the same."""
    both = float(chars[left].sum() + chars[right].sum())
    return 2 * float(chars[left & right].sum()) / both if both else 1.0


def densest(cut: Cut, features: Features) -> Mask:
    """The unlinked blocks of the frame that gathers most running text."""
    kept = np.zeros(len(cut.texts), dtype=bool)
    if features.centre >= 0:
        frame = cut.all_frames[features.centre]
        kept[frame.first : frame.last] = features.linked[frame.first : frame.last] < 0.5
    return kept


def likeliest(odds: Array, chars: Array) -> Mask:
    """The blocks to keep so that the expected F1 over characters is highest.

    They are all those above one probability, which is half the F1 that can be hoped for (Lipton, Elkan and
    Naryanaswamy, "Optimal thresholding of classifiers to maximize F1 measure", 2014): a page that is hard to read
    keeps its doubtful blocks. `odds` are log odds.
    """
    chance = 1 / (1 + np.exp(-np.clip(odds + PRIOR, -30, 30)))
    expected = chance * chars
    order = np.argsort(-chance, kind="stable")
    gain = np.cumsum(expected[order]) / np.maximum(np.cumsum(chars[order]) + expected.sum(), 1e-9)
    if not len(gain) or gain.max() <= 0:
        return np.zeros(len(odds), dtype=bool)
    kept: Mask = chance >= chance[order[int(np.argmax(gain))]]
    return kept


def vote(cut: Cut, features: Features, odds: Array, markup: str) -> Verdict:
    """The verdict on a page; `odds` is the model's log odds for each block, `markup` the page.

    Two cheap readers, the model and the densest frame, read every page, and the model decides. Where they keep
    different texts, other readers speak for the blocks that they keep and against the rest. Copies out of sight of what
    can be seen are marked in `features` as no text.
    """
    features.marks[copies(cut, features)] |= marks.CONTROL
    readable = features.marks & (marks.CONTROL | marks.BELOW) == 0
    if features.headline >= 0:
        readable[features.headline] = False
    chars = np.where(readable, features.chars, 0.0)
    kept = mend(cut, features, likeliest(odds, chars) & readable, odds)
    voices = [densest(cut, features) & readable]
    agreement = overlap(kept, voices[0], chars)
    large = len(markup) > LARGEST or len(cut.texts) > MOST_BLOCKS or cut.deepest > DEEPEST
    if agreement >= AGREED or large or max(float(chars[k].sum()) for k in (kept, *voices)) < WORTH:
        return Verdict(kept, agreement)
    for read in READERS:
        voices.append(blocks_of(read, markup, cut.texts) & readable)
        odds = odds + np.where(voices[-1], VOICE, -VOICE)
    kept = mend(cut, features, likeliest(odds, chars) & readable, odds)
    return Verdict(kept, float(np.mean([overlap(kept, voice, chars) for voice in voices])))
