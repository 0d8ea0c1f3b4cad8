"""One grammar of bylines: a label in any language ("By", "Text: ", "Ein Bericht von", "מאת:") and the names after it.

Names are told by their form: words in capitals, with particles (van, de la) between them, up to the first other word.
Scripts without capitals have names of a few words, up to a mark or a figure. What stands for a Chinese byline is in
`flows.extract.web.credits`.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from flows.extract.calendar_names import names_of
from flows.extract.clock import LETTER
from flows.extract.languages import folded, listed, pattern_of, vocabulary
from flows.extract.names import HAN, is_name, is_organisation, is_person

_CAPITAL = "A-ZÀ-ÖØ-ÞĀĂĄĆĈČĎĐĒĖĘĚĞĢĪĮİĶĹĻĽŁŃŅŇŌŐŒŔŘŚŞŠŢŤŪŮŰŲŹŻŽА-ЯЁІЇЄҐΆΈ-Ώ-Ωא-ת"
_STARTS = r"(?:\A|[|•·⋅\n—–(]|\s-\s|\s\s|(?<=[\d.,])\s+|(?<=\w:)\s+)\W*"
_VERBS, _BY, _WEAK, _OTHERS, _AND = (pattern_of(key) for key in ("verbs", "by", "weak", "checked", "and"))
_AUTHOR = rf"(?:{pattern_of('author')})(?:\s*(?:[&/+,·]|{_AND})\s*(?:{_OTHERS}))*"
""""Author", "Text", also of several works: "Text und Fotos"."""
_PREPOSITION = (
    rf"(?:(?i:{_BY})|(?i:{_AUTHOR})\s+(?:(?i:{_BY}|{_WEAK}))|(?i:{_VERBS})\s+(?:[^\s.]{{1,20}}\s+){{0,4}}?(?i:{_BY})|"
    rf"(?i:{_VERBS})\s+(?:[^\W\d_]{{1,10}}\s+)?(?i:{_WEAK})|(?P<weak>(?i:{_WEAK})))"
)
_BYLINE = re.compile(
    rf"{_STARTS}{_PREPOSITION}(?:\s*[:：]\s*|\s+|(?=[{_CAPITAL}][^\W\d_{_CAPITAL}]))(?P<value>\S.{{0,160}})"
    rf"|(?<!{LETTER})(?i:{_AUTHOR})\s*[:：՝]\s*(?P<labelled>\S.{{0,160}})"
    rf"|(?<!{LETTER})(?i:{_BY}|{_WEAK})\s*[:：]\s*(?P<colon>[{_CAPITAL}].{{0,160}})"
    rf"|\A\W*(?i:{_AUTHOR})\.?\s+(?P<bare>[^\s\d].{{0,160}})"
    rf"|(?<=\s)(?i:{_VERBS})\s+(?:(?i:{_BY}|{_WEAK}))(?:\s*[:：]\s*|\s+|(?=[{_CAPITAL}]))(?P<inner>\S.{{0,160}})"
    rf"|\A\W*(?i:{_VERBS})\s*[:：]\s*(?P<done>\S.{{0,160}})"
)
_LABEL = re.compile(rf"(?<!{LETTER})(?:{pattern_of('by', 'weak', 'author', 'verbs')})", re.I)
"""A line in which it finds nothing is no byline."""
_EAST = re.compile("[\u3041-\u30ff\u4e00-\u9fff가-힣]")
_GROUPS = ("value", "labelled", "colon", "bare", "inner", "done")
_CHECKED = re.compile(
    rf"(?<!{LETTER})(?<!&\s)(?<!and\s)(?<!und\s)(?<!et\s)(?<!\sy\s)(?<!\se\s)(?i:{_OTHERS})\s+(?:(?i:{_BY}|{_WEAK}))\W*\Z"
)
_OF_OTHERS = re.compile(rf"\A\W*(?i:{_OTHERS})\s*(?:[:：/]|(?i:{_BY}|{_WEAK})(?!{LETTER}))")
_AFTER_HANDLE = re.compile(r"\s*(?:\Z|[|•·⋅(\[,;/»]|\s[-–—]|\d|[^\W\d_]{1,4}\s+(?:\w+\s)?\d|\s\s)")
_ALONE_AFTER_DATE = re.compile(r"\d\W*\Z")
_BEFORE_DATE = re.compile(r"\S+\s+[^\W\d_]{1,3}\s+\d")
_TOKEN = re.compile(
    rf"(?P<word>@?{LETTER}(?:{LETTER}|\d|[_'’‘`\-‑\u200c](?=\w)|\.(?={LETTER}))*\.?)|(?P<number>\d[\w.]*)|"
    r"(?P<list>[,;/、，؛،]|\s?&\s?|\s\+\s)|(?P<space>[ \t\xa0]{1,2})|(?P<stop>.)",
    re.S,
)
_PARTICLES = frozenset(
    (
        "de", "da", "do", "dos", "das", "del", "della", "di", "du", "la", "le", "les", "van", "von", "vom",
        "der", "den", "ter", "ten", "zu", "zur", "al", "el", "bin", "ibn", "abu", "y", "af", "of", "the", "d",
        "dalla", "dello", "ap",
    )
)  # fmt: skip
"""Words in small letters that stand within names."""
_JOINS = _PARTICLES | {"and", "und", "et", "for", "in", "für", "&", "+", "-", "–", "y", "e"}
_TITLES = frozenset("dr prof mr mrs ms st jr sr med rev fr hon capt col gen lt sgt ing dipl mag".split())  # noqa: SIM905
"""Words whose full stop ends no sentence."""
_CREDENTIAL = re.compile(r"(?:[A-Z]{2,5}|[A-Z][A-Za-z]?\.?(?:[A-Z][a-z]{0,2}\.?){1,3}|PhD|PharmD|Esq\.?|Jr\.?|Sr\.?)\Z")
_GLUED = re.compile(rf"(?P<name>.*?[^\W\d_{_CAPITAL}])(?P<rest>[{_CAPITAL}][^\W\d_{_CAPITAL}]+)\Z")
_LABEL_FIRST = re.compile(
    rf"\A\W*(?:{_PREPOSITION}(?=[\s:：]|[{_CAPITAL}]|\Z)|(?i:{_AUTHOR}|{_VERBS})(?=\s*[:：])|(?i:{_VERBS})(?=\s*\Z))[\s:：]*"
)
_INVERTED = re.compile(
    rf"\A(?P<last>(?:(?:{'|'.join(sorted(_PARTICLES))})\s+)*[{_CAPITAL}][\w'’\-]+(?:\s[{_CAPITAL}][\w'’\-]+)?),\s*"
    rf"(?P<first>[{_CAPITAL}][\w'’\-]*\.?(?:[\s.]\s?[{_CAPITAL}][\w'’\-]*\.?){{0,2}})\Z"
)
_TWICE = re.compile(r"\A(.{4,}?)\s*\1\Z")
_ROLE_AFTER = re.compile(r"\s*(?:[,|•·⋅(–—]|-\s|\d|\s-\s)")
_MOST_WORDS = 6
_LONGEST = 60
_CALENDARS = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru")


@cache
def _stops() -> frozenset[str]:
    """Words, folded, that no name has: those of labels."""
    words = vocabulary("published", "updated", "date", "verbs", "by", "author", "source", "checked") | _more_labels()
    return frozenset(word for word in words if len(word) > 2) - _PARTICLES - {"font", "data", "stand", "bron", "vir"}


def _more_labels() -> frozenset[str]:
    return frozenset(("last", "reviewed", "factchecked", "checked", "medically", "share", "follow", "read", "reading"))


@cache
def _roles() -> frozenset[str]:
    return vocabulary("roles")


def _is_role(word: str) -> bool:
    """Whether a folded word is what somebody does, be it of several: co-founder, editor-in-chief."""
    return bool({word, word.replace("-", ""), word.partition("-")[0]} & _roles())


@cache
def _ands() -> frozenset[str]:
    return frozenset(map(folded, listed("and")))


@cache
def _calendar_words() -> frozenset[str]:
    months = {name for each in _CALENDARS for name in names_of(each).months if len(name) > 3 or each == "en"}
    return frozenset(months | {name for each in _CALENDARS for name in names_of(each).weekdays})


def byline(text: str) -> list[str]:
    """The names after a label in a line, at its start or after a mark or a date; an empty list where it has none."""
    return list(_byline(text[:300]))


@lru_cache(maxsize=4_096)
def _byline(text: str) -> tuple[str, ...]:
    """As above; the lines around an article are looked at several times."""
    at = 0
    if not _LABEL.search(text):
        return ()
    while match := _BYLINE.search(text, at):
        group = next(name for name in _GROUPS if match[name] is not None)
        value, at = match[group], match.start(group)
        if _EAST.match(value) or _CHECKED.search(text[:at]):
            continue
        weak = match["weak"] is not None or group in ("bare", "colon", "done")
        dated = match["weak"] is not None and (
            (_ALONE_AFTER_DATE.search(text, 0, match.start("weak")) and " " not in value.strip())
            or _BEFORE_DATE.match(value)
        )
        names = read_names(value, handles=bool(not weak or dated))
        if weak and not dated:
            names = [name for name in names if is_person(name) or (group == "bare" and _caseless(name))]
        if names:
            return tuple(names)
    return ()


def _small(word: str) -> bool:
    """Whether a word begins with a small letter of a script that has capitals; Georgian writes names without."""
    return word[0].islower() and not "\u10d0" <= word[0] <= "\u10ff"


def _caseless(name: str) -> bool:
    return name.lower() == name.upper() or "\u10d0" <= name[0] <= "\u10ff"


def read_names(value: str, *, handles: bool = False) -> list[str]:
    """The names that a text begins with; `handles`: the first may be a single word in small letters."""
    names: list[str] = []
    current: list[str] = []
    listing = False
    tokens = list(_TOKEN.finditer(value))
    for place, token in enumerate(tokens):
        if token["space"]:
            if len(token[0]) > 1 and token[0] != " \xa0":
                break
            continue
        if token["list"]:
            listing = True
            _close(names, current)
            continue
        if token["word"] is None:
            if token[0] in ":：" and len(current) == 1 and folded(current[0]) in _stops():
                current = []  # "Interview: Ada Holm"
                if names:
                    break
                continue
            if token[0] in ":：" and names:
                current = []  # "Text: Ada Holm, Fotos: …"
            break
        word, ended = _whole(token["word"])
        key = folded(word)
        if key in _ands() and (current or names):
            listing = True
            _close(names, current)
            continue
        if _small(word):
            if word.lower() in _PARTICLES and _goes_on(tokens, place):
                current.append(word)
                continue
            if handles and not names and not current and _alone(value, token.end()):
                names.append(word.rstrip("."))
            break
        glued = _GLUED.match(word)
        if glued and (folded(glued["rest"]) in _stops() or folded(glued["rest"]) in _calendar_words() | _roles()):
            if folded(glued["name"]) not in _stops():
                current.append(glued["name"])
            break
        if key in _stops() or (key in _calendar_words() and current and (ended or _number_follows(tokens, place))):
            break
        if _is_role(key) and (len(current) > 1 or (listing and not current)):
            break
        if listing and not current and names and _CREDENTIAL.match(word):
            continue
        current.append(word)
        if ended or len(current) > _MOST_WORDS:
            break
    _close(names, current)
    return [name for name in dict.fromkeys(names) if plausible(name)]


def _alone(value: str, end: int) -> bool:
    """Whether a word stands for itself: a mark, the end, or a date with at most one short word before it follows."""
    return _AFTER_HANDLE.match(value, end) is not None


def _whole(word: str) -> tuple[str, bool]:
    """A word without the full stop that ends its sentence, and whether one does: initials and titles keep theirs."""
    if not word.endswith(".") or len(word) <= 2 or "." in word[:-1] or folded(word) in _TITLES:
        return word, False
    return word[:-1], True


def _close(names: list[str], current: list[str]) -> None:
    while current and current[-1].lower() in _PARTICLES:
        current.pop()
    if current:
        names.append(" ".join(current))
    current.clear()


def _goes_on(tokens: list[re.Match[str]], place: int) -> bool:
    """Whether a word in a capital, or another particle, follows a particle."""
    following = next((t for t in tokens[place + 1 :] if not t["space"]), None)
    return (
        following is not None
        and following["word"] is not None
        and (not following["word"][0].islower() or following["word"].lower() in _PARTICLES)
    )


def _number_follows(tokens: list[re.Match[str]], place: int) -> bool:
    following = next((t for t in tokens[place + 1 :] if not t["space"]), None)
    return following is not None and following["number"] is not None


def plausible(name: str) -> bool:
    """Whether a text may be the name of a person or a body: a few words, in capitals where the script has them."""
    words = name.split()
    if not 0 < len(words) <= _MOST_WORDS or len(name) > _LONGEST or not is_name(name):
        return False
    if folded(words[0]) in _stops() or folded(words[-1]) in _stops():
        return False
    if all(folded(word) in _roles() for word in words):
        return False
    if len(words) == 1:
        return True
    small = [word for word in words if _small(word) and word.lower() not in _JOINS]
    return not small or (len(words) == 2 and words[0][0].isupper() and small == [words[1]])


def tidied(name: str, *, whole: bool = False) -> list[str]:
    """The names in what a page gives as one: without a label before it or a role and figures after it.

    `whole`: a field of names holds it, so what is no list stays as it is, but for a person's role.
    """
    if HAN.search(name):
        return [name]
    bare = _TWICE.sub(r"\1", name.strip())
    label = _LABEL_FIRST.match(bare)
    if label and (label.end() == len(bare) or bare[label.end()].isupper() or not label["weak"]):
        bare = bare[label.end() :]
    if not bare:
        return []
    if inverted := uninverted(bare):
        return [inverted]
    read = read_names(bare, handles=" " not in bare or bare[0].islower())
    if len(read) == 1 and read[0] != bare and (" " in read[0] or not whole) and is_person(read[0]):
        rest = bare.removeprefix(read[0])
        if not whole or _ROLE_AFTER.match(rest) or folded(rest.split()[0] if rest.split() else "") in _roles():
            return read
    if (whole or is_organisation(bare)) and plausible(bare):
        return [bare]
    return [] if whole and not any(map(is_person, read)) else read


def is_of_others(text: str) -> bool:
    """Whether a text names who took the pictures, or who checked it: "Fotos: …", "Reviewed by …"."""
    return _OF_OTHERS.match(text) is not None


def uninverted(name: str) -> str | None:
    """ "Holm, Ada M." as "Ada M. Holm"; None where a name is not written so, or ends in a degree."""
    found = _INVERTED.match(" ".join(name.split()))
    if found is None or _CREDENTIAL.match(found["first"].split()[0].rstrip(".,") if len(found["first"]) > 2 else ""):
        return None
    if folded(found["first"].split()[0]) in _roles():
        return None
    if " " in found["last"] and " " in found["first"] and not found["last"].split()[0].islower():
        return None  # two names of two words are two persons
    return f"{found['first']} {found['last']}"
