"""Subtitles and RTF: the words, and no number, time or code."""

from __future__ import annotations

import pytest

from flows.extract import rtf, subtitles
from flows.extract.reading import UnreadableError

SRT = """1
00:00:01,000 --> 00:00:03,500
<i>The ferry leaves</i>

2
00:00:03,600 --> 00:00:05,000
{\\an8}twice a day. The fare
stays as it is.

3
00:01:00,000 --> 00:01:02,000
- And the dogs?
- They may come.

4
00:01:10,000 --> 00:01:12,000
12

5
00:01:20,000 --> 00:01:22,000
渡船每日两班，
票价不变。
"""
VTT = """WEBVTT - ferry

NOTE
nobody sees this

STYLE
::cue { color: red }

intro
00:01.000 --> 00:02.000 align:start position:0%
<v Ferryman>We leave &amp; come back <00:01.500><c.yellow>twice</c>

00:02.100 --> 00:03.000
twice
a day.
"""


def read(text: str) -> list[tuple[str, str]]:
    return [(block.selector, block.text) for block in subtitles.read(text.encode(), {}).blocks]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_cues_are_joined_to_sentences(newline: str) -> None:
    assert read(SRT.replace("\n", newline)) == [
        ("t=1.000,5.000", "The ferry leaves twice a day. The fare stays as it is."),
        ("t=60.000,62.000", "- And the dogs?"),
        ("t=60.000,62.000", "- They may come."),
        ("t=70.000,72.000", "12"),
        ("t=80.000,82.000", "渡船每日两班，票价不变。"),
    ]


def test_cues_without_blank_lines_between() -> None:
    assert read("1\n00:00:01,000 --> 00:00:02,000\nOne.\n2\n00:00:02,000 --> 00:00:03,000\nTwo.\n") == [
        ("t=1.000,2.000", "One."),
        ("t=2.000,3.000", "Two."),
    ]


def test_notes_styles_voices_and_rolling_lines_are_left_out() -> None:
    assert read(VTT) == [("t=1.000,3.000", "We leave & come back twice twice a day.")]
    rolling = "WEBVTT\n\n00:01.000 --> 00:02.000\nThe ferry\n\n00:02.000 --> 00:03.000\nThe ferry\nleaves.\n"
    assert read(rolling) == [("t=1.000,3.000", "The ferry leaves.")]


@pytest.mark.parametrize("payload", [b"", b"WEBVTT\n\n", b"words and no times\n"])
def test_files_without_a_cue_are_refused_in_words(payload: bytes) -> None:
    with pytest.raises(UnreadableError, match=r"\.$"):
        subtitles.read(payload, {})


RTF = (
    rb"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\fnil\fcharset134 SimSun;}}{\colortbl;\red0\green0\blue0;}"
    rb"{\info{\title \'b6\'c9\'bf\'da}{\author Lin Qiao}}\pard\f0\fs24 "
    rb"\'b6\'c9\'b4\'ac\'c3\'bf\'c8\'d5\'c1\'bd\'b0\'e0 \u31080?\u20215?\'b2\'bb\'b1\'e4\par "
    rb"The {\b ferry} leaves{\*\generator Riched20;}\rquote s quay\line at six.\par}"
)


def test_rtf_is_its_words() -> None:
    reading = rtf.read(RTF, {})
    assert [block.text for block in reading.blocks] == ["渡船每日两班 票价不变", "The ferry leaves’s quay", "at six."]
    assert (reading.title, reading.authors, reading.charset_used) == ("渡口", ["Lin Qiao"], "cp936")


@pytest.mark.parametrize("payload", [b"", b"no codes", rb"{\rtf1\ansi}"])
def test_rtf_without_words_is_refused_in_words(payload: bytes) -> None:
    with pytest.raises(UnreadableError, match=r"\.$"):
        rtf.read(payload, {})
