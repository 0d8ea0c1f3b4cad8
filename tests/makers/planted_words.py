"""Sentences of invented newspapers: forms with slots, and words to fill them, by language.

The words are in planted_words.toml. A slot of a form names a list of words, a maker of names, or a number's bound.
"""

from __future__ import annotations

import random
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ARTICLE = re.compile(r"\b([Aa]) (?=[aeiou])")
_SURNAME_END = {"en": "", "ru": "ов"}


@dataclass(frozen=True)
class Lexicon:
    """What a language gives to make sentences with."""

    language: str
    words: dict[str, list[str]]
    forms: list[str]
    bulletins: dict[str, list[str]]
    small: list[str]
    """What an editor slips in."""
    openings: list[str]
    endings: list[str]
    """Syllables of names."""
    given: list[str]
    months: list[str]

    def place(self, rng: random.Random) -> str:
        middle = rng.choice(self.openings) if rng.random() < 0.5 else ""
        return (rng.choice(self.openings) + middle + rng.choice(self.endings)).capitalize()

    def person(self, rng: random.Random) -> str:
        end = _SURNAME_END[self.language]
        last = rng.choice(self.openings) if end else rng.choice(self.endings)
        stem = rng.choice(self.openings) + rng.choice(self.openings) + last
        return f"{rng.choice(self.given)} {(stem + end).capitalize()}"

    def filled(self, form: str, rng: random.Random, kept: dict[str, str] | None = None) -> str:
        """A form with every slot filled; those in `kept` as given."""
        out, rest = [], form
        while "{" in rest:
            before, _, after = rest.partition("{")
            slot, _, rest = after.partition("}")
            out += [before, (kept or {}).get(slot) or self._word(slot, rng)]
        text = "".join([*out, rest])
        return _ARTICLE.sub(r"\1n ", text) if self.language == "en" else text

    def _word(self, slot: str, rng: random.Random) -> str:
        if slot in ("place", "person"):
            return self.place(rng) if slot == "place" else self.person(rng)
        if slot == "count":
            return str(rng.randint(12, 9800))
        if slot[0] == "n" and slot[1:].isdigit():
            return str(rng.randint(1, int(slot[1:])))
        word = rng.choice(self.words[slot.lower()])
        return word.capitalize() if slot[0].isupper() else word

    def date(self, day: int, month: int) -> str:
        return f"{day} {self.months[month - 1]}"


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.split(";")] if ";" in text else text.split()


def _lexicon(language: str, entry: dict[str, Any]) -> Lexicon:
    words = {name: _listed(text) for name, text in entry["words"].items()}
    lists = {name: _listed(entry[name]) for name in ("small", "openings", "endings", "given", "months")}
    words["sky"] = _listed(entry["sky"])
    return Lexicon(language, words, entry["forms"], entry["bulletins"], **lists)


_ENTRIES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
LEXICONS = {language: _lexicon(language, entry) for language, entry in sorted(_ENTRIES.items())}
