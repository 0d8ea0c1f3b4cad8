"""The visible credits of an article: who wrote it, where it comes from, when it ran."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from flows.extract import dates
from flows.extract.clock import WORD
from flows.extract.languages import folded, vocabulary, words
from flows.extract.names import HAN, HAN_NAME, has_surname, is_alone, is_name, is_organisation, is_person, split_names
from flows.extract.web.bylines import byline
from flows.extract.wordlist import any_of

_LABEL = (
    r"(?:文章|信息|稿件|新闻|新聞|本文|消息|資料)?(?:来\s*源|來\s*源|出\s*处|出\s*自|选\s*自|稿\s*源)(?:于|於|自)?|作\s*者(?=\s*[:：])|撰\s*文|撰\s*稿|"
    r"责任编辑|責任編輯|责\s*编|責\s*編|编\s*辑(?=\s*[:：/／|])|編\s*輯(?=\s*[:：/／|])|记\s*者(?=\s*[:：])|記\s*者(?=\s*[:：])|时\s*间|時\s*間|日\s*期|发布|發布|发表|發表|点击|點擊|浏览|瀏覽|"
    r"阅读|閱讀|字号|字體|字体|评论|評論|審核|审核|校对|摄影|攝影|分享|打印|列印|类别|分类|标签|关键词|关键字|關鍵字|更新|译者|翻译|录入|上传|人气|访问|查看|次数|投稿|"
    r"推荐|发稿|出版社|(?<=\s)(?:报道|報導)|我要|本文|转载|编号|文号|索引|主题|举报|舉報|网友|網友|收藏|关注"
)
_END = (
    rf"(?=\s*[|｜│•]|\s*(?:{_LABEL})|\s*(?:19|20)\d\d\s*[-/.年]|[\t\n]|\s{{2,}}|　|"
    r"[;；)）\]】\[【(（<>]|\s+\d|\s+[图圖]\s*[/／:：]|\Z)"
)  # fmt: skip
_SOURCE = re.compile(
    rf"(?:来\s*源|來\s*源|出\s*处|出\s*自|稿\s*源)(?:于|於|自)?(?:\s*[:：]\s*[\[【]?\s*|\s*[\[【]\s*)"
    rf"(?!{_LABEL})(?P<value>[^\s:：\[【].{{0,40}}?){_END}"
)
_AUTHOR = re.compile(
    rf"(?:(?<![译譯])作\s*者(?=\s*[:：])|(?<![\u4e00-\u9fff])(?:作\s*者|撰\s*文|撰\s*稿(?:人)?|采\s*[写访]|採\s*[寫訪]|执\s*笔|執\s*筆|整\s*理|通讯员|通訊員|文\s*(?=[/／╱丨｜|·・＝:：])|"
    rf"发文机关|發文機關|发布机构|(?:本[报刊网台]|特[约派]|实习|见习)*(?:记\s*者|記\s*者)|发稿人))\s*[:：/／╱丨｜|·・＝]\s*"
    rf"(?!(?:{_LABEL})\s*[:：])(?P<value>[^\s:：].{{0,60}}?(?:\s*[(（][A-Za-z][A-Za-z .'’-]{{2,40}}[)）])?){_END}"
)
_LABELLED = re.compile(r"[者文稿人写访寫訪笔筆理员員关關构]\s*[:：/／╱丨｜|·・＝]")
"""The end of each label of `_AUTHOR`: it begins with a set of letters, which the engine looks for at great speed."""
_EDITOR = re.compile(
    rf"(?:责任编辑|責任編輯|责\s*编|責\s*編|编\s*辑|編\s*輯)\s*[:：]\s*(?P<value>[^\s:：].{{0,30}}?){_END}"
)
_ONE = rf"(?:{HAN_NAME}|[\u4e00-\u9fff]\s[\u4e00-\u9fff](?![\u4e00-\u9fff]))"
_BESIDE = r"(?:实习生|實習生|通讯员|通訊員|记者|記者)"
_NAMES = rf"{_ONE}(?:(?:\s*[、，,]\s*|\s+)(?:{_BESIDE}\s*)?{_ONE}|{_BESIDE}{_ONE})*"
_ASIAN = ("zh", "ja", "ko")
_WRITES = frozenset(word for tag in _ASIAN for word in words()[tag]["author"])
_WORKS = any_of(sorted(_WRITES | {word for tag in _ASIAN for word in words()[tag]["checked"]}))
_EAST = r"[\u3041-\u30ff々\u4e00-\u9fff]"
_JOINED = r"\s*(?:[・･／/、,&·]|と|和)\s*"
_WORK = re.compile(
    rf"(?:\A|[\s　【（(\[｜|])(?P<works>(?:{_WORKS})(?:{_JOINED}(?:{_WORKS}))*)\s*(?:[:：＝=／/｜|・]|[\s　])\s*"
    rf"(?P<value>(?!{_WORKS})(?:[가-힣]{{2,4}}(?![가-힣])|{_EAST}{{2,8}}(?:[\s　](?!{_WORKS}){_EAST}{{1,6}})?))"
)
"""What one or several works (text, photographs) are by whom, in Japanese, Korean, or of several works in Chinese."""
_DATES = vocabulary("published", "updated", "date")
_EACH_WORK = re.compile(_WORKS)
_KOREAN_ROLES = any_of(sorted(words()["ko"]["roles"]))
_REPORTER = re.compile(
    rf"{_BESIDE}(?:\s+|[:：]\s*)?(?P<value>{_NAMES})"
    r"(?P<after>\s*[)）】\]]|\s*[／/╱](?!\s*[摄攝图圖])|\s*(?:文|[摄攝]影[、/／]?[报報][道導]|图文|圖文|报道|報導|綜合|综合|实习生)|\s*\Z|(?=[\u4e00-\u9fff]{2,3}\d{1,2}日))"
)
_SIGNED = re.compile(
    r"[(（【\[]\s*(?:文|作者)?[:：/]?\s*(?P<value>[\u4e00-\u9fff]{2,4})(?:\s+[\u4e00-\u9fff]{2,4}(?:报道|報導|电|電))?\s*[)）】\]]\s*\Z"
)
_TEXT_BY = re.compile(rf"\A\s*文\s+(?P<value>{HAN_NAME})\s*\Z")
_BRACKETED = re.compile(rf"[\[【]\s*(?P<value>{HAN_NAME})\s*[\]】]")
_POSTED = re.compile(
    r"^(?:由|[Bb]y)?\s*(?P<value>[^\s:：，,。]{2,20}?)\s*(?:发表于|發表於|发布于|發佈於|张贴|張貼|写于|於\s*\d|@)\s*.{0,4}\d"
)
_POSTED_AT = re.compile(
    r"^posted\s*(?:@|on)\s*[\d:/.\- ]{8,20}\s+(?P<value>[^\s:：，,。()（）]{2,20})\s+"
    r"(?:阅读|评论|閱讀|浏览|编辑|收藏|views|reads)",
    re.I,
)
_KOREAN = re.compile(
    rf"(?:기자|글)\s*[:：=]\s*(?P<after>[가-힣]{{2,4}})(?![가-힣])|(?<![가-힣])(?P<before>[가-힣]{{2,4}}(?:\s*[·,]\s*[가-힣]{{2,4}})*)"
    rf"\s*(?:{_KOREAN_ROLES})(?=입력|수정|등록|승인|[^가-힣]|\Z)"
)
_KOREAN_WIRE = re.compile(
    rf"\s*[\[(（][^\])）\n]{{1,24}}[\])）]\s*(?P<value>[가-힣]{{2,4}}(?:\s*[·,]\s*[가-힣]{{2,4}})*)\s*(?:{_KOREAN_ROLES})\s*="
)
"""How Korean agencies begin: (서울=돌다리통신) 한소미 기자 =."""
_POSTED_BELOW = re.compile(r"\A\s*(?:发表于|發表於|发布于|發佈於)\s*[:：]?\s*\d")
_READ = re.compile(r"\b\d+\s*-?\s*min(?:ute)?s?(?:\s+read)?\b", re.I)
_CLOSING = re.compile(r"\A\s*[(（]\s*(?P<value>[\u3041-\u30ff\u4e00-\u9fff]{2,8})\s*[)）]\s*\Z")
_BIO = re.compile(
    r"\A(?P<value>[^,.]{4,40}?),?\s+is\s+(?:an?|the)\s+[^.]{0,60}?"
    r"\b(?:writer|reporter|journalist|correspondent|editor|columnist|author|contributor)\b"
)
_NO_SOURCE = re.compile(
    r"[=\"<>]|^(?:转载|转载文章|轉載|网络|互联网|網絡|本站|本站原创|原创|綜合|综合|不详|未知|资料图|資料圖)$|^作\s*者"
)
_EASTERN = re.compile("[\u3041-\u30ff\u4e00-\u9fff가-힣]")
_HANGUL = re.compile("[가-힣]")
_KANA = re.compile(r"[\u3041-\u30ff]")
_EDGES = re.compile(r"\A[\s,.，。、;；:：·\-*]+|[\s,，。、;；:：·\-*|]+\Z")
LINE = 160
"""A line of credits is at most this long."""


@dataclass(slots=True)
class Credits:
    """What the lines said; empty where they said nothing."""

    authors: list[str] = field(default_factory=list)
    editors: list[str] = field(default_factory=list)
    source: str | None = None


def _reporters(line: str) -> list[str]:
    """The reporters that a line names without a colon: by a surname, or by the bracket that closes after them."""
    for match in _REPORTER.finditer(line):
        names = split_names(match["value"])
        names = [name for name in names if not is_organisation(name)]
        closed = match["after"].strip() in (")", "）", "】", "]")
        if names and (closed or all(has_surname(name) or "·" in name for name in names)):
            return names
    return []


def works_by(line: str) -> list[str] | None:
    """Who wrote, by a line that says who did which work (文・写真 川辺みどり); None where it does not.

    Lines of one work in Chinese are left to rules that know more of those.
    """
    out: list[str] | None = None
    left = False
    for match in _WORK.finditer(line):
        works = _EACH_WORK.findall(match["works"])
        chinese = HAN.match(match["value"]) and not _KANA.search(line)
        both = len(works) > 1 or {"文", "图"} <= set(works[0].replace("圖", "图"))
        called = match.start() > 0 and works[0] in ("기자", "記者", "记者")  # what stands before is the name
        if called or (chinese and not both and works[0] in _WRITES):
            left = True
            continue
        out = out or []
        name = " ".join(match["value"].split())
        if any(work in _WRITES for work in works) and is_name(name) and folded(name) not in _DATES:
            out.append(name)
    return None if left and not out else out


def _chinese_byline(line: str) -> list[str]:
    """The authors that a line names after a label in Chinese, or as its reporters."""
    if (named := works_by(line)) is not None:
        return named
    found = list(_AUTHOR.finditer(line)) if _LABELLED.search(line) else []
    if alone := _TEXT_BY.match(line):
        found.append(alone)
    names = list(dict.fromkeys(name for match in found for name in split_names(match["value"])))
    return names or _reporters(line)


def _named(line: str, *, labelled: bool) -> list[str]:
    """The authors that one line of credits names; if `labelled`, only where it says that they are."""
    names = [] if line.isascii() else _chinese_byline(line)
    names = names or byline(line)
    if not names and _HANGUL.search(line) and (match := _KOREAN.search(line)):
        names = match["after"].split() if match["after"] else re.split(r"\s*[·,]\s*", match["before"])
    if names or labelled or next(dates.find(line), None) is None:
        return names
    for pattern in (_POSTED_AT, _POSTED, _BRACKETED):
        match = pattern.search(line.strip())
        if match and (pattern is not _BRACKETED or has_surname(match["value"])):
            return split_names(match["value"])
    return _beside_date(line)


def _beside_date(line: str) -> list[str]:
    """A person's name that is all that a line has beside its date: "Ada Whitlow • 18 April 2019"."""
    rest = line
    for moment in dates.find(line):
        rest = rest.replace(line[moment.start : moment.end], "|")
    parts = [
        part.strip(" ,") for part in re.split(r"[|•·\n]|\s[-–—/]\s|\s{2,}", _READ.sub("|", rest)) if part.strip(" ,")
    ]
    return parts if len(parts) == 1 and _plainly_a_person(parts[0]) else []


def _plainly_a_person(text: str) -> bool:
    """Whether a line that nothing calls a name is one: two words in capitals and small letters."""
    return is_person(text) and len(text.split()) == 2 and not any(word.isupper() for word in text.split())


_SENTENCE_END = re.compile(r"[^\W\d_]{2}[.!?…।۔։]['\"”’»)]*\s*\Z|[。！？]")
_MORE = 2
"""Words, or as many times three letters where words are not parted, that a byline may have beside labels and names."""


def is_byline(line: str) -> bool:
    """Whether a line is a byline by what it says whole: a label, names, roles and dates, and hardly a word more."""
    if len(line) > LINE or _SENTENCE_END.search(line):
        return False
    names = read_credits([line], labelled=True).authors
    if not names or not any(" " in name or _EASTERN.match(name) for name in names):
        return False
    rest = line
    for moment in dates.find(line):
        rest = rest.replace(line[moment.start : moment.end], "|")
    for name in names:
        rest = rest.replace(name, "|")
    known = vocabulary(
        "published", "updated", "date", "author", "by", "weak", "verbs", "source", "checked", "roles", "and"
    )
    left = [word for word in WORD.findall(rest) if folded(word) not in known and not word[0].isupper()]
    return sum(len(word) / 3 if _EASTERN.match(word) else 1 for word in left) <= _MORE


def posted_by(line: str, above: str = "") -> list[str]:
    """Who put up a post, from the line that says so and when; the name may be all of the line `above`."""
    below = _POSTED_BELOW.match(line)
    match = below or _POSTED_AT.search(line.strip()) or _POSTED.search(line.strip())
    if match is None or next(dates.find(line), None) is None:
        return []
    if below:
        return split_names(above) if 2 <= len(above) <= 16 and not re.search(r"\s", above) else []
    return split_names(match["value"])


def read_credits(lines: list[str], *, labelled: bool = False) -> Credits:
    """Credits from the short lines around an article, the likeliest first. Longer lines are passed over.

    If `labelled`, names count only where the line says what they are: such lines stand among others.
    """
    out = Credits()
    for line in lines:
        if len(line) > LINE:
            continue
        if out.source is None and not line.isascii() and (match := _SOURCE.search(line)):
            source = _EDGES.sub("", match["value"])
            out.source = source if source and not _NO_SOURCE.search(source) else None
        if not out.authors:
            out.authors = _named(line, labelled=labelled)
        if not out.editors and (match := _EDITOR.search(line)):
            out.editors = split_names(match["value"])
    return out


def signed(paragraphs: list[str]) -> list[str]:
    """Names that an article's own text signs itself with, at its start or end: "本报记者 …", "（记者 …）", "（…）"."""
    opening: list[str] = []
    for text in paragraphs[:4]:
        if len(text) <= 40 and (names := _reporters(text)):
            opening += names
        elif opening:
            break
    if opening:
        return list(dict.fromkeys(opening))
    for text in paragraphs[:3]:
        if is_alone(text):
            return [text.strip()]
        if len(text) > 40:
            break
    for text in paragraphs[:3]:
        if wired := _KOREAN_WIRE.match(text):
            return re.split(r"\s*[·,]\s*", wired["value"])
    heads = [text[:120] for text in paragraphs[:3]]
    tails = [text[-60:] for text in reversed(paragraphs[-4:])]
    for text in (*heads, *tails):
        if names := _reporters(text):
            return names
    for text in reversed(paragraphs[-2:]):
        if (match := _SIGNED.search(text[-30:])) and has_surname(match["value"]):
            return split_names(match["value"])
        if (match := _CLOSING.match(text)) and _KANA.search(match["value"]):
            return [match["value"]]
    for text in reversed(paragraphs[-3:] if len(paragraphs) > 3 else []):
        if is_alone(text) or _plainly_a_person(text):
            return [text.strip()]
        if (match := _BIO.match(text)) and is_person(match["value"]):
            return [match["value"]]
    return []
