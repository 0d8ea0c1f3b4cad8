"""Set phrases of news pages, in the languages that the archive meets most; each list is one feature of a block."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

PHRASES: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("phrases.toml").read_text(encoding="utf-8"))
"""Name of the feature: phrases, case-folded."""

PATTERNS = {
    name: re.compile("|".join(re.escape(p) for p in sorted(set(phrases), key=lambda p: (-len(p), p))))
    for name, phrases in PHRASES.items()
}
ANY = re.compile("|".join(f"(?P<{name}>{pattern.pattern})" for name, pattern in PATTERNS.items()))
DATE = re.compile(
    r"(19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}|\d{1,2}[:：]\d\d|\d{1,2}[./]\d{1,2}[./](19|20)\d\d|"
    r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2}(st|nd|rd|th)?,?\s+(19|20)\d\d|"
    r"\d{1,2}\s+\w{3,12}\s+(19|20)\d\d"
)
