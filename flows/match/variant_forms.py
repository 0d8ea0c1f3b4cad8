"""Characters that are printed in several forms: one form for each, in which copies agree."""

from __future__ import annotations

from functools import cache

import numpy as np
import opencc
from numpy.typing import NDArray

_IDEOGRAPHS = (*range(0x3400, 0xA000), *range(0x20000, 0x32400))

_REGIONAL = ("t2tw", "t2hk", "tw2t", "hk2t")
"""OpenCC's tables of the forms that Taiwan and Hong Kong print."""

_OTHER = (
    "戸户汚污倶俱呑吞坵丘妬妒帋纸懽欢攷考砲炮皐皋盌碗碁棋稾稿絏绁脗吻覩睹讐雠賸剩躰体輭软廻回遯遁鍳鉴韮韭飜翻餧喂鬪斗"
    "龢和竝并倂并甎砖筯箸葢盖蘂蕊袴裤譌讹躶裸迺乃阬坑隄堤雝雍麤粗皷鼓煖暖燄焰牋笺犂犁畱留疎疏矙瞰硏研祘算稭秸穨颓窰窑"
    "筴策粃秕紬绸緜绵繙翻缾瓶罇樽肎肯胷胸臕膘舩船艸草荅答莾莽蔆菱虵蛇蠏蟹裠裙徧遍咊和姙妊寃冤寳宝峩峨幙幕廐厩恠怪慙惭"
    "憇憩拕拖搥捶敂叩曡叠朶朵柹柿栢柏桮杯楳梅欝郁歗啸氷冰灋法猨猿珎珍畧略畮亩疉叠眞真礟炮秇艺稉粳窓窗箒帚粇糠緖绪縂总"
    "翄翅聦聪肧胚脇胁膓肠蔴麻蘓苏虗虚蚘蛔蝱虻襃褒謌歌軆体辤辞迯逃鎻锁鏁锁隣邻霛灵靑青靣面韈袜頋顾騐验鬀剃鴈雁鷰燕鹻碱"
    "鼃蛙齅嗅黄黃産产"
)
"""Variant forms that those tables lack, each before the form in use."""

_ARABIC = "کكیيىيہهھهەه"
"""Letters as Persian, Urdu and Uyghur print them, and a final yeh without its dots, each before the Arabic letter."""


def _table(config: str) -> dict[int, int]:
    """The ideographs that a configuration of OpenCC changes singly."""
    # Parted by line feeds no phrase of the dictionaries applies, only their tables of single characters.
    converted = opencc.OpenCC(config).convert("\n".join(map(chr, _IDEOGRAPHS))).split("\n")
    pairs = zip(_IDEOGRAPHS, converted, strict=True)
    return {code: ord(other) for code, other in pairs if len(other) == 1 and ord(other) != code}


def _in_chinese(code: int) -> bool:
    """Whether Chinese prints a character, so that it need not be the Japanese form of another one."""
    for codec in ("gb2312", "big5"):
        try:
            chr(code).encode(codec)
        except UnicodeError:
            continue
        return True
    return False


@cache
def one_form() -> NDArray[np.uint32]:
    """Code point to code point: a character to the form that stands for all its forms.

    Simplified for Traditional, regional and variant forms (OpenCC's tables of single characters, and a table of
    variants), and of the Japanese forms those that Chinese does not use for another character; the Arabic letters
    that other languages print differently.
    """
    simplified = _table("t2s")
    links = [*simplified.items(), *(pair for config in _REGIONAL for pair in _table(config).items())]
    links += [pair for pair in _table("jp2t").items() if not _in_chinese(pair[0])]
    links += [(ord(form), ord(used)) for form, used in zip(_OTHER[::2], _OTHER[1::2], strict=True)]
    parent: dict[int, int] = {}

    def root(code: int) -> int:
        while (above := parent.get(code, code)) != code:
            code = above
        return code

    def rank(code: int) -> tuple[bool, bool, int]:
        return code in simplified, not _in_chinese(code), code

    for one, other in links:
        first, second = sorted((root(one), root(other)), key=rank)
        parent[second] = first
    table = np.arange(0x110000, dtype=np.uint32)
    for code in parent:
        table[code] = root(code)
    for form, used in zip(_ARABIC[::2], _ARABIC[1::2], strict=True):
        table[ord(form)] = ord(used)
    return table
