"""What sort of difference two readings are."""

from __future__ import annotations

import re
import unicodedata

from flows.match.collate.names import by_context, by_itself
from flows.match.collate.numerals import numbers, other_number
from flows.match.fold import URL, fold


def _form(leader: str, witness: str) -> str:
    """`orthography` or `punctuation`, for two readings that fold alike."""
    plain = ("".join(unicodedata.normalize("NFKC", each).split()) for each in (leader, witness))
    return "orthography" if fold(leader) or len({*plain}) == 1 else "punctuation"


_SIGNED = re.compile(r"\d[.,．٫]\d|[-−－]\d")


def _head(text: str) -> str:
    """The letters that the first character of a text folds to; none where a URL begins, which folds to none."""
    return "" if URL.match(text) else fold(text[:1])


def _alike(leader: str, witness: str) -> bool:
    """Whether two readings, of which one at most is white space, fold alike."""
    if leader.strip() and witness.strip():
        mine, theirs = _head(leader), _head(witness)
        return not (mine and theirs and mine[0] != theirs[0]) and fold(leader) == fold(witness)
    text = (leader + witness).strip()
    return not (_head(text) or fold(text))


def by_themselves(leader: str, witness: str) -> str | None:
    """The class of a variant where the two readings alone tell it; None where what stands round them may.

    It is one of VARIANT_CLASSES.
    """
    if _alike(leader, witness):
        # The same digits stand for another number where a point has moved or a sign has gone.
        moved = _SIGNED.search(leader) or _SIGNED.search(witness)
        return "number" if moved and numbers(leader)[0] != numbers(witness)[0] else _form(leader, witness)
    if other_number(leader, witness):
        return "number"
    told: str | None = "name"
    for each, other in ((leader, witness), (witness, leader)):
        if each.strip():
            named = by_itself(each, not other.strip())
            if named is False:
                return "wording"
            told = told if named else None
    return told


def by_place(leader: str, witness: str, before: str, after: str) -> str:
    """The class of a variant of which `by_themselves` tells none, from the leader's text round it."""
    sides = [each for each in (leader, witness) if each.strip()]
    alone = len(sides) == 1
    named = all(by_itself(each, alone) or by_context(each, before, after, alone) for each in sides)
    return "name" if named else "wording"
