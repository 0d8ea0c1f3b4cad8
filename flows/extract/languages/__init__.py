"""What is language and not structure: the words that say who, when, where from, in each language.

One TOML a language (named after its BCP 47 tag) holds what CLDR does not: words between the parts of a date (`between`,
`after_year`), before and after a clock time (`at`, `unit`), other spellings of months (`months`, `islamic`, `persian`,
by number), times of day (`periods`), labels of the day of publication (`published`; `date` says only that it is one,
and not of an `event`) and of the last change (`updated`), of authors (`author`, `by`; `weak` ones are prepositions of
many other lines, too; `verbs` may stand before either; `checked` is what others than the author did: pictures, reviews;
`and` joins names, `roles` end them), and of sources (`source`). `suffixes` says that names of months take endings,
`prefixes` which letters may stand before them.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from flows.extract.wordlist import any_of, spellings

_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u200b-\u200f.'’ʼ`´׳״]")
_LIKE = str.maketrans({"ı": "i", "ی": "ي", "ى": "ي", "ک": "ك", "ة": "ه", "ۀ": "ه", "ґ": "г"})
"""Letters that keyboards exchange."""


@cache
def words() -> Mapping[str, Mapping[str, Any]]:
    """The words of each language, by its tag."""
    files = {file.name: file for file in resources.files(__package__).iterdir() if file.name.endswith(".toml")}
    return {
        name.removesuffix(".toml"): tomllib.loads(files[name].read_text(encoding="utf-8")) for name in sorted(files)
    }


def listed(*keys: str) -> list[str]:
    """The words that any language has under any of the keys."""
    return sorted({word for each in words().values() for key in keys for word in each.get(key, ())})


@lru_cache(maxsize=8_192)
def folded(word: str) -> str:
    """A word as dictionaries of this package have it: no case, accents, points, apostrophes, full stops or spaces."""
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", word.casefold())).translate(_LIKE)
    return unicodedata.normalize("NFC", "".join(bare.split()))


def pattern_of(*keys: str) -> str:
    """A pattern for any word that a language has under one of the keys; spaces may be of any kind.

    Of alphabets that have cases the words match in small letters only: compile it to disregard case.
    """
    spelt = sorted({spelling for word in listed(*keys) for spelling in (word, *spellings(word))})
    return any_of(spelt).replace(r"\ ", r"\s+")


NOT_WITHIN = "(?<![A-Za-z\u00c0-\u052f])"
NOT_ON = "(?![A-Za-z\u00c0-\u052f])"
"""Before and after a pattern of words: not within one, in the scripts that part words."""


@cache
def vocabulary(*keys: str) -> frozenset[str]:
    """The single words, folded, of all that languages have under the keys."""
    return frozenset(folded(word) for phrase in listed(*keys) for word in phrase.split())


def primary(tag: str | None) -> str:
    """The language of a tag, in small letters: `de` of `de-AT`. Empty where there is none."""
    return (tag or "").split("-")[0].lower()
