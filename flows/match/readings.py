"""What sort of difference two readings are."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from flows.match.fold import fold
from flows.match.names import is_name
from flows.match.numerals import numbers, other_number


def _form(leader: str, witness: str) -> str:
    """`orthography` or `punctuation`, for two readings that fold alike."""
    plain = ("".join(unicodedata.normalize("NFKC", each).split()) for each in (leader, witness))
    return "orthography" if fold(leader) or len({*plain}) == 1 else "punctuation"


_SIGNED = re.compile(r"\d[.,．٫]\d|[-−－]\d")


def _by_themselves(leader: str, witness: str) -> str | None:
    """The class where two readings alone tell it; None where what stands round them may."""
    if fold(leader) == fold(witness):
        # The same digits stand for another number where a point has moved or a sign has gone.
        moved = _SIGNED.search(leader) or _SIGNED.search(witness)
        return "number" if moved and numbers(leader)[0] != numbers(witness)[0] else _form(leader, witness)
    return "number" if other_number(leader, witness) else None


_SHORT = 8
"""Characters of two readings that are likely to be met again: most are a mark or an ideograph."""
_short = lru_cache(maxsize=1 << 15)(_by_themselves)


def reading(leader: str, witness: str, before: str, after: str) -> str:
    """The class of a variant, one of VARIANT_CLASSES, from the two readings and the leader's text round them."""
    alone = (_short if len(leader) + len(witness) <= _SHORT else _by_themselves)(leader, witness)
    if alone is not None:
        return alone
    sides = [each for each in (leader, witness) if each.strip()]
    for each in sides:
        if not is_name(each, before, after, len(sides) == 1):
            return "wording"
    return "name"
