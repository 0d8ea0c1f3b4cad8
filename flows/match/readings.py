"""What sort of difference two readings are."""

from __future__ import annotations

import re
import unicodedata

from flows.match.fold import fold
from flows.match.names import is_name
from flows.match.numerals import numbers, other_number


def _form(leader: str, witness: str) -> str:
    """`orthography` or `punctuation`, for two readings that fold alike."""
    plain = ("".join(unicodedata.normalize("NFKC", each).split()) for each in (leader, witness))
    return "orthography" if fold(leader) or len({*plain}) == 1 else "punctuation"


_SIGNED = re.compile(r"\d[.,．٫]\d|[-−－]\d")


def by_themselves(leader: str, witness: str) -> str | None:
    """The class of a variant where the two readings alone tell it; None where what stands round them may.

    It is one of VARIANT_CLASSES.
    """
    if fold(leader) == fold(witness):
        # The same digits stand for another number where a point has moved or a sign has gone.
        moved = _SIGNED.search(leader) or _SIGNED.search(witness)
        return "number" if moved and numbers(leader)[0] != numbers(witness)[0] else _form(leader, witness)
    return "number" if other_number(leader, witness) else None


def is_named(leader: str, witness: str, before: str, after: str) -> bool:
    """Whether two readings are names, given the leader's text round them."""
    sides = [each for each in (leader, witness) if each.strip()]
    return all(is_name(each, before, after, len(sides) == 1) for each in sides)
