"""What sort of difference two readings are."""

from __future__ import annotations

import re
import unicodedata

from flows.match.fold import fold

NUMERALS = frozenset("〇零一二三四五六七八九十百千万亿兆壹贰叁肆伍陆柒捌玖拾佰仟两廿卅萬億貳參陸兩")
SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜"
    "范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍"
    "韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋甘景"
    "褚鹿"
)
PLACE_ENDS = frozenset("省市县区州镇乡村街路道江河湖海岛山桥港湾县省国洲")
PEOPLE_ENDS = (
    "先生",
    "女士",
    "同志",
    "主席",
    "书记",
    "市长",
    "省长",
    "县长",
    "部长",
    "局长",
    "主任",
    "总理",
    "总统",
    "教授",
    "记者",
)

_CAPITALISED = re.compile(r"[^\W\d_]+")
_NUMERAL = re.compile(f"[{''.join(sorted(NUMERALS))}]")
_DIGIT = re.compile(r"\d")
_KATAKANA = re.compile(r"[\u30a0-\u30ff\uff66-\uff9f・]{2,}")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")


def is_number(text: str) -> bool:
    """Whether a reading has digits, or is made of numerals with at most one other letter."""
    if _DIGIT.search(text):
        return True
    if not _NUMERAL.search(text):
        return False
    letters = [char for char in text if char.isalpha() or char.isnumeric()]
    numerals = sum(char in NUMERALS for char in letters)
    return numerals >= len(letters) - 1 and (len(letters) == numerals or len(letters) <= 3)


def _capitalised(text: str) -> bool:
    words = _CAPITALISED.findall(text)
    cased = [word for word in words if word.lower() != word.upper()]
    return bool(cased) and all(word[0].isupper() for word in cased)


def _is_name(text: str, before: str, after: str) -> bool:
    """Whether a reading looks like the name of a person or a place, given the letters round it."""
    text = text.strip()
    if not text:
        return False
    if _KATAKANA.fullmatch(text):
        return True
    if _HAN.fullmatch(text):
        if len(text) > 8:
            return False
        if text[-1] in PLACE_ENDS and len(text) >= 2:
            return True
        if after[:1] in PLACE_ENDS and after[:1]:
            return True
        person = 2 <= len(text) <= 4 and text[0] in SURNAMES
        given = len(text) <= 2 and before[-1:] in SURNAMES and bool(before)
        return (person or given) and (after.startswith(PEOPLE_ENDS) or before.endswith(PEOPLE_ENDS) or person)
    # A capital at the head of a sentence is no sign of a name.
    return _capitalised(text) and bool(before.strip()) and before.rstrip()[-1:] not in '.!?。！？…:»"”'


def form(leader: str, witness: str) -> str:
    """`orthography` or `punctuation`, for two readings that fold alike."""
    plain = ("".join(unicodedata.normalize("NFKC", each).split()) for each in (leader, witness))
    return "orthography" if fold(leader) or len({*plain}) == 1 else "punctuation"


def classify(leader: str, witness: str, before: str, after: str) -> str:
    """The class of a variant in letters, from the two readings and the leader's text round them."""
    if is_number(leader) or is_number(witness):
        return "number"
    if _is_name(leader, before, after) and _is_name(witness, before, after):
        return "name"
    return "wording"
