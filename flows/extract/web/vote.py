"""Independent readers vote on which blocks are the article."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flows.extract.web import marks
from flows.extract.web.blocks import Cut
from flows.extract.web.features import Features

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which blocks are the article, and how far the readers agreed (0 to 1; None where only one read)."""

    kept: Mask
    agreement: float | None


def overlap(left: Mask, right: Mask, chars: NDArray[np.float64]) -> float:
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


def vote(cut: Cut, features: Features, score: NDArray[np.float64], text: str) -> Verdict:
    """The verdict on a page; `score` is the model's log odds for each block, `text` the markup."""
    hidden = np.fromiter((bool(f.inherited & marks.HIDDEN) for f in cut.frames), dtype=bool, count=len(cut.frames))
    kept = (score > 0) & ~hidden if (score[~hidden] > 0).any() else score > 0
    if features.headline >= 0:
        kept[features.headline] = False
    return Verdict(kept, overlap(kept, densest(cut, features), features.chars))
