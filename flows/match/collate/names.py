"""Whether a reading looks like the name of a person, a place or a body, by what a script lets one see.

Scripts with capitals show names by them; Chinese and Japanese by surnames, by the words that end the names of places
and by the titles beside names; Arabic by titles before them. There is no dictionary of names, so this misses some.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜"
    "范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍"
    "韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋甘景"
    "褚鹿張劉陳楊趙黃吳孫馬羅鄭謝韓馮蕭鄧許呂蘇盧賈葉閻鍾譚鄒陸顧龍萬錢湯喬賀賴龔龐蘭齊嚴溫蘆魯韋畢聶叢關費紀歐項陽衛"
)
PLACE_ENDS = frozenset("省市县區区州镇鎮乡鄉村街路江河湖海岛島山桥橋港湾灣國国縣町洲")
NO_PLACE = frozenset(
    "全本我该該各某两兩外邻鄰同每此多几幾诸諸别別她他它这這那一二三四五六七八九十数數半大小新老旧舊出道思公铁鐵知"
)
"""Before those endings, and in place of a name, what makes them common words: 全市, 该县, 两省, 出路."""
TITLES = (
    *("先生", "女士", "同志", "主席", "书记", "書記", "市长", "市長", "省长", "省長", "县长", "縣長", "部长", "部長"),
    *(
        "局长",
        "局長",
        "主任",
        "总理",
        "總理",
        "总统",
        "總統",
        "教授",
        "记者",
        "記者",
        "さん",
        "さま",
        "氏",
        "様",
        "首相",
    ),
    *(
        "知事",
        "会長",
        "社長",
        "選手",
        "町長",
        "村長",
        "院长",
        "院長",
        "校长",
        "校長",
        "处长",
        "處長",
        "工程师",
        "工程師",
    ),
)
_KATAKANA = re.compile(r"[\u30a0-\u30ff\uff66-\uff9f・]{2,}")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
_OTHER_LETTER = re.compile(r"[^\W\d_\u2e80-\ua63f\uac00-\ud7ff\U00020000-\U0003ffff]")
"""A letter of a script other than those of East Asia, none of which has capitals."""
_LETTERS = re.compile(r"[^\W\d_]+(?:['’ʼ-][^\W\d_]+)*")
_GROUP = re.Match.group
_PARTICLE = 3
"""Letters of a small word inside a name at most: of, de, von."""
_SENTENCE_END = frozenset('.!?。！？…:;«»"“”„\n')
_TITLES_BEFORE = """
    السيد السيدة الدكتور الدكتورة الرئيس الوزير الوزيرة الملك الأمير الشيخ المهندس المهندسة القائد الأستاذ الأستاذة
    العمدة المحافظ النائب
"""
_ARABIC_TITLES = frozenset(_TITLES_BEFORE.split())
_ARABIC = re.compile(r"[\u0620-\u064a\u0671-\u06d3]+")


def _has_case(word: str) -> bool:
    return word.isascii() or word.lower() != word.upper()


def _cased(text: str) -> Iterator[str]:
    """The words of a text in scripts with capitals."""
    return filter(_has_case, map(_GROUP, _LETTERS.finditer(text)))


def _heads_sentence(before: str) -> bool:
    kept = before.rstrip(" \t\u00a0")
    return not kept.strip() or kept[-1] in _SENTENCE_END


def _with_capitals(text: str) -> bool:
    """Whether the words of a reading have capitals as a name has them."""
    last, count = "", 0
    for word in _cased(text):
        if not word[0].isupper() and (count == 0 or len(word) > _PARTICLE):
            return False
        last, count = word, count + 1
    return count > 0 and last[0].isupper() and (count > 1 or len(last) > 1)


@lru_cache(maxsize=64)
def _among_capitals(before: str, after: str) -> bool:
    """Whether most words round a reading have capitals, as in a headline. Asked for the readings of both sides."""
    words_before, words_after = (list(filter(_has_case, _LETTERS.findall(each))) for each in (before, after))
    round_it = words_before[1:] + words_after[:-1]
    return len(round_it) >= 3 and 2 * sum([word[0].isupper() for word in round_it]) > len(round_it)


def _capitalised(text: str, before: str, after: str) -> bool:
    """Whether neither the head of a sentence nor a headline accounts for the capitals of a reading."""
    if _among_capitals(before, after):
        return False
    # The first word of a sentence has a capital whatever it is; a second one tells.
    if not _heads_sentence(before):
        return True
    words = list(islice(_cased(text), 2))
    return len(words) > 1 and words[1][0].isupper()


def _titled(before: str, after: str) -> bool:
    return after.startswith(TITLES) or before.endswith(TITLES)


def _ideographs_by_themselves(text: str, alone: bool) -> bool | None:
    if len(text) > 8 or text[0] in NO_PLACE:
        return False
    if text[-1] in PLACE_ENDS and len(text) >= 2:
        return not all(char in PLACE_ENDS for char in text)
    surname = text[0] in SURNAMES and 2 <= len(text) <= 4
    if surname and len(text) == 3:
        return True
    return None if surname or len(text) <= 2 or not alone else False


def _by_itself(text: str, alone: bool) -> bool | None:
    if _KATAKANA.fullmatch(text):
        # Most loan words are no names.
        return True if "・" in text else None
    if _HAN.fullmatch(text):
        return _ideographs_by_themselves(text, alone)
    if not _OTHER_LETTER.search(text):
        return False
    if _ARABIC.search(text):
        return None if len(text.split()) <= 3 else False
    return None if _with_capitals(text) else False


_SHORT = 8
_short = lru_cache(maxsize=1 << 15)(_by_itself)
_long = lru_cache(maxsize=16)(_by_itself)
"""What is asked of a long reading is asked again at once, with what stands round it."""


def by_itself(text: str, alone: bool) -> bool | None:
    """Whether a reading is a name, or none, whatever stands round it; None where that may tell.

    `alone`: the other side has nothing there.
    """
    text = text.strip()
    return (_short if len(text) <= _SHORT else _long)(text, alone) if text else False


def by_context(text: str, before: str, after: str, alone: bool) -> bool:
    """Whether a reading of which `by_itself` does not tell is a name, given the text round it."""
    text = text.strip()
    if _KATAKANA.fullmatch(text):
        return after.startswith(TITLES) or after[:1] in PLACE_ENDS
    if _HAN.fullmatch(text):
        if len(text) >= 2 and not alone and after[:1] and after[:1] in PLACE_ENDS:
            return True
        named = text[0] in SURNAMES and 2 <= len(text) <= 4
        given = len(text) <= 2 and before[-1:] in SURNAMES and bool(before)
        return (named or given) and _titled(before, after)
    if _ARABIC.search(text):
        words = before.split()
        return bool(words) and words[-1] in _ARABIC_TITLES
    return _capitalised(text, before, after)
