"""Which keys of a record hold what: dotted paths, and a guess for records that come without a mapping."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from flows.extract import dates
from flows.extract.news import ninjs

MAX_DEPTH = 3
"""Levels of objects below a record in which keys are looked for."""
LONG_TEXT = 80
"""Characters from which a string under any key may be the text, where no key says so."""

ROLES = ("title", "text", "uri", "date", "author", "publisher", "origin", "tags")

_NAMES: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "headline", "biaoti", "subject", "标题", "题目", "標題", "name", "heading"),
    "text": ("content", "text", "body", "articlebody", "fulltext", "maintext", "html", "article", "neirong",
             "zhengwen", "正文", "内容", "內容", "全文", "detail", "message", "post", "description", "desc", "summary",
             "abstract", "brief"),
    "uri": ("url", "link", "uri", "href", "permalink", "sourceurl", "weburl", "pageurl", "wangzhi", "lianjie",
            "网址", "链接"),
    "date": ("date", "pubdate", "pubtime", "publishdate", "publishtime", "published", "publishedat", "datepublished",
             "versioncreated", "firstcreated",
             "datetime", "posttime", "postdate", "createdat", "ctime", "time", "timestamp", "riqi", "shijian", "日期",
             "发布时间", "发布日期", "时间", "時間"),
    "author": ("author", "authors", "byline", "writer", "reporter", "creator", "zuozhe", "jizhe", "作者", "记者"),
    "publisher": ("publisher", "media", "site", "sitename", "outlet", "newspaper", "meiti", "媒体", "媒體",
                  "报纸", "報紙"),
    "origin": ("origin", "source", "laiyuan", "来源", "來源", "出处", "出處", "agency"),
    "tags": ("tags", "keywords", "tag", "labels", "guanjianci", "标签", "关键词"),
}  # fmt: skip
_IDS = frozenset(
    (
        "id",
        "uid",
        "uuid",
        "guid",
        "oid",
        "docid",
        "documentid",
        "articleid",
        "newsid",
        "itemid",
        "postid",
        "recordid",
        "storyid",
        "contentid",
        "nid",
        "aid",
        "pid",
        "doi",
        "编号",
        "文章id",
        "新闻id",
    )
)
"""What a record's own id is called."""
ID_LONGEST = 500
"""Characters of the longest id."""
_WEAK_TEXT = frozenset(("description", "desc", "summary", "abstract", "brief", "detail", "message", "post"))
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
_URI = re.compile(r"https?://\S+\Z", re.I)
_MEDIA = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|mp[34]|m3u8|ico)(?:[?#].*)?\Z", re.I)
_MEDIA_KEY = re.compile(r"image|img|pic|logo|thumb|avatar|icon|cover|video_?url|audio", re.I)

Path = tuple[str, ...]


class Number(str):
    """A number as it is written: some are longer than any machine's, and none is needed as a number."""

    __slots__ = ()


class Doubled(dict[str, Any]):
    """An object of which a key stands more than once, with several values; all but the last have a number in theirs."""

    __slots__ = ()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of its members, none of them lost. As every parser does, the last of a key counts."""
    out = dict(pairs)
    if len(out) == len(pairs):
        return out
    several = Doubled(out)
    for key, value in pairs:
        if value != out[key]:
            number = 1
            while f"{key} ({number})" in several:
                number += 1
            several[f"{key} ({number})"] = value
    return several if len(several) > len(out) else out


DECODER = json.JSONDecoder(strict=False, parse_int=Number, parse_float=Number, object_pairs_hook=_object)
"""Parses JSON with numbers as `Number`, with control characters in strings, which real dumps have, and with all members
of an object whose keys are doubled."""


def path_of(key: str) -> Path:
    """The steps of a dotted path or, where it begins with a slash, of a JSON pointer."""
    if key.startswith("/"):
        return tuple(step.replace("~1", "/").replace("~0", "~") for step in key[1:].split("/"))
    return tuple(key.split("."))


def pointer(path: tuple[str | int, ...]) -> str:
    """RFC 6901 pointer with these steps."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def look_up(record: Any, path: Path) -> Any:
    """The value at a path, arrays entered by number; KeyError where there is none."""
    value = record
    for step in path:
        if isinstance(value, dict):
            value = value[step]
        elif isinstance(value, list) and step.isascii() and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            raise KeyError(step)
    return value


def holds(record: Any, path: Path) -> bool:
    """Whether a record has a value at the path at all, whatever it is."""
    try:
        look_up(record, path)
    except KeyError:
        return False
    return True


def choose(record: Any, keys: str | Sequence[str]) -> str:
    """The first of the keys under which the record holds something; where none does, the first that it has at all."""
    several = [keys] if isinstance(keys, str) else [str(key) for key in keys]
    there = [key for key in several if holds(record, path_of(key))]
    return next((key for key in there if look_up(record, path_of(key))), (there or several)[0])


def guess_mapping(record: Mapping[str, Any]) -> dict[str, str]:
    """Role -> JSON pointer of the key that seems to hold it. Roles without a key are left out.

    Names decide first (English, Chinese, pinyin; `video_title` counts as a title), then how deep the key stands, then
    its place in the record. A date must be readable, an address be one. The text is the longest of the values whose
    names speak of text; a string thrice as long under another name is taken in its stead.
    """
    stated = ninjs.mapping(record)
    leaves = list(_leaves(record, ()))
    found: dict[str, str] = {}
    for role in ROLES:
        if role != "text" and role not in stated:
            ranked = [
                (rank, len(path), place)
                for place, (path, value) in enumerate(leaves)
                if (rank := _rank(role, path[-1])) is not None and _fits(role, path[-1], value)
            ]
            if ranked:
                found[role] = pointer(leaves[min(ranked)[2]][0])
    text = _text(leaves, {pointer_ for role, pointer_ in found.items() if role not in ("publisher", "origin")})
    if text is not None:
        found["text"] = pointer(text)
    return found | stated


def own_keys(record: Any, mapping: Mapping[str, Any]) -> tuple[str, ...]:
    """What a record may be known by wherever it stands: `url=` with its address, `id=` with its id.

    Under the keys that the source maps `uri` and `id` to, or else those that are called so.
    """
    if not isinstance(record, dict):
        return ()
    found = []
    for role in ("uri", "id"):
        if mapping.get(role):
            paths = [path_of(choose(record, mapping[role]))]
        elif role == "uri":
            ranked = sorted(
                (rank, len(path), place, path)
                for place, (path, value) in enumerate(_leaves(record, ()))
                if (rank := _rank("uri", path[-1])) is not None and _fits("uri", path[-1], value)
            )
            paths = [ranked[0][3]] if ranked else []
        else:
            paths = [(key,) for key in record if _NOT_ALPHANUMERIC.sub("", key).casefold() in _IDS]
        for path in paths:
            try:
                value = look_up(record, path)
            except KeyError:
                continue
            if isinstance(value, dict) and len(value) == 1:  # as MongoDB writes them
                (value,) = value.values()
            if isinstance(value, str) and 0 < len(value.strip()) <= ID_LONGEST:
                found.append(f"{'url' if role == 'uri' else 'id'}={value.strip()}")
                break
    return tuple(found)


def looks_like_record(value: Any) -> bool:
    """Whether an object has text of its own. One that only describes records in an array below it has not."""
    if not isinstance(value, dict):
        return False
    guess = guess_mapping(value)
    if "text" not in guess:
        return False
    rank = _rank("text", path_of(guess["text"])[-1])
    strong = "title" in guess and rank is not None and path_of(guess["text"])[-1].casefold() not in _WEAK_TEXT
    return strong or not any(map(looks_like_record, _members(value, 0)))


def _members(value: Mapping[str, Any], depth: int) -> Iterator[Any]:
    """The first members of the arrays in an object and those below it."""
    for inner in value.values():
        if isinstance(inner, list):
            yield from inner[:3]
        elif isinstance(inner, dict) and depth < MAX_DEPTH:
            yield from _members(inner, depth + 1)


def _leaves(value: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, Any]]:
    for key, inner in value.items():
        below = (*path, key)
        if isinstance(inner, dict):
            if len(below) < MAX_DEPTH:
                yield from _leaves(inner, below)
        else:
            yield below, inner


@lru_cache(4096)
def _rank(role: str, key: str) -> int | None:
    """Place of the key among the names of a role, those that only end in a name after the others; None if not one."""
    names = _NAMES[role]
    plain = _NOT_ALPHANUMERIC.sub("", key).casefold()
    if plain in names:
        return names.index(plain)
    last = re.split(r"[_\-. ]|(?<=[a-z])(?=[A-Z])", key)[-1].casefold()
    return len(names) + names.index(last) if last in names else None


def _fits(role: str, key: str, value: Any) -> bool:
    if role in ("author", "tags") and isinstance(value, list):
        return any(isinstance(each, str) and each.strip() for each in value)
    if not isinstance(value, str) or not value.strip() or (isinstance(value, Number) and role != "date"):
        return False
    if role == "uri":
        return bool(_URI.match(value)) and not _MEDIA.search(value) and not _MEDIA_KEY.search(key)
    if role == "date":
        return dates.parse(value) is not None
    return not _URI.match(value) and (role == "tags" or len(value) <= 1000)


def _text(leaves: list[tuple[Path, Any]], taken: set[str]) -> Path | None:
    named: list[tuple[int, int, int]] = []
    other: list[tuple[int, int]] = []
    for place, (path, value) in enumerate(leaves):
        length = text_length(value)
        if not length or pointer(path) in taken:
            continue
        rank = _rank("text", path[-1])
        if rank is None:
            other.append((-length, place))
        else:
            named.append((int(path[-1].casefold() in _WEAK_TEXT), -length, place))
    best = min(named, default=None)
    if best is not None and best[0] and (longer := min(named, key=lambda each: each[1]))[1] < 3 * best[1]:
        best = longer
    longest = min(other, default=None)
    if longest is not None and -longest[0] >= max(LONG_TEXT, 3 * -best[1] if best else 0):
        return leaves[longest[1]][0]
    return leaves[best[2]][0] if best else None


def text_length(value: Any) -> int:
    """Characters of a value that may be text: a string that is no address, or a list of strings."""
    if isinstance(value, str):
        return 0 if isinstance(value, Number) or _URI.match(value) else len(value.strip())
    if isinstance(value, list):
        return sum(
            len(each)
            for each in value
            if isinstance(each, str) and not isinstance(each, Number) and not _URI.match(each)
        )
    return 0
