"""Bytes to characters: which encoding a payload is in, by a ladder that ends at the first rung that is sure.

A byte order mark; UTF-8, forgiving characters cut at the ends and a few broken bytes; escape-coded 7-bit encodings;
then the likelihood of a bounded sample under each encoding's languages (`charset_models`), where the payload's own word
is a hint and no more; a general detector where nothing fits.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass, replace
from math import inf

import numpy as np
from charset_normalizer import from_bytes

from flows.extract.charset_models import ASCII, BROKEN, CANDIDATES, Candidate, code_points, likelihood, limit, limits

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)

MARKS = tuple(mark for mark, _ in _MARKS)
"""The byte order marks that a payload may begin with."""

# What pages call an encoding, and the codec that reads what they mean by it.
_LABELS = {
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "gb-2312": "gb18030", "gb_2312-80": "gb18030",
    "x-gbk": "gb18030", "euc-cn": "gb18030", "cp936": "gb18030", "windows-936": "gb18030", "chinese": "gb18030",
    "hz-gb-2312": "hz", "big5": "cp950", "big5-hkscs": "cp950", "x-x-big5": "cp950", "big-5": "cp950",
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932",
    "ms_kanji": "cp932", "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "ksc5601": "cp949", "korean": "cp949",
    "windows-949": "cp949", "iso-8859-1": "cp1252", "latin1": "cp1252", "iso8859-1": "cp1252", "us-ascii": "cp1252",
    "ascii": "cp1252", "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874", "iso-8859-8-i": "cp1255",
    "iso-8859-8": "cp1255", "x-cp1251": "cp1251", "utf-16": "utf-16-le", "utf8": "utf-8", "unicode": "utf-16-le",
}  # fmt: skip

_META = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']?([A-Za-z0-9_:.-]{2,40})|<meta[^>]{0,400}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""",
    re.I,
)
_HIGH = re.compile(rb"[\x80-\xff]")
_CONTINUATION = re.compile(rb"[\x80-\xbf]{1,3}")
_SEVEN_BIT = (("iso2022_jp", b"\x1b$"), ("iso2022_kr", b"\x1b$)C"), ("hz", b"~{"))
_CONTROLS = bytes([*range(0x09), 0x0B, *range(0x0E, 0x1A), *range(0x1C, 0x20), 0x7F])
_NO_CONTROLS = dict.fromkeys([*_CONTROLS, *range(0x80, 0xA0), 0xFFFD])

_BLOCK = 4096
_WINDOWS = 8
_HEAD_SEARCHED = 65536
_DECLARED_BONUS = 8.0
_UTF8_BONUS = 20.0
_SKIPPED = 8.0
_START = 400
"""Bytes that tell where the first character begins."""
_MOST_GAINED = -BROKEN * _START
"""More than a codec's likelihood can rise by another start."""
_FIT = {1: -9.0, 2: -11.5}
"""Mean log likelihood per character below which no candidate explains the bytes, by bytes per character."""
_FEW = 0.1
"""Share of characters beyond ASCII below which they are signs in a text and no text: of binary bytes half are."""
_MODELLED = {candidate.codec: candidate for candidate in CANDIDATES}
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A payload's text, which is `payload[decode_skip:].decode(charset_used, "replace")` without its byte order mark.

    `charset_declared` is the payload's own word, `replaced` counts the U+FFFD that stand for undecodable bytes.
    `judged` tells that `charset_used` is what explains the bytes best, by their letters alone.
    """

    text: str
    charset_used: str
    charset_declared: str | None
    decode_skip: int
    replaced: int
    judged: bool = False


def decode(payload: bytes, *, markup: bool = False) -> Decoded:
    """Decode a payload.

    With `markup`, a `<meta>` or XML declaration near its start is read, and believed where it can be true.
    """
    label = declared(payload) if markup else None
    for mark, codec in _MARKS:
        if payload.startswith(mark):
            return _decoded(payload, codec, label, 0)
    # Text in UTF-16 that is mostly ASCII is valid UTF-8 full of NULs.
    if b"\0" not in payload[:_BLOCK]:
        try:
            text = payload.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            codec = _seven_bit(payload, label) if text.isascii() else "utf-8"
            return Decoded(text, "utf-8", label, 0, 0) if codec == "utf-8" else _decoded(payload, codec, label, 0)
    codec = _judge(payload, label)
    decoded = _decoded(payload, codec, label, _skip(payload, codec))
    return replace(decoded, judged=label is None)


def declared(payload: bytes) -> str | None:
    """The encoding that a page's own `<meta>` or XML declaration names, in lower case; None where it names none."""
    head = payload[:_HEAD_SEARCHED]
    if b"\0" in head[:64]:
        head = head.replace(b"\0", b"")
    found = _META.search(head)
    return (found.group(1) or found.group(2)).decode("ascii").lower() if found else None


def looks_binary(payload: bytes, judged: str | None = None) -> bool:
    """True where no encoding makes text of the payload: control characters, or unlikely letters only.

    `judged` is the codec that explains the payload best, where that is known.
    """
    if not payload:
        return False
    windows = _windows(payload)
    codec = _marked(payload) or judged or _judge(payload, None)
    if _controls(windows, codec, _phase(payload, codec)):
        return True
    long_enough = sum(map(len, windows)) >= 48
    return codec in _MODELLED and long_enough and _fit(windows, codec) < _FIT[_MODELLED[codec].unit] - 1.0


def has_controls(payload: bytes, judged: str | None = None) -> bool:
    """True where so many of a payload's characters are none, or steer something, that it is no text."""
    codec = _marked(payload) or judged or _judge(payload, None)
    return bool(payload) and _controls(_windows(payload), codec, _phase(payload, codec))


def _phase(payload: bytes, codec: str) -> int:
    """Bytes of a cut character before the first whole one of a wide encoding."""
    return _skip(payload, codec) if codec in _WIDE and not _marked(payload) else 0


def _controls(windows: list[bytes], codec: str, skip: int) -> bool:
    """Whether more than a twentieth of a sample's characters are controls, or none at all."""
    if codec in ("utf-8", *_WIDE):
        text = "".join(_aligned(w, codec, skip).decode(codec, "replace") for w in windows)
        text = text.strip("�")  # characters cut at the ends
        strange = len(text) - len(text.translate(_NO_CONTROLS))
        if codec in _WIDE:
            # Of any two bytes one in seven is no character yet, one of nobody's, or half of one.
            strange += sum(unicodedata.category(each) in ("Cn", "Co", "Cs") for each in text)
        return strange > 0.05 * len(text)
    sample = b"".join(windows)
    return len(sample) - len(sample.translate(None, _CONTROLS)) > 0.05 * len(sample)


def _fit(windows: list[bytes], codec: str) -> float:
    """Mean log likelihood of a sample per character, those in ASCII left out; 0 where nearly all are."""
    candidate = _MODELLED[codec]
    skip = _best_start(candidate, windows[0])[0]
    sample = [_aligned(windows[0], codec, skip) if codec in _WIDE else windows[0][skip:]]
    sample += [_aligned(w, codec, skip) for w in windows[1:]]
    points = code_points("".join(window.decode(codec, "replace") for window in sample))
    ascii_count = int((points < 0x80).sum())
    others = len(points) - ascii_count
    if others < _FEW * len(points):
        return 0.0
    return (likelihood(candidate, sample) - ASCII * ascii_count) / others if others else 0.0


def _marked(payload: bytes) -> str | None:
    return next((codec for mark, codec in _MARKS if payload.startswith(mark)), None)


def _decoded(payload: bytes, codec: str, label: str | None, skip: int) -> Decoded:
    """Decode with a chosen codec, counting what it could not read."""
    body = payload[skip:] if skip else payload
    try:
        text, replaced = body.decode(codec), 0
    except UnicodeDecodeError:
        text = body.decode(codec, "replace")
        # U+FFFD that the payload holds as a character of its own is not ours.
        replaced = text.count("�") - body.decode(codec, "ignore").count("�")
    return Decoded(text.removeprefix("\ufeff"), codec, label, skip, max(replaced, 0))


def _seven_bit(payload: bytes, label: str | None) -> str:
    """The escape-coded 7-bit encoding of an ASCII payload, where it has the escapes and they decode; else utf-8."""
    for codec, escape in _SEVEN_BIT:
        if escape in payload and (codec != "hz" or codec_named(label) == "hz" or payload.count(b"~}") >= 2):
            try:
                if not payload.decode(codec).isascii():
                    return codec
            except UnicodeDecodeError:
                continue
    return "utf-8"


def codec_named(label: str | None) -> str | None:
    """The Python codec that a label of a page or a message means; None where Python knows none."""
    if not label:
        return None
    name = _LABELS.get(label.lower(), label)
    try:
        found = codecs.lookup(name)
        "".encode(name)  # some codecs turn bytes to bytes
    except (LookupError, TypeError, UnicodeError):
        return None
    return name if found.name not in ("utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape") else None


def _windows(payload: bytes) -> list[bytes]:
    """A bounded sample: the payload itself, or its head and blocks spread over those that hold more than ASCII."""
    if len(payload) <= _BLOCK * _WINDOWS:
        return [payload]
    count = len(payload) // _BLOCK
    stride = max(1, count // 65536)  # keeps the survey itself bounded on huge payloads
    starts = np.arange(0, count, stride) * _BLOCK
    view = np.frombuffer(payload, dtype=np.uint8)
    telling = [int(s) for s in starts if (((block := view[s : s + _BLOCK]) >= 0x80) | (block == 0)).any()]
    chosen = telling or [int(s) for s in starts]
    picks = np.unique(np.linspace(0, len(chosen) - 1, _WINDOWS).astype(int))
    return [payload[s : s + _BLOCK] for s in dict.fromkeys([0, *(chosen[int(i)] for i in picks)])]


def _aligned(window: bytes, codec: str, skip: int = 0) -> bytes:
    """A window cut to begin where a character surely does: after a byte that ends one in every multi-byte encoding.

    In a wide encoding all characters have one phase; `skip` is the bytes of a cut one before the payload's first.
    """
    if codec in _WIDE:
        unit = 2 if codec.startswith("utf-16") else 4
        return window[skip:][: (len(window) - skip) // unit * unit]
    found = re.search(rb"[\x00-\x2f]", window[:256])
    return window[found.end() :] if found else window


def _utf8_errors(windows: list[bytes]) -> tuple[int, int]:
    """(ill-formed places, characters beyond ASCII) in a sample, characters cut at a window's edges left out."""
    errors = wide = 0
    for window in windows:
        lead = _CONTINUATION.match(window)
        text = window[lead.end() if lead else 0 :].decode("utf-8", "replace")
        inner = text[:-1] if text.endswith("�") else text
        bad = inner.count("�")
        errors += bad
        wide += len(inner) - len(inner.encode("ascii", "ignore")) - bad
    return errors, wide


def _scores(windows: list[bytes], label: str | None) -> dict[str, float]:
    """Log likelihood of a sample by codec, the declared one's raised; without codecs that cannot be the likeliest."""
    hint = codec_named(label)
    cut = [windows[0], *(_aligned(w, "gb18030") for w in windows[1:])]
    phases = [[_aligned(w, "utf-16-le", skip) for w in windows] for skip in (0, 1)]

    def score(candidate: Candidate) -> float:
        bonus = _DECLARED_BONUS if candidate.codec == hint else 0.0
        skip, gained = _best_start(candidate, windows[0])
        if candidate.codec.startswith("utf-16"):
            # Whoever passes over a byte leaves one out at the end too, and must gain more than that character costs.
            return likelihood(candidate, phases[skip]) - 2 * _SKIPPED * skip + bonus
        return likelihood(candidate, cut) + gained + bonus

    # What a codec can gain is cheap to tell, and most are far behind the first.
    scores: dict[str, float] = {}
    best = -inf
    single = limits(cut)
    for candidate in CANDIDATES:
        most = single.get(candidate.codec)
        if most is None:
            samples = phases if candidate.codec.startswith("utf-16") else [cut]
            most = max(limit(candidate, sample) for sample in samples) + _MOST_GAINED
        if most + _DECLARED_BONUS >= best:
            scores[candidate.codec] = score(candidate)
            best = max(best, scores[candidate.codec])
    return scores


def _judge(payload: bytes, label: str | None) -> str:
    """The codec that explains a payload best which is not wholly valid UTF-8."""
    windows = _windows(payload)
    errors, wide = _utf8_errors(windows)
    if wide > 3 * errors and b"\0" not in b"".join(windows):
        return "utf-8"
    scores = _scores(windows, label)
    if wide > 0:
        everyone = Candidate("utf-8", ("zh", "zh-Hant", "ja", "ko", "ru", "el", "fr", "pl", "cs"), 2)
        scores["utf-8"] = likelihood(everyone, windows) + _UTF8_BONUS
    best = max(scores, key=lambda codec: (scores[codec], codec))
    sample = b"".join(windows)
    if best in _MODELLED and _fit(windows, best) < _FIT[_MODELLED[best].unit]:
        best = _detected(sample, label) or best
    return _variant(sample, best)


def _detected(sample: bytes, label: str | None) -> str | None:
    """Where no model fits: the declared codec if it makes text of the whole sample, else what a general detector says.

    Bytes of which it leaves some as NUL are in a wider encoding.
    """
    hint = codec_named(label)
    if hint:
        try:
            if "\0" not in sample.decode(hint):
                return hint
        except UnicodeDecodeError:
            pass
    telling = _HIGH.search(sample)
    start = max(0, telling.start() - 64) if telling else 0  # a detector shown a head of ASCII says ASCII
    found = from_bytes(sample[start : start + 4 * _BLOCK]).best()
    return codecs.lookup(found.encoding).name if found else None


def _variant(sample: bytes, codec: str) -> str:
    """Big5 with the Hong Kong characters, where the plain code page misses more of them."""
    if codec != "cp950":
        return codec
    plain, hong_kong = (sample.decode(name, "replace").count("�") for name in ("cp950", "big5hkscs"))
    return "big5hkscs" if hong_kong < plain else codec


def _skip(payload: bytes, codec: str) -> int:
    """Bytes (0-3) of a cut character at the start that the codec should pass over."""
    if codec == "utf-8":
        lead = _CONTINUATION.match(payload)
        return lead.end() if lead else 0
    candidate = next((c for c in CANDIDATES if c.codec == codec.replace("big5hkscs", "cp950")), None)
    return _best_start(candidate, payload)[0] if candidate else 0


def _best_start(candidate: Candidate, payload: bytes) -> tuple[int, float]:
    """(bytes to pass over, log likelihood gained by it) where a payload may begin inside a character.

    A wrong start shifts every pair up to the next byte that resets them, so a short head tells.
    """
    if candidate.unit == 1:
        return 0, 0.0
    head = payload[:_START]
    longest = 3 if candidate.codec == "gb18030" else 1
    gains = [likelihood(candidate, [head[n:]]) - _SKIPPED * n for n in range(longest + 1)]
    best = max(range(len(gains)), key=lambda n: (gains[n], -n))
    return best, gains[best] - gains[0]
