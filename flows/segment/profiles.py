"""The language profiles of `profiles.toml`, compiled: what newspapers print around their articles."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

SHORT = 64
"""Code points of the longest line that is looked at for furniture and headlines."""

_KINDS = ("dateline", "jump", "credit", "byline", "advert", "masthead", "caption")


@cache
def _profiles() -> dict[str, Any]:
    return tomllib.loads(files("flows.segment").joinpath("profiles.toml").read_text(encoding="utf-8"))


def _patterns() -> dict[str, list[str]]:
    """Pattern name -> regular expressions of all languages, the file's order, with their parts put in."""
    out: dict[str, list[str]] = {}
    for profile in _profiles().values():
        parts: dict[str, str] = {}
        for name, source in profile["parts"].items():
            parts[name] = _filled(source, parts)
        for name, sources in profile["patterns"].items():
            out.setdefault(name, []).extend(_filled(source, parts) for source in sources)
    return out


def _filled(source: str, parts: dict[str, str]) -> str:
    return re.sub(r"%([a-z]+)%", lambda found: parts[found[1]], source)


def _any(sources: list[str]) -> str:
    return "|".join(f"(?:{source})" for source in sources)


def _words(name: str) -> frozenset[str]:
    """The words of all languages that have a list of that name."""
    return frozenset(
        word for profile in _profiles().values() for word in profile.get("words", {}).get(name, "").split()
    )


_ALL = _patterns()

FURNITURE = re.compile("|".join(f"(?P<{kind}>{_any(_ALL[kind])})" for kind in _KINDS))
"""Use with `fullmatch` on a short line; `lastgroup` is its kind, `credit` being the photographer's of a caption."""

CUE = re.compile(_any(_ALL["cue"]))
"""What a line of furniture has somewhere; found by `search`, at a fraction of the cost of `FURNITURE`."""

LEAD = re.compile(_any(_ALL["lead"]))
"""A dateline at the start of a paragraph, which opens an article."""

JUMP_LEAD = re.compile(_any(_ALL["jump_lead"]))
"""A jump line glued to the start of the paragraph that goes on here."""

JUMP_TAIL = re.compile(f"(?:{_any(_ALL['jump_tail'])})$")
"""A jump line glued to the end of the paragraph that goes on elsewhere."""

STAFF = re.compile(_any(_ALL["staff"]))
"""What in a byline says that its writer is on a newspaper's staff, or an agency's."""

CAPTION = re.compile(_any(_ALL["caption"]))
"""The start of a picture's caption, of any length."""

NEWS_AGENCY = re.compile(_any(_ALL["news_agency"]), re.I)
"""Use with `fullmatch` on the name of a source: news agencies."""

AGENCY = re.compile("|".join(re.escape(name) for name in _ALL["agency"]))
"""A news agency's name."""

DATELINE_PARTS = re.compile(_any(_ALL["parts"]))
"""Place and date of a dateline, in groups whose names end with `agency`, `place` and `date`."""

RUN_IN_BYLINE = re.compile(_any(_ALL["run_in_byline"]))
"""A byline in brackets after the dateline that opens a paragraph; its group is the byline."""

HANGING_WORDS = _words("hanging")
"""Words that a headline does not end with: the text goes on."""

SMALL_WORDS = HANGING_WORDS | _words("small")
"""Words that only hold sentences together, and say nothing about what a text is about."""

OPENING_WORDS = _words("opening")
"""Words that sentences begin with and headlines seldom do."""
