"""Two texts side by side: the passages they share and where they read differently."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flows.match.align.agree import agreed, blocks, ordered
from flows.match.align.pair import Articles, align
from flows.match.collate.differences import Differences, collate
from flows.match.collate.printed import Text, one_article
from flows.match.fold import fold_with_offsets
from flows.match.winnow import winnow
from schemas.tables.variants import VARIANT_CLASSES, VARIANT_KINDS


@dataclass(frozen=True)
class Shared:
    """A passage that two texts share: spans in code points, letters in common, likeness from 0 to 1."""

    left_start: int
    left_end: int
    right_start: int
    right_end: int
    matched_chars: int
    similarity: float


@dataclass(frozen=True)
class Variant:
    """A place inside a shared passage where the two texts differ."""

    left_start: int
    left_end: int
    right_start: int
    right_end: int
    left_text: str
    right_text: str
    kind: str
    reading: str


def as_text(printed: str) -> Text:
    """A text with its folded letters."""
    return one_article(printed, *fold_with_offsets(printed))


def _articles(texts: list[Text]) -> Articles:
    codes = np.concatenate([np.frombuffer(text.letters.encode("utf-32-le"), np.uint32) for text in texts])
    bounds = np.concatenate([[0], np.cumsum([len(text.letters) for text in texts])]).astype(np.int64)
    posting_bounds, position, hashes = winnow(codes, bounds)
    return Articles(codes, codes, bounds, position, hashes, posting_bounds)


def side_by_side(left: str, right: str) -> tuple[list[Shared], list[Variant]]:
    """The passages that two texts share, in the order of the left one, and the variants inside them."""
    texts = [as_text(left), as_text(right)]
    spans = align(_articles(texts), np.array([0]), np.array([1]))
    table = np.stack(
        [spans.left_start, spans.left_end, spans.right_start, spans.right_end, spans.matched], axis=1
    ).astype(np.int64)
    shared, variants = [], []
    for number in ordered(table):
        start, end, other, other_end, matched = table[number].tolist()
        printed = [
            (int(text.origin[a]), int(text.origin[b - 1]) + 1)
            for text, a, b in zip(texts, (start, other), (end, other_end), strict=True)
        ]
        similarity = 1 - int(spans.distance[number]) / max(end - start, other_end - other)
        shared.append(Shared(*printed[0], *printed[1], matched, similarity))
        found = blocks(texts[0].letters[start:end], texts[1].letters[other:other_end])
        variants += _variants(left, right, collate(texts[0], texts[1], agreed([found], [start], [other])))
    return shared, sorted(variants, key=lambda v: (v.left_start, v.right_start))


def _variants(left: str, right: str, part: Differences) -> list[Variant]:
    return [
        Variant(a, b, c, d, left[a:b], right[c:d], VARIANT_KINDS[kind], VARIANT_CLASSES[reading])
        for (a, b, c, d), kind, reading in zip(
            part.spans.tolist(), part.kind.tolist(), part.reading.tolist(), strict=True
        )
    ]
