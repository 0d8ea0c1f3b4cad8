"""Subtitles (SubRip, WebVTT): cues joined to sentences, their times in the selectors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any, NamedTuple

from flows.extract.language import guess_language
from flows.extract.reading import Block, Reading, UnreadableError
from flows.extract.text import LONGEST, decode_text

_STAMP = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_TIMES = re.compile(rf"\s*{_STAMP}\s*-->\s*{_STAMP}.*")
_STAMP_TAG = re.compile(r"<\d[\d:.,]*>")
_TAG = re.compile(r"</?(?:[biuscv]|font|ruby|rt|lang|c)(?:[.\s][^<>]*)?>|\{\\[^{}]*\}|\{/?[biuys](?::[^{}]*)?\}", re.I)
_SENTENCE = re.compile(r"[.!?…。！？♪][\"'”’」』)）\]]*\Z")
_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]")
_SPEAKER = re.compile(r"\s*(?:[-–—]\s|>>)")
_BLOCK_WORD = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|\Z)")
PAUSE = 4.0
"""Seconds without a cue that end a sentence which no mark ends."""


class Cue(NamedTuple):
    """A cue: when it is shown, in seconds, and its lines without their marks."""

    start: float
    end: float
    lines: tuple[str, ...]


def read(payload: bytes, parser: Mapping[str, Any]) -> Reading:
    """Read subtitles: a block for each sentence, with `t=start,end` in seconds (Media Fragments) as its selector.

    UnreadableError (`empty`, `binary`, `no-cues`) where there are none.
    """
    if not payload.strip():
        raise UnreadableError("empty", "The file is empty.")
    decoded = decode_text(payload, parser)
    blocks = [
        Block("body", text, f"t={start:.3f},{end:.3f}", article=0) for start, end, text in sentences(cues(decoded.text))
    ]
    if not blocks:
        raise UnreadableError("no-cues", "The file holds no cue: no line of it says from when to when it is shown.")
    return Reading(
        media_type="text/vtt" if decoded.text.lstrip("\ufeff").startswith("WEBVTT") else "application/x-subrip",
        blocks=blocks,
        charset_declared=decoded.charset_declared,
        charset_used=decoded.charset_used,
        decode_skip=decoded.decode_skip,
        replaced=decoded.replaced,
        language=guess_language("\n".join(block.text for block in blocks[:100])),
    )


def cues(text: str) -> Iterator[Cue]:
    """The cues of a file in its order. What stands before the times of a cue is its name, and no text."""
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        times = _TIMES.match(lines[at])
        at += 1
        if not times:
            continue
        held: list[str] = []
        while at < len(lines) and not _TIMES.match(lines[at]):
            held.append(lines[at])
            at += 1
        # A blank line ends a cue; files that lack it have the number of the next cue as the last line.
        shown = _until_blank(held)
        if at < len(lines) and len(shown) == len(held) and shown and shown[-1].strip().isdigit():
            shown.pop()
        stamps = times.groups()
        plain = tuple(line for line in (_plain(line) for line in shown) if line)
        yield Cue(_seconds(stamps[:4]), _seconds(stamps[4:]), plain)


def _until_blank(lines: list[str]) -> list[str]:
    """The lines of a cue: to the first blank line, or beyond it where only text follows and no name of a cue."""
    out: list[str] = []
    for line in lines:
        if not line.strip():
            if out:
                break
            continue
        if _BLOCK_WORD.match(line) and not out:
            break
        out.append(line)
    return out


def sentences(found: Iterator[Cue]) -> Iterator[tuple[float, float, str]]:
    """Sentences out of cues, with the time from the first cue's start to the last one's end."""
    text, start, end = "", 0.0, 0.0
    last: tuple[str, ...] = ()
    for cue in found:
        # Rolling captions show a line twice: at the bottom, and again above the next.
        fresh = [line for line in cue.lines if line not in last] if last and cue.start - end < 1 else list(cue.lines)
        last = cue.lines
        if text and (cue.start - end > PAUSE or len(text) > LONGEST // 2):
            yield start, end, text
            text = ""
        for line in fresh:
            if text and (_SENTENCE.search(text) or _SPEAKER.match(line)):
                yield start, end, text
                text = ""
            if not text:
                start = cue.start
            text = _joined(text, line)
            end = cue.end
        end = cue.end
    if text:
        yield start, end, text


def _joined(text: str, line: str) -> str:
    if not text:
        return line
    together = _WIDE.match(text[-1]) and _WIDE.match(line[0])
    return f"{text}{line}" if together else f"{text} {line}"


def _plain(line: str) -> str:
    """A line of a cue without marks of style, voice or time."""
    return " ".join(unescape(_TAG.sub("", _STAMP_TAG.sub("", line))).split())


def _seconds(stamp: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = stamp
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0) + float(f"0.{fraction}")
