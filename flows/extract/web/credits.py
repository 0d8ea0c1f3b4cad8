"""The visible line of credits: who wrote it, where it comes from, when it ran."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from flows.extract import dates

_HAN_NAME = r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{1,8}[·•・][\u4e00-\u9fff·•・]{1,12}"
_LABEL = (
    r"(?:文章|信息|稿件|新闻|新聞|本文|消息|資料)?(?:来\s*源|來\s*源|出\s*处|稿\s*源)(?:于|於|自)?|作\s*者|撰\s*文|撰\s*稿|责任编辑|責任編輯|责\s*编|責\s*編|"
    r"编\s*辑|編\s*輯|记\s*者|記\s*者|通讯员|通訊員|时\s*间|時\s*間|日\s*期|发布|發布|发表|發表|点击|點擊|浏览|瀏覽|阅读|閱讀|字号|字體|字体|评论|評論|審核|审核|"
    r"校对|摄影|攝影|分享|打印|类别|分类|标签|关键词|更新|译者|翻译|录入|上传|人气|访问|查看|次数|投稿|推荐|发稿"
)
_END = (
    rf"(?=\s*[|｜│•]|\s*(?:{_LABEL})\s*[:：]|\s*(?:19|20)\d\d\s*[-/.年]"
    rf"|\s*[\[【(（]\s*(?:{_LABEL})|[\t\n]|\s{{2,}}|　|[;；)）\]】]|\Z)"
)
_SOURCE = re.compile(rf"(?:来\s*源|來\s*源|出\s*处|稿\s*源)(?:于|於|自)?\s*[:：]\s*(?P<value>[^\s:：].{{0,40}}?){_END}")
_AUTHOR = re.compile(
    rf"(?<![\u4e00-\u9fff])(?:原?作\s*者|撰\s*文|撰\s*稿(?:人)?|文\s*[/／丨]|文\s*[:：]|(?:本[报刊网台]|特[约派]|实习|见习)*(?:记\s*者|記\s*者)|译者|发稿人)\s*(?:[:：/／丨]|\s)"
    rf"\s*(?P<value>[^\s:：].{{0,60}}?){_END}"
)
_REPORTER = re.compile(
    rf"(?:记者|記者|通讯员|通訊員)(?:\s+|[:：]\s*)?(?P<value>(?:{_HAN_NAME})(?:(?:\s*[、，,]\s*|\s+)(?:实习生|通讯员|记者|實習生)?\s*(?:{_HAN_NAME}))*)"
    r"(?=\s*[)）】\]]|\s*(?:[／/]|文|报道|報導|摄|攝|综合|発)|\s*\Z)"
)
_SPACED = re.compile(rf"\A(?:{_HAN_NAME}|[\u4e00-\u9fff])(?:\s+(?:{_HAN_NAME}|[\u4e00-\u9fff]))*\Z")
_NOT_NAMES = re.compile(
    r"https?:|www\.|@|[:：]|^\d+$|^(?:admin|administrator|editor|staff|webmaster|null|none|unknown|管理员|佚名|未知|不详|无|匿名|网络|互联网|本站|本网|编辑|"
    r"小编|本站原创|转载|综合|原创|来源|作者|记者|本报|本报讯|本报记者)$",
    re.I,
)
_BY = re.compile(
    r"(?:^|[\n|•·]|\b(?:posted|written|published|words|story|report(?:ed|ing)?|article|photos?)\s+)\s*"
    r"(?:by|author\s*:|autor\s*:|автор\s*:|συντάκτης\s*:|von|par|por|przez)\s*:?\s+(?P<value>[^\W\d_].{1,120})",
    re.I,
)
_BY_END = re.compile(
    r"\s*[|•·\n]|\s+[-–—]\s|\s+(?:on|at|in|for|last|published|updated|posted|from)\b|,?\s+(?:(?:senior|staff|chief|political|health|science|"
    r"associate|contributing|special|foreign|business|city|home|education|sports?|medical|environment)\s+)*"
    r"(?:correspondent|editor|reporter|writer|staff|columnist)\b|\s*[(\[]|\s*\d|\s*https?:|(?<![A-Z])(?<!Dr)(?<!Mr)(?<!St)\.\s|\Z",
    re.I,
)
_JOIN = re.compile(r"\s*(?:[,;、，；|&/／]|\band\b|\boraz\b|\bи\b|\bκαι\b|\bund\b|\bet\b)\s*", re.I)
_EDGES = re.compile(r"\A[\s,.，。、;；:：·\-]+|[\s,，。、;；:：·\-]+\Z")
_HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(slots=True)
class Credits:
    """What the lines said; empty where they said nothing."""

    authors: list[str] = field(default_factory=list)
    source: str | None = None
    published: dates.Moment | None = None


def split_names(value: str) -> list[str]:
    """The names in a list of authors as printed, without what cannot be a name."""
    value = _EDGES.sub("", value)
    if len(_HAN.findall(value)) * 2 >= len(value.replace(" ", "")) and _SPACED.match(value.replace("　", " ")):
        parts = value.replace("　", " ").split()
        if all(len(part) == 1 for part in parts):
            parts = ["".join(parts)]
        elif any(len(part) == 1 for part in parts):  # two-letter names are often set wide
            joined: list[str] = []
            for part in parts:
                if joined and len(part) == 1 and len(joined[-1]) == 1:
                    joined[-1] += part
                else:
                    joined.append(part)
            parts = joined
    else:
        parts = _JOIN.split(value)
    names: list[str] = []
    for part in parts:
        name = re.sub(r"^(?:by|作者|记者|本报记者|通讯员|实习生)\s*[:：]?\s+", "", _EDGES.sub("", part), flags=re.I)
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
    names = split_names(value[: end.start()] if end else value)
    return [n for n in names if len(n.split()) <= 5 and n[:1].isupper()] if not _HAN.search(value) else names


def read_credits(lines: list[str]) -> Credits:
    """Credits from the short lines around a headline, the likeliest first."""
    out = Credits()
    for line in lines:
        if out.published is None:
            out.published = next((m for m in dates.find(line) if m.precision != "month"), None)
        if out.source is None:
            match = _SOURCE.search(line)
            if match:
                out.source = _EDGES.sub("", match["value"]) or None
        if not out.authors:
            match = _AUTHOR.search(line) or _REPORTER.search(line)
            if match:
                out.authors = split_names(match["value"])
            if not out.authors:
                out.authors = western_byline(line)
    return out


def reporters(text: str) -> list[str]:
    """Names in a passage's own credit: "（记者 …）", "本报记者 …" at its start or end."""
    for part in (text[:120], text[-60:]):
        match = _REPORTER.search(part)
        if match:
            names = split_names(match["value"])
            if names:
                return names
    return []
