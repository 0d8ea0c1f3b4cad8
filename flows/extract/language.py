"""Which language a text is in: what its page says, where that fits its script, else by scripts and a few words."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
from babel.core import get_global
from numpy.typing import NDArray

from flows.extract.clock import WORD

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
    ("bengali", ((0x0980, 0x0A00),)),
    ("gurmukhi", ((0x0A00, 0x0A80),)),
    ("gujarati", ((0x0A80, 0x0B00),)),
    ("tamil", ((0x0B80, 0x0C00),)),
    ("telugu", ((0x0C00, 0x0C80),)),
    ("kannada", ((0x0C80, 0x0D00),)),
    ("malayalam", ((0x0D00, 0x0D80),)),
    ("sinhala", ((0x0D80, 0x0E00),)),
    ("lao", ((0x0E80, 0x0F00),)),
    ("tibetan", ((0x0F00, 0x1000),)),
    ("myanmar", ((0x1000, 0x10A0),)),
    ("georgian", ((0x10A0, 0x1100), (0x1C90, 0x1CC0))),
    ("ethiopic", ((0x1200, 0x13A0),)),
    ("khmer", ((0x1780, 0x1800),)),
    ("armenian", ((0x0530, 0x0590),)),
)
_ONE_LANGUAGE = {
    "greek": "el", "hebrew": "he", "thai": "th", "bengali": "bn", "gurmukhi": "pa", "gujarati": "gu", "tamil": "ta",
    "telugu": "te", "kannada": "kn", "malayalam": "ml", "sinhala": "si", "lao": "lo", "tibetan": "bo", "myanmar": "my",
    "georgian": "ka", "ethiopic": "am", "khmer": "km", "armenian": "hy",
}  # fmt: skip
_SCRIPT_NAMES = {
    "Hans": ("han",), "Hant": ("han",), "Hani": ("han",), "Jpan": ("kana", "han"), "Kore": ("hangul",),
    "Cyrl": ("cyrillic",), "Grek": ("greek",), "Latn": ("latin",), "Arab": ("arabic",), "Hebr": ("hebrew",),
    "Thai": ("thai",), "Deva": ("devanagari",), "Beng": ("bengali",), "Guru": ("gurmukhi",), "Gujr": ("gujarati",),
    "Taml": ("tamil",), "Telu": ("telugu",), "Knda": ("kannada",), "Mlym": ("malayalam",), "Sinh": ("sinhala",),
    "Laoo": ("lao",), "Tibt": ("tibetan",), "Mymr": ("myanmar",), "Geor": ("georgian",), "Ethi": ("ethiopic",),
    "Khmr": ("khmer",), "Armn": ("armenian",),
}  # fmt: skip
"""ISO 15924 codes, and the scripts of theirs that are told apart here."""
_SEVERAL = frozenset("az bs ha kk ks ku ky mn ms pa sd sh sr tg tk tt ug uz zgh".split())  # noqa: SIM905
"""Languages that are written in more than one script."""
_TAG = re.compile(r"\A([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_][A-Za-z0-9]{1,8})*\Z")

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
    "sr": "и је у да се на су за од са који није",
    "be": "і ў на не што з да як гэта ад па для",
    "kk": "және бұл үшін мен бір да деп бойынша болды туралы",
    "da": "og det at er en på til af for ikke med den har",
    "fi": "ja on ei että se oli hän mutta myös ovat kun tai",
    "hu": "a az és hogy nem is egy van volt meg csak de",
    "ro": "și în de la cu pe care este din pentru nu a fost",
    "sk": "a sa na je že v o sú ako pre aj ktorý",
    "hr": "i je u da se na su za od koji nije kao",
    "sl": "in je v na da za se so ki z ne po",
    "lt": "ir kad į yra su iš apie tai buvo per kaip",
    "lv": "un ir ka no ar uz par kas bija to arī",
    "et": "ja on ei et see oli ka kui aga oma selle",
    "id": "yang dan di dari untuk dengan ini itu pada akan tidak",
    "ca": "el la de i que en els amb per una del les",
    "fa": "و در به از که این را با است برای آن",
    "ar": "في من على إلى أن التي هذا مع عن الذي",
    "ur": "کے کی میں ہے اور سے کا کو نے پر",
    "hi": "के है में की और से का को ने पर",
    "mr": "आणि आहे या ते होते की मध्ये असे नाही",
    "ne": "र छ को मा लाई हो पनि भएको गर्न",
}
_VOCABULARY = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_FAMILIES = {"cyrillic": "ru uk bg sr be kk", "arabic": "ar fa ur", "devanagari": "hi mr ne"}
"""The languages of each script that several have; all others are written in Latin letters."""
_OTHERS = frozenset(" ".join(_FAMILIES.values()).split())


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
    words = WORD.findall(sample.lower())
    family = _FAMILIES.get(script, "").split() if script != "latin" else [n for n in _VOCABULARY if n not in _OTHERS]
    hits = {name: sum(word in _VOCABULARY[name] for word in words) for name in family}
    best = max(family, key=lambda name: hits[name], default=None)
    enough = best is not None and hits[best] >= max(1, 0.04 * len(words))
    return best if enough or script != "latin" else None


def settle(declared: str | None, text: str) -> str | None:
    """The BCP 47 tag of a text's language, without its region: what was declared, where it fits the text's script.

    A declared language stands where the text has too few letters to tell. What is no language's tag says nothing.
    """
    tag = _TAG.match((declared or "").strip())
    named = tag[1].lower() if tag else ""
    named = get_global("language_aliases").get(named, named) if named in ("iw", "in", "ji", "mo") else named
    likely = get_global("likely_subtags").get(named, "").split("_")
    script = (tag[2] or "").title() if tag else ""
    script = script if script in _SCRIPT_NAMES else ""
    told = f"{named}-{script}" if script else named
    sample = text if len(text) <= _SAMPLE else text[:_SAMPLE]
    counts = _script_counts(sample)
    if len(likely) < 2 and not script:  # none that CLDR knows
        return guess_language(sample) or None
    if sum(counts.values()) < _ENOUGH:
        return told
    expected = _SCRIPT_NAMES.get(script or likely[1], ())
    # A Han letter is worth a word of an alphabet's.
    weighted = {name: n * (4 if name in ("han", "hangul") else 1) for name, n in counts.items()}
    most = max(sorted(weighted), key=lambda name: weighted[name])
    fits = most in expected or (named in _SEVERAL and not script)
    if "han" in expected and "kana" not in expected:
        fits &= counts["kana"] <= 0.05 * (counts["han"] + counts["kana"])
    return told if fits else guess_language(sample) or told


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
