"""Where a witness of a story reads differently from its leader.

The folded letters are aligned first (Levenshtein, per aligned span); between two letters that agree everything printed
is compared, so that a comma or a character in another script is a variant too. Every variant is the smallest run of
whole tokens that differs (`tokens`): a word, a number, an ideograph, a mark. White space alone is layout, no reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flows.match.align.agree import Agreed
from flows.match.align.candidates import Ints
from flows.match.collate.classes import WORDING, classes
from flows.match.collate.letters import Letters, key, letters_of
from flows.match.collate.parting import parted, same_but_for_width
from flows.match.collate.plain import plain_readings
from flows.match.collate.printed import WHITE, Text
from flows.match.collate.tokens import Flags
from flows.match.collate.trim import trimmed
from flows.match.collate.widen import Places, joined, whole_part, widened
from schemas.tables.variants import VARIANT_CLASSES, VARIANT_KINDS

MOVED = 40
"""Letters between a deletion and an insertion of the same text that make a transposition of them."""
LEFT_OUT = 8
"""Letters of the leader beyond a witness's text that count as left out."""
REST = 20
"""Letters of the leader's article beyond its span that count as text: fewer are an imprint or a signature."""
NEAR = 60
"""Letters of the leader's article, at most, before a witness that has it from the beginning on, or after one that has
it to the end: headlines, bylines and imprints differ."""
HEADLINE = 100
"""Characters of the longest headline that is looked for above a text whose beginning is left out."""
SUBSTITUTION, INSERTION, DELETION, TRANSPOSITION = (
    VARIANT_KINDS.index(kind) for kind in ("substitution", "insertion", "deletion", "transposition")
)
PUNCTUATION, ORTHOGRAPHY = VARIANT_CLASSES.index("punctuation"), VARIANT_CLASSES.index("orthography")


@dataclass(frozen=True)
class Differences:
    """Variants: a row each of `spans` (start and end in the leader's print, start and end in the witness's), and the
    places of kind and class in VARIANT_KINDS and VARIANT_CLASSES, and the runs of letters that they are in."""

    spans: Ints
    kind: Ints
    reading: Ints
    run: Ints


def joint(parts: Sequence[Differences]) -> Differences:
    """Variants one after another."""
    none = np.zeros(0, np.int64)
    return Differences(
        np.concatenate([none.reshape(0, 4), *(part.spans for part in parts)]),
        np.concatenate([none, *(part.kind for part in parts)]),
        np.concatenate([none, *(part.reading for part in parts)]),
        np.concatenate([none, *(part.run for part in parts)]),
    )


def _kinds(spans: Ints) -> Ints:
    """The kinds of variants that have no white space round them."""
    empty = spans[:, 0] == spans[:, 1]
    return np.where(empty, INSERTION, np.where(spans[:, 2] == spans[:, 3], DELETION, SUBSTITUTION))


def _spans(*columns: Ints) -> Ints:
    return np.stack(columns, axis=1)


def _other_marks(leader: Text, witness: Text, spans: Ints, run: Ints) -> Differences:
    """Variants of one punctuation mark against one other."""
    same = same_but_for_width(leader.raw[spans[:, 0]], witness.raw[spans[:, 2]])
    kinds = np.full(len(spans), SUBSTITUTION)
    return Differences(spans, kinds, np.where(same, ORTHOGRAPHY, PUNCTUATION), run)


def _with_moves(leader: Text, witness: Text, spans: Ints, kinds: Ints, run: Ints) -> tuple[Ints, Ints, Flags]:
    """Make one transposition of a deletion and an insertion of the same text close by.

    Returns spans, kinds, and which of them are left.
    """
    ends = spans[:, 1::2] - spans[:, ::2]
    turned = (kinds[1:] == INSERTION) & (kinds[:-1] == DELETION) & (ends[:-1, 0] == ends[1:, 1])
    turned |= (kinds[1:] == DELETION) & (kinds[:-1] == INSERTION) & (ends[:-1, 1] == ends[1:, 0])
    turned &= (run[1:] == run[:-1]) & (ends[1:].sum(axis=1) >= 2) & (spans[1:, 0] - spans[:-1, 1] <= MOVED)
    kept = np.ones(len(spans), np.bool_)
    spans, kinds = spans.copy(), kinds.copy()
    for place in (np.flatnonzero(turned) + 1).tolist():
        gone, come = (place - 1, place) if kinds[place] == INSERTION else (place, place - 1)
        lost, new = slice(*spans[gone, :2].tolist()), slice(*spans[come, 2:].tolist())
        if kinds[place - 1] != TRANSPOSITION and leader.printed[lost] == witness.printed[new]:
            spans[place, ::2] = spans[place - 1, ::2]
            kinds[place], kept[place - 1] = TRANSPOSITION, False
    return spans, kinds, kept


def _other_letters(leader: Text, witness: Text, letters: Letters) -> tuple[Ints, Ints, Flags]:
    """Letters that agree in another form, side by side ones together: first and last letter, and whether they are part
    of a token or of a character that folds to several letters."""
    one, two = letters.one, letters.two
    place = letters.counted(np.flatnonzero(leader.raw[one] != witness.raw[two]))
    # Letters that follow one another in a run, and those of one character.
    several = (letters.run[1:] == letters.run[:-1]) & ((one[1:] == one[:-1]) | (two[1:] == two[:-1]))
    several = np.concatenate([[False], several, [False]])
    held = leader.held[one[place]] | witness.held[two[place]] | several[place] | several[place + 1]
    # They are one variant where nothing stands between them.
    near, last = place[1:], place[:-1]
    close = (near == last + 1) & (held[1:] == held[:-1]) & (one[near] - one[last] <= 1) & (two[near] - two[last] <= 1)
    close[close] = letters.inner[last[close]]
    opens = np.concatenate([[True], ~close])[: len(place)]
    closes = np.concatenate([~close, [True]])[: len(place)]
    return place[opens], place[closes], held[opens]


def _unlike_between(leader: Text, witness: Text, letters: Letters) -> Ints:
    """The letters between which and the next one of their block the two print otherwise, white space apart."""
    one, two = letters.one, letters.two
    at = np.flatnonzero(letters.inner & ((one[1:] - one[:-1] > 1) | (two[1:] - two[:-1] > 1)))
    start, end, other, other_end = one[at] + 1, one[at + 1], two[at] + 1, two[at + 1]
    # Mostly it is one mark, the same on both sides.
    unlike = (end - start != 1) | (other_end - other != 1) | (leader.raw[end - 1] != witness.raw[other_end - 1])
    at, start, end, other, other_end = (each[unlike] for each in (at, start, end, other, other_end))
    result: Ints = at[leader.ink(start, end) != witness.ink(other, other_end)]
    return result


def _gaps(letters: Letters, gap: Ints) -> Ints:
    """What stands after the letters `gap` and before the next; the characters themselves where both are of one."""
    one, two = letters.one, letters.two
    spans = _spans(one[gap] + 1, one[gap + 1], two[gap] + 1, two[gap + 1])
    same = (spans[:, 0] > spans[:, 1]) | (spans[:, 2] > spans[:, 3])
    spans[same] += np.array([-1, 1, -1, 1])
    return spans


def _among(spans: Ints, run: Ints, table: Ints, runs: Ints) -> Flags:
    """Which spans stand in a table of some whose starts rise, run by run."""
    if len(table) == 0:
        return np.zeros(len(spans), np.bool_)
    at = np.minimum(np.searchsorted(key(runs, table[:, 0]), key(run, spans[:, 0])), len(table) - 1)
    result: Flags = (runs[at] == run) & (table[at] == spans).all(axis=1)
    return result


def collate(leader: Text, witness: Text, found: Agreed) -> Differences:
    """The variants of witnesses, from the letters that agree; those of a run come in three parts, each in order."""
    if len(found.run) == 0:
        return joint([])
    letters = whole_part(leader, witness, letters_of(leader, witness, found))
    opens, closes, held = _other_letters(leader, witness, letters)
    forms = _spans(letters.one[opens], letters.one[closes] + 1, letters.two[opens], letters.two[closes] + 1)
    alone = ~held
    count = int(alone.sum())
    result = [
        Differences(forms[alone], np.full(count, SUBSTITUTION), np.full(count, ORTHOGRAPHY), letters.run[opens[alone]])
    ]
    # What stands between two letters, and is not the same.
    other = ~letters.inner
    other[_unlike_between(leader, witness, letters)] = True
    gap = letters.counted(np.flatnonzero(other))
    gap = gap[gap + 1 < letters.tail[letters.run[gap]]]
    spans = _gaps(letters, gap)
    single = letters.inner[gap] & (spans[:, 1] - spans[:, 0] == 1) & (spans[:, 3] - spans[:, 2] == 1)
    single[single] &= ~(WHITE[leader.raw[spans[single, 0]]] | WHITE[witness.raw[spans[single, 2]]])
    single[single] &= ~(leader.held[spans[single, 0]] | witness.held[spans[single, 2]])
    if single.any():
        result.append(_other_marks(leader, witness, spans[single], letters.run[gap[single]]))
    # Letters and signs that differ, in the smallest runs, and then in whole tokens.
    gap, spans = gap[~single], spans[~single]
    easy = plain_readings(leader, witness, spans)
    plain, where = spans[easy], gap[easy] + 1
    rest, owner = parted(leader, witness, spans[~easy])
    behind = np.concatenate([where, gap[~easy][owner] + 1])
    places = Places(
        np.concatenate([forms[held], plain, rest]),
        np.concatenate([opens[held], behind]),
        np.concatenate([closes[held] + 1, behind]),
        letters.run[np.concatenate([opens[held], behind])],
    )
    spans, run = joined(leader, witness, *widened(leader, witness, letters, places))
    hard = ~_among(spans, run, plain, letters.run[where])
    spans[hard] = trimmed(leader, witness, spans[hard])
    spans, kinds, kept = _with_moves(leader, witness, spans, _kinds(spans), run)
    spans, kinds, run, hard = spans[kept], kinds[kept], run[kept], hard[kept]
    if hard.any():
        # What parts, widening and moves have made of the others may be plain too.
        hard[hard] = ~plain_readings(leader, witness, spans[hard])
    reading = np.full(len(spans), WORDING)
    reading[hard] = classes(leader, witness, spans[hard])
    result.append(Differences(spans, kinds, reading, run))
    return joint(result)


@dataclass(frozen=True)
class Reach:
    """How far a leader's text goes about its story, for each witness, in letters as the witness's `Agreed` has them.

    `start` and `end` are the leader's span, `low` and `high` how much of its article beyond that is of no other story,
    and `first` where the article starts.
    """

    start: Ints
    end: Ints
    low: Ints
    high: Ints
    first: Ints


def left_out(leader: Text, witness: Text, found: Agreed, reach: Reach) -> Differences:
    """What witnesses lack of their leader's beginning and end, beyond its span too: papers cut from the bottom.

    `found` are the blocks of each witness, `run` numbering witnesses here. Beyond the span counts what is more than an
    imprint, and only of a leader whose text the witness has from one end on, or half of: the rest of a page of which it
    has a part in the middle may be other news. A headline that differs is no text left out.
    """
    number, head = np.unique(found.run, return_index=True)
    # Of no witness at all there are no blocks, and no last one either.
    tail = np.searchsorted(found.run, number, "right") - 1
    begins, last = found.leader[head], found.leader[tail] + found.size[tail]
    other_last = found.witness[tail] + found.size[tail]
    low, high = reach.low[number], reach.high[number]
    has = 2 * np.bincount(np.searchsorted(number, found.run), found.size, len(number)) >= high - low
    start, end = reach.start[number], reach.end[number]
    from_top, to_bottom = has | (begins - low < NEAR), has | (high - last < NEAR)
    low = np.where(to_bottom & (start - low >= REST), low, start)
    high = np.where(from_top & (high - end >= REST), high, end)
    first = np.flatnonzero(begins - low >= LEFT_OUT)
    opens, closes = leader.origin[low[first]], leader.origin[begins[first] - 1] + 1
    at_top = np.flatnonzero(low[first] == reach.first[number[first]])
    opens[at_top] = _below_headline(leader, opens[at_top], closes[at_top])
    told = np.searchsorted(leader.origin, closes) - np.searchsorted(leader.origin, opens) >= LEFT_OUT
    first, opens, closes = first[told], opens[told], closes[told]
    at = witness.origin[found.witness[head[first]]]
    before = _spans(opens, closes, at, at)
    then = np.flatnonzero(high - last >= LEFT_OUT)
    at = witness.origin[other_last[then] - 1] + 1
    closes = leader.origin[high[then] - 1] + 1
    bottom = np.array(leader.edges[1])[np.searchsorted(leader.edges[0], closes - 1, "right") - 1]
    # Of a text that is left out to its end the last mark is, too.
    closes = np.where(np.searchsorted(leader.origin, bottom) == high[then], bottom, closes)
    after = _spans(leader.origin[last[then]], closes, at, at)
    spans = np.concatenate([before, after])
    run = np.concatenate([number[first], number[then]])
    return Differences(spans, np.full(len(spans), DELETION), classes(leader, witness, spans), run)


def _below_headline(text: Text, start: Ints, end: Ints) -> Ints:
    """Where stretches that begin an article go on below their first line, if that is short and there is more."""
    result = start.copy()
    for place, (first, last) in enumerate(zip(start.tolist(), end.tolist(), strict=True)):
        line = text.printed.find("\n", first, min(last, first + HEADLINE))
        if line >= 0:
            result[place] = line + 1
        elif last - first < HEADLINE:
            result[place] = last
    return result
