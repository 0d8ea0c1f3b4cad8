"""Lines that say where a text comes from: original link, archived copies, which source, who wrote it, when.

Chinese and English, as archivists write them at the head or the foot of a page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from flows.extract.fields import people

LONGEST = 1500
"""Characters of a line, its links included, beyond which it is not a credit."""
LONGEST_PLAIN = 100
"""The same for a line without links, its marks included."""

_ORIGIN = re.compile(
    r"原文|原[链連]接|原帖|原网址|原網址|源链接|源连结"
    r"|(?:来|來)源|[来來转轉]自|[源出][自于於]|出[处處]|转载|轉載|首发|首發|刊[发於于]|原[载載刊]"
    r"|\b(?:original|source|via|from|permalink)\b|\b(?:first|originally) (?:published|appeared)\b"
    r"|\bread (?:more|the original)\b",
    re.I,
)
_COPY = re.compile(
    r"[备備]份|存[档檔]|[缓緩]存|快照|[镜鏡]像|二次[链連]接|\b(?:archived?|backup|mirror|cached?|snapshot|wayback)\b",
    re.I,
)
_LEADING = re.compile(
    r"(?:(?:本|该|此|全)?(?:文章?|信息|文本|内容|内文|报道|消息|新闻)?[\s,，]{0,2}(?:最初|最早|由|内容|信息)?)"
    r"(?:原文|原[链連]接|原帖|原网址|原網址|源链接|源连结|(?:来|來)源|[来來转轉]自|[源出][自于於]|出[处處]"
    r"|(?:转载|轉載)(?=[自于於：:])|首发于|首發於|刊[发於于]|原[载載刊]|[备備]份|存[档檔]|[缓緩]存|快照|[镜鏡]像|二次[链連]接"
    r"|(?:查看|[阅閱][读讀])原文)(?:[链連]接|地址|[网網]址)?(?:[来來转轉]自|[源出][自于於]|首发于|刊[发發]于)?"
    r"|(?:original|source|via|from|permalink|archived?|backup|mirror|cached?|snapshot)\b"
    r"(?:\s*(?:link|url|copy|page|at|on|from)\b)?(?=\s*(?:[:：<\[(]|http))"
    r"|(?:first|originally) (?:published|appeared)\b|read (?:more|the original)\b",
    re.I,
)
_SOURCE_LABEL = re.compile(
    r"(?:查看|[阅閱][读讀]|点击|點擊|[链連]接[:：]?|来源|來源)?(?:原文|原[链連]接|原帖|全文|来源|來源|出[处處])"
    r"(?:[链連]接|地址|[网網]址)?|(?:original|source|permalink|read more|full (?:story|text)|link|url)",
    re.I,
)
_LINK = re.compile(
    r"\[(?P<label>[^\[\]]{0,300}(?:\[[^\[\]]{0,100}\][^\[\]]{0,300})?)\]"
    r"\(\s*<?(?P<target>https?://[^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*)>?[^()]{0,200}\)"
    r"|<(?P<auto>https?://[^\s<>]+)>|(?P<bare>https?://[^\s<>()\[\]\"'，。；、）】」》]+)",
    re.I,
)
_ARCHIVE_HOST = re.compile(
    r"https?://(?:[\w-]+\.)*(?:archive\.(?:is|fo|li|ph|today|vn|md|org)|webcitation\.org|"
    r"freezepage\.com|megalodon\.jp|perma\.cc|web\.archive\.org)(?=[:/]|$)",
    re.I,
)
_EMBEDDED = re.compile(r"(?<=/)https?:/{1,2}[^\s#]+", re.I)
_NOT_WORDS = re.compile(r"[\W_]+")
_DECORATION = re.compile(r"^[\s>*_~`【「『（(\[《“\"#-]+")
_STRIKE = re.compile(r"[*_~`\\]+")
_AUTHOR = re.compile(
    r"(?:作\s*者|撰\s*文|采\s*写|採\s*訪|文\s*字|原\s*创|记\s*者|記\s*者|文|authors?|(?:written )?by)"
    r"(?:\s*[:：/／|｜丨]\s*|\s+)(?P<names>.{1,60})",
    re.I,
)
_AFTER_NAMES = re.compile(
    r"[\s\u3000|｜丨/／,，。;；]*(?:(?:责任|責任|责|首席)?编\s*辑|編\s*輯|[图圖]片?|摄影|攝影|来源|來源|出品|发自|發自|设计|校对|时间|日期|发布)"
    r"[\s\u3000]*[:：/／|｜丨].*|[（(].*[)）]|[,，。;；]\s*(?:原文|本文|来自|转|首发).*"
)
_DATE = re.compile(
    r"(?:发布|發布|发表|發表|更新|刊发|出版|报道)?(?:时间|時間|日期|于|於|在)?\s*[:：]?\s*"
    r"(?P<date>(?:19|20)\d\d\s*(?:年|[-/.])\s*\d{1,2}\s*(?:月|[-/.])\s*\d{1,2}(?!\d)\s*日?"
    r"(?:[T\s]*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?)",
    re.I,
)
_ORIGIN_MARKED = re.compile(r"[「“《【『]\s*([^「」“”《》【】『』]{2,30}?)\s*[」”》】』]")
_ORIGIN_PLAIN = re.compile(r"\s*[:：|｜丨]?\s*([^\s:：|｜丨，,。；;（(\[<~]{2,20})\s*(?:[:：，,；;。（(|]|$)")
_CHANNEL = re.compile(
    r"^[:：|｜丨\s]*(?:微信)?(?:公众号|公眾號|公号|订阅号|訂閱號|微信号|微信|微博(?:文章|用户|id)?|豆瓣|网站|客户端)\s*[:：]?\s*",
    re.I,
)


@dataclass(slots=True)
class Credit:
    """What one line says. `kind` is the kind of its block: boilerplate for links, byline, dateline."""

    kind: str
    original_uri: str | None = None
    archived_uris: list[str] = field(default_factory=list)
    origin: str | None = None
    authors: list[str] = field(default_factory=list)
    date: str | None = None


def read(line: str) -> Credit | None:
    """What a line says of where its page comes from; None where it is not such a line."""
    if len(line) > LONGEST or (len(line) > LONGEST_PLAIN and "http" not in line.lower()):
        return None
    bare = _DECORATION.sub("", line)
    links = list(_LINK.finditer(line)) if ":" in line else []
    if links:
        return _linked(line, links)
    words = _STRIKE.sub("", bare).strip().rstrip("】」）)")
    if len(words) > 80:
        return None
    if (date := _DATE.fullmatch(words)) is not None:
        return Credit("dateline", date=date.group("date"))
    if (author := _AUTHOR.fullmatch(words)) is not None and (names := _authors(author)):
        return Credit("byline", authors=names)
    if (leading := _LEADING.match(words)) is not None and len(words) <= 50 and not words.endswith(("。", "！", "？")):
        origin = _origin(words[leading.end() :])
        return Credit("byline", origin=origin) if origin else None
    return None


def is_source_link(line: str) -> bool:
    """Whether a line is nothing but links whose labels say that they lead to the original."""
    if len(line) > LONGEST or "](" not in line:
        return False
    links = list(_LINK.finditer(line))
    rest = _LINK.sub("", line)
    return (
        bool(links)
        and not re.search(r"\w", rest)
        and all(
            _SOURCE_LABEL.fullmatch(_STRIKE.sub("", link["label"] or "").strip(" 　[]【】「」（）():：>»→"))
            for link in links
        )
    )


def _authors(found: re.Match[str]) -> list[str]:
    """The names after "by" and its like; English ones have capitals, or "by" was only a word."""
    names = people(_AFTER_NAMES.sub("", found.group("names")))
    return names if all(not name.isascii() or name[0].isupper() or " " not in name for name in names) else []


def _linked(line: str, links: list[re.Match[str]]) -> Credit | None:
    """A line with links: each an original, an archived copy or neither, by its label, host and the words before it."""
    words = _STRIKE.sub("", _DECORATION.sub("", _LINK.sub(lambda link: link["label"] or "", line)))
    outside = _STRIKE.sub("", _LINK.sub("", line))
    author = _AUTHOR.match(words)
    if author is not None and len(outside) <= 40 and (names := _authors(author)):
        return Credit("byline", authors=names)
    if len(outside) > 90:
        return None
    originals: list[str] = []
    copies: list[str] = []
    leading = _LEADING.match(words)
    labelled = False
    last = 0
    context = ""
    for link in links:
        uri = link["target"] or link["auto"] or link["bare"]
        label = _STRIKE.sub("", link["label"] or "").strip()
        between = line[last : link.start()]
        last = link.end()
        # A second link after a comma stands under the words before the first.
        context = between if re.search(r"\w", between) else context
        by_label = len(label) <= 12 and (_ORIGIN.search(label) or _COPY.search(label)) is not None
        labelled |= by_label
        said = label if by_label else context
        if _ARCHIVE_HOST.match(uri) or _COPY.search(said):
            copies.append(uri)
        elif _ORIGIN.search(said):
            originals.append(uri)
    alone = labelled and not re.search(r"[。！？]\s*\S", outside)
    handed_on = (
        _ORIGIN.search(words[:60]) is not None
        and re.match(r"本文由.{1,20}(?:转码|轉碼|授权|發布|发布)", words) is not None
    )
    if not (originals or copies) or not (leading or alone or handed_on):
        return None
    origin = None
    if leading is not None:
        before_link = _STRIKE.sub("", _DECORATION.sub("", line[: links[0].start()]))
        started = _LEADING.match(before_link)
        origin = _origin(before_link[started.end() :]) if started else None
    return Credit("boilerplate", originals[0] if originals else None, copies, origin)


def embedded_original(archived_uri: str) -> str | None:
    """The address that the address of an archived copy carries in itself, if it does."""
    found = _EMBEDDED.search(archived_uri, len("https://") + 1)
    if found is None:
        return None
    return re.sub(r"^(https?):/{1,2}", r"\1://", found.group())


def is_archive(uri: str) -> bool:
    """Whether the address is of a web archive."""
    return _ARCHIVE_HOST.match(uri) is not None


def _origin(after: str) -> str | None:
    """The source, from the words that follow "来自" and its like."""
    marked = _ORIGIN_MARKED.search(after[:60])
    if marked:
        return marked.group(1)
    plain = _ORIGIN_PLAIN.match(_CHANNEL.sub("", after))
    found = plain.group(1).strip("\"'”“ ") if plain else ""
    return found if len(found) >= 2 else None


def titled_link(line: str, title: str) -> Credit | None:
    """A line that is nothing but a link called as the page is: where the page was copied from."""
    if len(line) > LONGEST or "](" not in line:
        return None
    links = list(_LINK.finditer(line))
    if len(links) != 1 or re.search(r"\w", _LINK.sub("", line)):
        return None
    label, uri = _NOT_WORDS.sub("", links[0]["label"] or "").casefold(), links[0]["target"]
    if not uri or not label or label != _NOT_WORDS.sub("", title).casefold():
        return None
    return Credit("boilerplate", archived_uris=[uri]) if is_archive(uri) else Credit("boilerplate", uri)
