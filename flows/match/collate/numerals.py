"""Numbers in what was printed: digits, ideographs that are numerals, and number words of some languages."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from flows.match.collate.tokens import NUMERALS
from flows.match.fold import fold

_WORDS = """
    two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands million millions
    billion billions dozen dozens third fourth fifth sixth seventh eighth ninth tenth twice thrice
    deux trois quatre cinq sept huit neuf dix onze douze treize quatorze quinze seize vingt trente quarante cinquante
    soixante cent cents mille
    zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig
    neunzig hundert tausend
    dos tres cuatro cinco seis siete ocho nueve diez once doce veinte treinta cuarenta cincuenta sesenta setenta ochenta
    noventa cien ciento mil
    δύο τρεις τρία τέσσερις τέσσερα πέντε έξι εφτά επτά οκτώ οχτώ εννέα εννιά δέκα έντεκα δώδεκα δεκατρία δεκατέσσερα
    δεκαπέντε δεκαέξι δεκαεπτά δεκαοκτώ δεκαοχτώ δεκαεννέα είκοσι τριάντα σαράντα πενήντα εξήντα εβδομήντα ογδόντα
    ενενήντα εκατό εκατόν χίλια χίλιοι χίλιες χιλίων χιλιάδες χιλιάδων εκατομμύριο εκατομμύρια εκατομμυρίων
    два две двух двум трое три трёх трем четыре четырёх пять пяти шесть шести семь семи восемь восьми девять девяти
    десять десяти одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать
    девятнадцать двадцать двадцати тридцать тридцати сорок сорока пятьдесят шестьдесят семьдесят восемьдесят девяносто
    сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот тысяча тысячи тысяч миллион миллиона
    миллионов
    اثنان اثنين اثنتان اثنتين ثلاث ثلاثة أربع أربعة خمس خمسة ست ستة سبع سبعة ثماني ثمانية ثمان تسع تسعة عشر عشرة عشرون
    عشرين ثلاثون ثلاثين أربعون أربعين خمسون خمسين ستون ستين سبعون سبعين ثمانون ثمانين تسعون تسعين مئة مائة مئتين مئتان
    ألف آلاف ألفين مليون ملايين
"""
_HUNDREDS = "διακόσι τριακόσι τετρακόσι πεντακόσι εξακόσι επτακόσι εφτακόσι οκτακόσι οχτακόσι εννιακόσι"
_GREEK_ENDINGS = ("οι", "ες", "α", "ους", "ων")


@cache
def _number_words() -> frozenset[str]:
    """Number words, folded: when they are first asked for, as folding needs a table that takes a second to make."""
    hundreds = (a + b for a in _HUNDREDS.split() for b in _GREEK_ENDINGS)
    return frozenset(fold(word) for word in (*_WORDS.split(), *hundreds))


_ONES = "一 one un une ein eine uno una ένα ένας μία один одна одно واحد واحدة"


@cache
def _one() -> frozenset[str]:
    """Words for one, which are often no number but an article or a pronoun."""
    return frozenset(fold(word) for word in _ONES.split())


_UNITS = frozenset(
    "年月日号號时時分秒点點刻周週天岁歲人名个個位次届屆期元角块塊米里尺寸丈亩畝吨噸斤克升度倍项項条條件家户戶座所间間辆輛架艘只隻"
    "头頭口套部本册冊版页頁集场場起例匹台臺株枚円つ度回歳分割階番"
)
_ROUND = frozenset("第约約近逾超达達仅僅多余餘来來数數几幾半初共")
"""What stands beside a numeral without being a word of its own."""
BESIDE = _UNITS | _ROUND
"""Ideographs and kana beside a number that are no more than its unit."""

_NO_UNIT = re.compile(
    rf"[\u3041-\u30ff\u3400-\u9fff\U00020000-\U0003ffff](?<=[^\W\d_])(?<![{NUMERALS}{''.join(sorted(BESIDE))}])"
)
"""Beside a number more than a unit: an ideograph that is none."""
_WORDED = re.compile(r"\w").search
_DIGITS = re.compile(r"(?:(?<!\w)[-−－])?\d+(?:[.,．，٫٬'’\u00a0\u2009\u202f]\d+)*")
_IDEOGRAPHS = re.compile(f"[{NUMERALS}]+(?:[点點][{NUMERALS}]+)?")
_TOKEN = re.compile(rf"{_DIGITS.pattern}|{_IDEOGRAPHS.pattern}|[^\W\d_]+")
_NO_NUMERALS = dict.fromkeys(map(ord, NUMERALS))
_MAY_BE = re.compile(rf"\d|[{NUMERALS}]|[^\W\d_\u2e80-\u9fff]{{2}}")
"""What a number has at least: a digit, a numeral, or two letters of a word."""
_SEPARATOR = re.compile(r"[.,．，٫٬'’\u00a0\u2009\u202f]")


def value(text: str) -> tuple[str, int]:
    """A number in digits as its sign and digits, and how many of them are decimals, whatever parts its thousands."""
    parts = _SEPARATOR.split(text)
    decimals = len(parts[-1]) if len(parts) > 1 and len(parts[-1]) != 3 else 0
    return "-" * (not text[0].isdigit()) + fold("".join(parts)), decimals


def numbers(text: str) -> tuple[list[tuple[str, int]], str]:
    """The numbers in a text, and the letters that are left beside them, their units apart."""
    return _short_numbers(text) if len(text) <= _SHORT else _numbers(text)


@lru_cache(maxsize=1 << 14)
def _parts(token: str) -> tuple[tuple[tuple[str, int], ...], str]:
    """The numbers in a token, and the letters that are left beside them."""
    if _DIGITS.match(token):
        return (value(token),), ""
    folded = fold(token)
    if token[0] in NUMERALS or folded in _number_words() or folded in _one():
        return ((folded, 0),), ""
    # Ideographs after a numeral: its unit, and what rounds it.
    return tuple((fold(each), 0) for each in _IDEOGRAPHS.findall(token)), token.translate(_NO_NUMERALS)


def _numbers(text: str) -> tuple[list[tuple[str, int]], str]:
    parts = [_parts(token) for token in _TOKEN.findall(text)]
    return [each for found, _ in parts for each in found], " ".join(rest for _, rest in parts if rest)


_SHORT = 8
"""Characters of a reading that is likely to be met again: most are single ideographs."""
_short_numbers = lru_cache(maxsize=1 << 14)(_numbers)


def _beside(rest: str) -> bool:
    """Whether letters beside a number are no more than its unit: one word, or ideographs that count or round."""
    if not rest:
        return True
    if all(char in BESIDE for char in rest if not char.isspace()):
        return True
    return rest.isalpha() and not any("\u2e80" <= char <= "\u9fff" or char >= "\U00020000" for char in rest)


def _is_number(text: str) -> bool:
    """Whether a text is a number and no more than its unit."""
    if len(text) > _SHORT and _more_than_a_unit(text):
        return False
    found, rest = numbers(text)
    return any(each not in _one() for each, _ in found) and _beside(rest)


def _more_than_a_unit(text: str) -> bool:
    """Whether a text has two words at least beside its numbers that are no units; most long ones tell it early."""
    words = False
    number = 0
    for match in _TOKEN.finditer(text):
        rest = _parts(match[0])[1]
        number += bool(rest)
        words = words or not BESIDE.issuperset(rest)
        if words and number > 1:
            return True
    return False


def other_number(leader: str, witness: str) -> bool:
    """Whether two readings differ in a number: another one, or one that only one of them has, with its unit."""
    if not _MAY_BE.search(leader) and not _MAY_BE.search(witness):
        return False
    if not all(map(_WORDED, (leader, witness))) and (_NO_UNIT.search(leader) or _NO_UNIT.search(witness)):
        # One side has marks at most, and the other more than a number.
        return False
    if not leader.strip() or not witness.strip():
        return _is_number(leader + witness)
    mine, my_rest = numbers(leader)
    theirs, their_rest = numbers(witness)
    if mine == theirs:
        return False
    if mine and theirs:
        return fold(my_rest) == fold(their_rest) or (_beside(my_rest) and _beside(their_rest))
    firm = any(each not in _one() for each, _ in mine or theirs)
    return firm and any(c.isdigit() for c in leader + witness) and _beside(my_rest) and _beside(their_rest)
