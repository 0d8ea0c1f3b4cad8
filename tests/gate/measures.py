"""How a reading of a page is measured against its gold, as the scoring from outside does it."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flows.extract.reading import Reading

NOT_BODY = ("headline", "byline", "dateline")


def grams(text: str) -> Counter[str]:
    """4-grams of a text without white space."""
    text = re.sub(r"[\s\ufffd]+", "", text)
    return Counter(text[i : i + 4] for i in range(max(1, len(text) - 3))) if text else Counter()


def f1(own: Counter[str], gold: Counter[str]) -> float:
    """Twice the shared grams over all."""
    shared = sum((own & gold).values())
    return 2 * shared / (sum(own.values()) + sum(gold.values())) if shared else 0.0


def folded(text: str | None) -> str:
    """Letters and digits only, width and case evened out."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text or "").casefold())


def days(moment: datetime | None, precision: str | None, language: str) -> set[str]:
    """The calendar days that a publication date may stand for."""
    if moment is None:
        return set()
    if moment.tzinfo is None or precision in ("day", "month", "year"):
        return {moment.date().isoformat()}
    utc = moment.astimezone(UTC)
    return {(utc + timedelta(hours=h)).date().isoformat() for h in ((0, 8) if language == "zh" else range(-12, 15))}


def facts_right(entry: dict[str, Any], reading: Reading) -> Iterator[tuple[str, bool]]:
    """(field, right or wrong) for the fields that the gold speaks about."""
    if entry.get("title"):
        yield "title", folded(entry["title"]) == folded(reading.title)
    if "authors" in entry:
        yield "authors", {folded(a) for a in reading.authors} == {folded(a) for a in entry["authors"]}
    if "published" in entry:
        found = days(reading.published_at, reading.published_precision, entry["language"])
        wanted = entry["published"]
        yield "date", any(day.startswith(wanted) for day in found) if wanted else not found


def score(folder: Path, read: Any) -> dict[str, float]:
    """Means over a gold folder: `text` F1 (all of the article), `body` F1 (without headline and byline), each field."""
    index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    root = folder / index.get("root", ".")
    values: dict[str, list[float]] = defaultdict(list)
    for entry in index["pages"]:
        gold = grams((folder / entry["gold"]).read_text(encoding="utf-8"))
        reading = read((root / entry["file"]).read_bytes(), {})
        inside = [block for block in reading.blocks if block.article is not None]
        values["text"].append(f1(grams("\n".join(b.text for b in inside)), gold))
        values["body"].append(f1(grams("\n".join(b.text for b in inside if b.kind not in NOT_BODY)), gold))
        for name, right in facts_right(entry, reading):
            values[name].append(float(right))
    return {name: sum(each) / len(each) for name, each in values.items()}


def digest(folder: Path) -> str:
    """SHA-256 over the names and bytes of a gold folder, pages in other folders included; its first 16 characters."""
    index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    root = folder / index.get("root", ".")
    whole = hashlib.sha256()
    files = sorted(
        {
            folder / "index.json",
            *(folder / p["gold"] for p in index["pages"]),
            *(root / p["file"] for p in index["pages"]),
        }
    )
    for file in files:
        whole.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()[:16]
