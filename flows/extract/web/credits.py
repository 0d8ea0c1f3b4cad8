"""The visible credits of an article: who wrote it, where it comes from, when it ran."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from flows.extract import dates

_HAN_NAME = r"(?:[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{1,8}[·•・][\u4e00-\u9fff·•・]{1,12})"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎"
    "贺顾毛郝龚邵万钱严覃武戴莫孔向汤张陳劉楊黃趙吳孫馬鄭謝許韓馮鄧葉蘇呂盧鍾譚陸範賈韋鄒龍賀顧龔萬錢嚴湯溫温康施洪季牛文庞樊兰殷翟安倪俞章鲁葛伍申尤毕聂柴梅童凌阮艾游纪涂冉裴"
    "左欧项祝喻柯包单屈鲍成符华饶牟宁耿柳辛管蓝关焦岳车苗祁甘路曲景卜闵邢房霍靳柏缪解应宗费"
)
_LABEL = (
    r"(?:文章|信息|稿件|新闻|新聞|本文|消息|資料)?(?:来\s*源|來\s*源|出\s*处|出\s*自|选\s*自|稿\s*源)(?:于|於|自)?|作\s*者|撰\s*文|撰\s*稿|"
    r"责任编辑|責任編輯|责\s*编|責\s*編|编\s*辑|編\s*輯|记\s*者|記\s*者|通讯员|通訊員|时\s*间|時\s*間|日\s*期|发布|發布|发表|發表|点击|點擊|浏览|瀏覽|"
    r"阅读|閱讀|字号|字體|字体|评论|評論|審核|审核|校对|摄影|攝影|分享|打印|类别|分类|标签|关键词|更新|译者|翻译|录入|上传|人气|访问|查看|次数|投稿|"
    r"推荐|发稿|出版社|报道|報導|我要|本文|转载|编号|文号|索引|主题"
)
_END = (
    rf"(?=\s*[|｜│•]|\s*(?:{_LABEL})|\s*(?:19|20)\d\d\s*[-/.年]|[\t\n]|\s{{2,}}|　|"
    r"[;；)）\]】\[【(（<>]|\s+\d|\s+[图圖]\s*[/／:：]|\Z)"
)  # fmt: skip
_SOURCE = re.compile(
    rf"(?:来\s*源|來\s*源|出\s*处|出\s*自|稿\s*源)(?:于|於|自)?(?:\s*[:：]\s*[\[【]?\s*|\s*[\[【]\s*)(?P<value>[^\s:：\[【].{{0,40}}?){_END}"
)
_AUTHOR = re.compile(
    rf"(?<![\u4e00-\u9fff])(?:(?:原|文章)?作\s*者|撰\s*文|撰\s*稿(?:人)?|文\s*(?=[/／丨:：])|发文机关|發文機關|发布机构|"
    rf"(?:本[报刊网台]|特[约派]|实习|见习)*(?:记\s*者|記\s*者)|发稿人)\s*[:：/／丨]\s*(?P<value>[^\s:：].{{0,60}}?){_END}"
)
_EDITOR = re.compile(
    rf"(?:责任编辑|責任編輯|责\s*编|責\s*編|编\s*辑|編\s*輯)\s*[:：]\s*(?P<value>[^\s:：].{{0,30}}?){_END}"
)
_ONE = rf"(?:{_HAN_NAME}|[{_SURNAMES}]\s[\u4e00-\u9fff](?![\u4e00-\u9fff]))"
_NAMES = rf"{_ONE}(?:(?:\s*[、，,]\s*|\s+)(?:实习生|通讯员|记者|實習生)?\s*{_ONE})*"
_REPORTER = re.compile(
    rf"(?:记者|記者|通讯员|通訊員|实习生|實習生)(?:\s+|[:：]\s*)?(?P<value>{_NAMES})"
    r"(?=\s*[)）】\]]|\s*(?:[／/]|文|报道|報導|摄|攝|综合|通讯员|记者|实习生)|\s*\Z)"
)
_SIGNED = re.compile(
    r"[(（【\[]\s*(?:文|作者)?[:：/]?\s*(?P<value>[\u4e00-\u9fff]{2,4})(?:\s+[\u4e00-\u9fff]{2,4}(?:报道|報導|电|電))?\s*[)）】\]]\s*\Z"
)
_BRACKETED = re.compile(rf"[\[【(（]\s*(?P<value>{_HAN_NAME})\s*[\]】)）]")
_POSTED = re.compile(
    r"^(?:由|[Bb]y)?\s*(?P<value>[^\s:：，,。]{2,20}?)\s*(?:发表于|發表於|发布于|發佈於|张贴|張貼|写于|於\s*\d|@)\s*.{0,4}\d"
)
_SPACED = re.compile(rf"\A(?:{_HAN_NAME}|[\u4e00-\u9fff])(?:\s+(?:{_HAN_NAME}|[\u4e00-\u9fff]))*\Z")
_PERSON = re.compile(r"\A[^\W\d_a-z][\w'’.-]+(?:\s+[^\W\d_a-z]\.?)?(?:\s+[^\W\d_a-z][\w'’-]+){1,2}\Z")
_LONE = re.compile(rf"\A\s*[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}\s*\Z")
_NOT_NAMES = re.compile(
    r"https?:|www\.|@|[:：=\"<>]|^\d+$|^(?:admin|administrator|editor|staff|webmaster|null|none|unknown|root|管理员|佚名|未知|不详|无|匿名|"
    r"网络|互联网|本站|本网|编辑|小编|本站原创|转载|综合|原创|来源|作者|记者|本报|本报讯|本报记者|显示|正文|新闻|评论|国际|时评|图|组图|文|社论)$",
    re.I,
)
_ORGANISATION = re.compile(
    r"(?:网|報|报社?|集团|公司|网络|中心|电视台|通讯社|新闻|频道|在线|論壇|论坛|博客|杂志|\.com|\.cn|team|inc\.?|news|media|online|times)$",
    re.I,
)
_BY = re.compile(
    r"(?:^|[\n|•·]|\b(?:19|20)\d\d\s|\b(?:posted|written|published|words|story|report(?:ed|ing)?|article|authored)\s+)\s*"
    r"(?:by|author\s*:|autor\s*:|автор\s*:|συντάκτης\s*:|von|par|por|przez|文)\s*:?\s+(?P<value>[^\W\d_].{1,120})",
    re.I,
)
_BY_END = re.compile(
    r"\s*[|•·\n]|\s+[-–—]\s|\s+(?:on|at|in|for|last|published|updated|posted|from|reviewed|medically|is)\b|"
    r",?\s+(?:(?:senior|staff|chief|political|health|science|associate|contributing|special|foreign|business|city|home|education|sports?|"
    r"medical|environment)\s+)*(?:correspondent|editor|reporter|writer|staff|columnist)\b|\s*[(\[]|\s*\d|\s*https?:|"
    r"(?<![A-Z])(?<!Dr)(?<!Mr)(?<!St)\.\s|,?\s+(?:MS|MD|PhD|RDN?|LD|DVM|MPH|RN|JD|Ph\.D\.)\b|\Z",
    re.I,
)  # fmt: skip
_NO_SOURCE = re.compile(r"[=\"<>]|^(?:转载|转载文章|轉載|网络|互联网|網絡|本站|本站原创|原创|綜合|综合|不详|未知)$")
_MONTH = re.compile(r"\s*\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?\s*\Z", re.I)
_JOIN = re.compile(r"\s*(?:[,;、，；|&/／]|\band\b|\boraz\b|\bи\b|\bκαι\b|\bund\b|\bet\b)\s*", re.I)
_TITLED = re.compile(r"\A(?:by|作者|记者|本报记者|通讯员|实习生|written by|edited by)\s*[:：]?\s+", re.I)
_EDGES = re.compile(r"\A[\s,.，。、;；:：·\-*]+|[\s,，。、;；:：·\-*]+\Z")
_HAN = re.compile(r"[\u4e00-\u9fff]")
LINE = 160
"""A line of credits is at most this long."""


@dataclass(slots=True)
class Credits:
    """What the lines said; empty where they said nothing."""

    authors: list[str] = field(default_factory=list)
    editors: list[str] = field(default_factory=list)
    source: str | None = None
    published: dates.Moment | None = None


def is_organisation(name: str) -> bool:
    """Whether a name is that of a paper, a company or a site."""
    return _ORGANISATION.search(name.strip()) is not None


def is_alone(text: str) -> bool:
    """Whether a line is a Chinese name and nothing else."""
    return _LONE.match(text) is not None


def is_person(name: str) -> bool:
    """Whether a western name looks like a person's: two or three capitalised words, none of them a paper's."""
    return _PERSON.match(name.strip()) is not None and not is_organisation(name)


def split_names(value: str) -> list[str]:
    """The names in a list of authors as printed, without what cannot be a name."""
    value = _EDGES.sub("", value).replace("　", " ")
    if "://" in value:
        return []
    if _HAN.search(value) and _SPACED.match(value):
        parts: list[str] = []
        for part in value.split():  # two-letter names are often set wide: 王 伟
            if parts and len(part) == 1 and len(parts[-1]) == 1:
                parts[-1] += part
            else:
                parts.append(part)
    else:
        parts = _JOIN.split(value)
    names: list[str] = []
    for part in parts:
        name = _TITLED.sub("", _EDGES.sub("", part))
        if 1 < len(name) <= 60 and not _NOT_NAMES.search(name) and name not in names:
            names.append(name)
    return names[:12]


def western_byline(text: str) -> list[str]:
    """Names after "By" and its like, at the start of a line."""
    match = _BY.search(text[:300])
    if match is None:
        return []
    value = match["value"]
    end = _BY_END.search(value)
    value = _MONTH.sub("", value[: end.start()] if end else value)
    names = split_names(value)
    alone = match.start() == 0 and len(text.split()) == 2
    return names if _HAN.search(value) or alone else [n for n in names if len(n.split()) <= 5 and n[:1].isupper()]


def _named(line: str) -> list[str]:
    """The authors that one line of credits names."""
    match = _AUTHOR.search(line) or _REPORTER.search(line)
    if match is None and next(dates.find(line), None) is not None:
        match = _POSTED.search(line.strip()) or _BRACKETED.search(line)
    if match is not None and (names := split_names(match["value"])):
        return names
    return western_byline(line)


def read_credits(lines: list[str]) -> Credits:
    """Credits from the short lines around an article, the likeliest first. Longer lines are passed over."""
    out = Credits()
    for line in lines:
        if len(line) > LINE:
            continue
        if out.published is None:
            out.published = next((m for m in dates.find(line) if m.precision != "month"), None)
        if out.source is None and (match := _SOURCE.search(line)):
            source = _EDGES.sub("", match["value"])
            out.source = source if source and not _NO_SOURCE.search(source) else None
        if not out.authors:
            out.authors = _named(line)
        if not out.editors and (match := _EDITOR.search(line)):
            out.editors = split_names(match["value"])
    return out


def signed(paragraphs: list[str]) -> list[str]:
    """Names that an article's own text signs itself with, at its start or end: "本报记者 …", "（记者 …）", "（…）"."""
    opening: list[str] = []
    for text in paragraphs[:4]:
        if len(text) <= 40 and (match := _REPORTER.search(text)):
            opening += split_names(match["value"])
        elif opening:
            break
    if opening:
        return list(dict.fromkeys(opening))
    for text in paragraphs[:3]:
        if _LONE.match(text):
            return [text.strip()]
        if len(text) > 40:
            break
    for text in paragraphs[:3]:
        if match := _REPORTER.search(text[:120]):
            return split_names(match["value"])
    for text in reversed(paragraphs[-4:]):
        if match := _REPORTER.search(text[-60:]):
            return split_names(match["value"])
    for text in reversed(paragraphs[-2:]):
        if (match := _SIGNED.search(text[-30:])) and match["value"][0] in _SURNAMES:
            return [match["value"]]
    return []
