"""Which language a text is in, by the scripts its letters belong to and a few words where scripts do not tell."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

_SAMPLE = 20_000
_ENOUGH = 10
"""Letters below which no guess is made."""

# (language, ranges of code points); Han is shared, so kana and hangul are looked at first.
_SCRIPTS: tuple[tuple[str, tuple[tuple[int, int], ...]], ...] = (
    ("han", ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00))),
    ("kana", ((0x3041, 0x3100), (0x31F0, 0x3200), (0xFF66, 0xFF9E))),
    ("hangul", ((0x1100, 0x1200), (0x3131, 0x318F), (0xAC00, 0xD7A4))),
    ("cyrillic", ((0x0400, 0x0530),)),
    ("greek", ((0x0370, 0x0400), (0x1F00, 0x2000))),
    ("latin", ((0x41, 0x5B), (0x61, 0x7B), (0xC0, 0x250), (0x1E00, 0x1F00))),
    ("arabic", ((0x0600, 0x0700), (0x0750, 0x0780), (0xFB50, 0xFE00), (0xFE70, 0xFF00))),
    ("hebrew", ((0x0590, 0x0600),)),
    ("thai", ((0x0E00, 0x0E80),)),
    ("devanagari", ((0x0900, 0x0980),)),
)
_ONE_LANGUAGE = {"greek": "el", "arabic": "ar", "hebrew": "he", "thai": "th", "devanagari": "hi"}

# Words that only one of the languages of a script uses all the time.
_WORDS = {
    "en": "the and of to in is that for with was on are by from this have it",
    "fr": "le la les des et est dans une pour que qui sur avec pas au du",
    "de": "der die und das den von zu mit ist auf für nicht ein eine im",
    "es": "el los las que y en una por con del para como está más su",
    "pt": "o os que e não uma com para por dos da do mais como são",
    "it": "il di che è per una con non sono della del gli le anche",
    "pl": "i w na z się nie do to że jest po o jak od przez",
    "cs": "a v se na je že o s z do to by jako jsou pro",
    "nl": "de het een van en in is dat op te met voor niet zijn",
    "sv": "och att det som en på är av för med den till inte",
    "tr": "ve bir bu için ile da de olarak daha çok olan",
    "vi": "và của là có được cho trong không các một người",
    "ru": "и в не на что он с как это по к но из у от",
    "uk": "і в не на що та до з це як є від за",
    "bg": "и на да се в от е за по с не са като че",
}
_VOCABULARY = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_CYRILLIC = ("ru", "uk", "bg")
_WORD = re.compile(r"[^\W\d_]+")


def guess_language(text: str) -> str | None:
    """The BCP 47 tag of a text's language by a bounded sample of it; None where it has too few letters to tell."""
    sample = text if len(text) <= _SAMPLE else text[: _SAMPLE // 2] + text[len(text) // 2 :][: _SAMPLE // 2]
    counts = _script_counts(sample)
    total = sum(counts.values())
    if total < _ENOUGH:
        return None
    if counts["kana"] > 0.05 * (counts["han"] + counts["kana"]) and counts["kana"] + counts["han"] > 0.4 * total:
        return "ja"
    # A Han letter is worth a word of an alphabet's.
    weighted = {script: n * (4 if script in ("han", "hangul") else 1) for script, n in counts.items()}
    script = max(sorted(weighted), key=lambda name: weighted[name])
    if script in ("han", "kana"):
        return "zh"
    if script == "hangul":
        return "ko"
    if script in _ONE_LANGUAGE:
        return _ONE_LANGUAGE[script]
    words = _WORD.findall(sample.lower())
    choices = [name for name in _VOCABULARY if (name in _CYRILLIC) == (script == "cyrillic")]
    hits = {name: sum(word in _VOCABULARY[name] for word in words) for name in choices}
    best = max(choices, key=lambda name: hits[name])
    return best if hits[best] >= max(1, 0.04 * len(words)) else ("ru" if script == "cyrillic" else None)


def _script_counts(sample: str) -> dict[str, int]:
    """Letters of each script in a sample."""
    points = np.frombuffer(sample.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    found = np.bincount(_script_table()[np.minimum(points, 0xFFFF)], minlength=len(_SCRIPTS) + 1)
    return {script: int(count) for (script, _), count in zip(_SCRIPTS, found[1:], strict=True)}


@cache
def _script_table() -> NDArray[np.uint8]:
    """For each code point of the basic plane its script's place in _SCRIPTS, from 1; 0 for all others."""
    table = np.zeros(0x10000, np.uint8)
    for number, (_, ranges) in enumerate(_SCRIPTS, start=1):
        for start, end in ranges:
            table[start:end] = number
    return table
