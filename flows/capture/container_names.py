"""Names in containers: their encoding, and what of them may stand in an address."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from urllib.parse import quote

from flows.extract.charset import decode

_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_DRIVE = re.compile(r"[A-Za-z]:\Z")
_WIDE = frozenset(("gb18030", "cp950", "big5hkscs", "cp932", "cp949", "euc_jp", "cp866", "cp1251", "koi8_r"))
"""Codecs, other than the DOS one that the format itself means, in which whole names are written."""

MARK = "!/"
"""Stands between the address of a container and the name of a member."""


def codec_of(names: Iterable[bytes], default: str) -> str:
    """The codec of names that do not say it: UTF-8 where it can be; else, by all of them together, the codec that
    their letters speak for, where they come in words and not as single accented letters among ASCII; else `default`."""
    joined = b"\n".join(name for name in names if not name.isascii())
    try:
        joined.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    # A double-byte character, or a word of Cyrillic, is a run of at least two high bytes; an accent stands alone.
    if max(len(run) for run in _HIGH_RUN.findall(joined)) < 2:
        return default
    codec = decode(joined).charset_used
    return codec if codec in _WIDE else default


def decoded(name: bytes, codec: str) -> str:
    """A name as text. Bytes that the codec does not know become U+FFFD."""
    return name.decode(codec, "replace")


def parts_of(name: str) -> list[str]:
    """The steps of a name below its container. What would lead out of it (a root, a drive, `..`) is left away."""
    steps = [step for step in re.split(r"[/\\]", name.replace("\0", "")) if step not in ("", ".", "..")]
    return steps[1:] if len(steps) > 1 and _DRIVE.match(steps[0]) else steps


def is_hidden(parts: list[str]) -> bool:
    """Whether a member is passed over like hidden files of a folder; `__MACOSX` holds what macOS notes of files."""
    return any(step.startswith(".") or step == "__MACOSX" for step in parts)


class Addresses:
    """Addresses of the members of one container. Of several with one name, all but the first get a number."""

    def __init__(self, container: str) -> None:
        self._container = container
        self._times: Counter[str] = Counter()

    def of(self, parts: list[str]) -> str:
        """The address of the next member of that name."""
        name = "/".join(parts) or "unnamed"
        self._times[name] += 1
        more = f"&{self._times[name]}" if self._times[name] > 1 else ""
        return f"{self._container}{MARK}{quote(name.encode('utf-8', 'surrogateescape'), safe='/')}{more}"
