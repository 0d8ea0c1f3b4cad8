"""What reads as a name, and the names in a list of authors as printed. Chinese and western."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

_LISTS = tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))
SURNAMES = frozenset("".join(_LISTS["surnames"].split()))
COMPOUND = tuple(_LISTS["compound_surnames"])
"""Chinese surnames of one character and of two."""

AGENCIES = frozenset(_LISTS["agencies"])
"""News agencies that stand alone as a byline."""

HAN = re.compile(r"[\u4e00-\u9fff]")
HAN_NAME = r"(?:[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{1,8}[·•・][\u4e00-\u9fff·•・]{1,12})"
"""A pattern for one Chinese name, or one from a western language in Chinese characters."""

ROLE = re.compile(
    rf"(?:特约|特派|实习|见习|首席|资深|专栏|责任|責任)*(?:{'|'.join(_LISTS['roles'])})(?![组部室社团組團])"
    r"\s*[:：]?\s*"
)
_ROLED = re.compile(rf"(?P<before>[^\s、，,;；|/／]*?){ROLE.pattern}")
_PHOTOGRAPHER = re.compile(r"[摄攝]影?\Z|[图圖]片?\Z|供[图圖]\Z")
_DONE = re.compile(
    r"(?:\s*(?:综合|(?:\A|\s)[摄攝]影)?(?:报道|報道|報導|特稿|专稿)|"
    r"\s+(?:综合|綜合|编制|編製|整合|整理|编译|編譯|采写|撰|文|电|電|讯|訊|关注|關注))\Z"
)
_CODE = re.compile(r"(?:\A|[\s_/-]+)[A-Z]{1,5}\d{2,}\Z")
_SPACED = re.compile(rf"\A(?:{HAN_NAME}|[\u4e00-\u9fff])(?:\s+(?:{HAN_NAME}|[\u4e00-\u9fff]))*\Z")
_JOIN = re.compile(
    r"\s*(?:[;、，；|｜/／╱]|[,&＆](?!\w*;)|\band\b|\boraz\b|\bи\b|\bта\b|\bκαι\b|\bund\b|\bet\b|\bve\b|\s[和与與]\s)\s*",
    re.I,
)
_TITLED = re.compile(
    r"\A(?:(?:words |text |story |written |posted |edited )?by|author|autor|автор|συντάκτης|"
    r"文|作者|記者|记者)\s*[:：]?\s+",
    re.I,
)
_EDGES = re.compile(r"\A[\s,.，。、;；:：·\-–—*@|【\[「『〔]+|[\s,，。、;；:：·\-–—*|】\]」』〕]+\Z")
_WRAPPED = re.compile(r"[(（](?P<inner>[^()（）]+)[)）]")
_REMARK = re.compile(r"(?<=\S)\s*(?:[(（][^()（）]*[\u4e00-\u9fff][^()（）]*[)）]?|《.*)\Z")
_NOT_NAMES = re.compile(
    r"https?:|www\.|@|[=\"<>{}\ufffd]|[。！？!?…“”《》]|登录|登錄|注册|昵称|参与|下载|客户端|回复|举报|"
    r"\A[\d\W]+\Z|(?:19|20)\d\d|"
    r"\A(?:M\.?D|Ph\.?D|M\.?A|B\.?A|MSc?|BSc|MPH|RN|RDN?|LD|DVM|JD|MBA|CPA|DO|DDS|PharmD|Esq|Jr|Sr|FACC)\.?\Z",
    re.I,
)
_REFUSED = frozenset(_LISTS["refused"])
_PAGE_WORDS = frozenset(_LISTS["page_words"])
_PERSON = re.compile(
    r"\A[^\W\d_a-zа-яёα-ωά-ώ][\w'’.-]+(?:\s+[^\W\d_a-z]\.?)?(?:\s+(?:de|van|von|der|la|el|al|bin|di|da)){0,2}"
    r"(?:\s+[^\W\d_a-zа-яёα-ωά-ώ][\w'’-]+){1,2}\Z"
)
_ORGANISATION = re.compile(
    rf"(?:{'|'.join(_LISTS['chinese_bodies'])}|[\u4e00-\u9fff]{{2}}[社局厅廳]|"
    rf"\.(?:com|cn|org|net)|\b(?:{'|'.join(_LISTS['western_bodies'])})\.?)\Z",
    re.I,
)
_LONE = re.compile(r"\A\s*([\u4e00-\u9fff]{2,3})\s*\Z")
_MOST = 12


def is_organisation(name: str) -> bool:
    """Whether a name is that of a paper, a company, an office or a site."""
    return _ORGANISATION.search(name.strip()) is not None


def is_person(name: str) -> bool:
    """Whether a western name looks like a person's: two or three capitalised words, none of them a paper's."""
    return (
        _PERSON.match(name.strip()) is not None
        and HAN.search(name) is None
        and not is_organisation(name)
        and not _of_the_page(name)
    )


def is_alone(text: str) -> bool:
    """Whether a line is a Chinese name and nothing else."""
    found = _LONE.match(text)
    return found is not None and has_surname(found[1]) and is_name(found[1])


def has_surname(name: str) -> bool:
    """Whether a name begins as Chinese names do."""
    return name[:1] in SURNAMES or name.startswith(COMPOUND)


def _of_the_page(name: str) -> bool:
    """Whether western words are what a page says to its reader, and no name."""
    words = [word.strip(".,:;!()").lower() for word in name.split()]
    found = [word in _PAGE_WORDS for word in words]
    return bool(found) and (found[0] or sum(found) > 1 or words[-1] == "says")


def is_name(name: str) -> bool:
    """Whether a piece of a list of authors may be a name at all."""
    if not 1 < len(name) <= 60 or name.casefold() in _REFUSED:
        return False
    return _NOT_NAMES.search(name) is None and not _of_the_page(name)


def split_names(value: str) -> list[str]:
    """The names in a list of authors as printed, without roles, codes and what cannot be a name; at most twelve."""
    value = _EDGES.sub("", value).replace("\u3000", " ")
    if "://" in value:
        return []
    if HAN.search(value):
        value = _ROLED.sub(_named_before, _without_outlet(value))
    names: list[str] = []
    for part in _parted(value):
        for name in _apart(_bare(part)):
            if is_name(name) and name not in names:
                names.append(name)
    return names[:_MOST]


def _without_outlet(value: str) -> str:
    """A list of Chinese names without what stands before its first role, which is the paper, unless that are names."""
    first = ROLE.search(value)
    if first is None or first.start() > 20:
        return value
    before = value[: first.start()].split()
    names = [piece for piece in before if _is_chinese_name(piece)]
    if first.end() == len(value):  # the role comes last
        return " ".join(names)
    kept = f"{' '.join(names)}、" if names and names[-1] == before[-1] else ""
    return kept + value[first.end() :]


def _is_chinese_name(piece: str) -> bool:
    return 2 <= len(piece) <= 3 + piece.startswith(COMPOUND) and has_surname(piece)


def _named_before(roled: re.Match[str]) -> str:
    """What stands before a role inside a list, where it is a name and not a paper's."""
    return f"{roled['before']}、" if _is_chinese_name(roled["before"]) else "、"


def _parted(value: str) -> list[str]:
    """A list cut where lists are: at commas, slashes, words for "and", and spaces between Chinese names."""
    out: list[str] = []
    for part in _JOIN.split(value):
        if HAN.search(part) and _SPACED.match(part.strip()):
            whole: list[str] = []
            for piece in part.split():  # two-letter names are often set wide: 王 伟
                if whole and len(piece) == 1 and len(whole[-1]) == 1:
                    whole[-1] += piece
                else:
                    whole.append(piece)
            out += whole
        else:
            out.append(part)
    return out


def _bare(part: str) -> str:
    """A name without the role before it, the code or the verb after it; empty for a photographer."""
    part = _EDGES.sub("", part)
    if wrapped := _WRAPPED.fullmatch(part):
        part = wrapped["inner"]
    part = _TITLED.sub("", part)
    part = _EDGES.sub("", _CODE.sub("", part))
    if HAN.search(part):
        part = _EDGES.sub("", _REMARK.sub("", part))
        if _PHOTOGRAPHER.search(part):
            return ""
        part = _EDGES.sub("", _DONE.sub("", part))
    return part


def _apart(name: str) -> list[str]:
    """Chinese names printed without a space between them, where there is one way to part them."""
    if not 5 <= len(name) <= 12 or any(HAN.fullmatch(char) is None for char in name):
        return [name]
    ways = [w for w in _ways(name) if len(w) > 1]
    return ways[0] if len(ways) == 1 else [name]


def _ways(name: str) -> list[list[str]]:
    if not name:
        return [[]]
    return [
        [name[:size], *rest]
        for size in (2, 3)
        if len(name) >= size and name[0] in SURNAMES
        for rest in _ways(name[size:])
    ]
