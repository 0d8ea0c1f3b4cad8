"""Pages with longer articles, made of the gold's: most of these are short news, and pages of today are not."""

from __future__ import annotations

import numpy as np

from flows.extract.web.blocks import Cut, Frames

LINE = 30
"""Shorter blocks do not tell where an article is."""
MOSTLY = 0.6
"""What is repeated holds as great a share of the article."""


def lengthen(cut: Cut, labels: np.ndarray, headline: int, times: int) -> tuple[Cut, np.ndarray] | None:
    """A page on which the part that holds the article stands `times` times, one after another.

    With it come the old numbers of its blocks. `labels` are the shares of the blocks that are gold. None where the
    article is not in one part of the page.
    """
    sizes = np.array([len(text) for text in cut.texts])
    gold = [int(i) for i in np.flatnonzero((labels >= 0.5) & (sizes >= LINE)) if i != headline]
    around = _around(cut, gold)
    if len(gold) < 2 or around is None:
        return None
    start, stop = gold[0], gold[-1] + 1
    frames = cut.all_frames
    for child in np.flatnonzero((frames.above == around) & (frames.first < frames.last)).tolist():
        first, last = int(frames.first[child]), int(frames.last[child])
        start = first if first <= start < last else start
        stop = last if first < stop <= last else stop
    if sizes[start:stop][labels[start:stop] >= 0.5].sum() < MOSTLY * sizes[start:stop].sum():
        return None
    inside = (start <= frames.first) & (frames.first < frames.last) & (frames.last <= stop)
    held = np.flatnonzero(inside[around + 1 :]) + around + 1
    if not len(held):
        return None
    return _repeat(cut, (start, stop), (int(held[0]), int(held[-1]) + 1), times)


def _around(cut: Cut, blocks: list[int]) -> int | None:
    """The innermost element around all of some blocks that is no paragraph of one of them."""
    tags, above = cut.all_frames.tags, cut.all_frames.above.tolist()
    common: list[int] | None = None
    for i in blocks:
        at = int(cut.holders[i])
        chain = [] if tags[at] in ("p", "li", "h2", "h3") else [at]
        while above[at] >= 0:
            at = above[at]
            chain.append(at)
        common = chain if common is None else [frame for frame in common if frame in chain]
    return common[0] if common else None


def _turns(size: int, part: tuple[int, int], times: int) -> tuple[np.ndarray, np.ndarray]:
    """The numbers of `size` things of which a part stands `times` times, and in which repetition each is.

    What comes behind the part is in the last.
    """
    first, last = part
    old = [*range(last), *list(range(first, last)) * (times - 1), *range(last, size)]
    turn = np.concatenate(
        [np.zeros(last), np.repeat(np.arange(1, times), last - first), np.full(size - last, times - 1)]
    )
    return np.array(old), turn.astype(np.int64)


def _repeat(cut: Cut, blocks: tuple[int, int], frames: tuple[int, int], times: int) -> tuple[Cut, np.ndarray]:
    """Blocks, and the elements that hold nothing but them, several times over."""
    (start, stop), (first, last) = blocks, frames
    step, width = stop - start, last - first
    whole = cut.all_frames
    which, turn = _turns(len(whole), frames, times)
    above, end = whole.above[which], whole.last[which] + turn * step
    end[(which < first) & (whole.last[which] >= stop)] += (times - 1) * step  # what is around the part grows with it
    made = Frames(
        *([column[i] for i in which] for column in (whole.tags, whole.names, whole.bits, whole.inherited)),
        above=above + np.where(above >= first, turn * width, 0),
        element=whole.element[which],
        depth=whole.depth[which],
        wide={place: whole.wide[i] for place, i in enumerate(which.tolist()) if i in whole.wide},
        first=whole.first[which] + turn * step,
        last=end,
    )
    old, turn = _turns(len(cut.texts), blocks, times)
    holders = cut.holders[old]
    out = Cut(
        texts=[cut.texts[i] for i in old],
        holders=holders + np.where(holders >= first, turn * width, 0),
        links=cut.links[old],
        bold=cut.bold[old],
        breaks=cut.breaks[old],
        all_frames=made,
    )
    return out, old
