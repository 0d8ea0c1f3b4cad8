"""Floors under the reading of newspaper pages, on the development gold; to be raised, never lowered."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from tests.bench.scramble import write_pages
from tests.flows.segment.pages import placed
from tests.gate.kit import folder_sha256, scorer

GOLD = "1c320a394071d7906db1acddf19437d2f4700ed307e2b6b3a105097342db230f"
FLOORS = {
    "scrambled": {"line": 0.986, "joins_P": 1.0, "joins_R": 0.929, "dups_P": 1.0, "dups_R": 1.0, "kinds": 0.997},
    "seeds": {"line": 0.993, "joins_P": 1.0, "joins_R": 0.333, "dups_P": 1.0, "dups_R": 1.0, "kinds": 1.0},
    "made": {"line": 0.945, "joins_P": 0.965, "joins_R": 0.86, "dups_P": 0.96, "dups_R": 1.0, "kinds": 0.985},
}


def passages(text: str) -> list[dict[str, Any]]:
    """The rows that cleaning would publish, as the scorer wants them."""
    _, blocks = placed(text)
    rows: list[dict[str, Any]] = [
        dict(b, passage_id=str(b["ordinal"]), article_id=None if b["article"] is None else f"a{b['article']}")
        for b in blocks
    ]
    by_article = defaultdict(list)
    for row in rows:
        row["article_start"] = row["article_end"] = None
        if row["place"] is not None:
            by_article[row["article_id"]].append(row)
    for members in by_article.values():
        end = -1
        for row in sorted(members, key=lambda r: r["place"]):
            row["article_start"] = end if row["glued"] else end + 1
            row["article_end"] = end = row["article_start"] + len(row["text"])
    return rows


def measure(kit: Any, pages: list[dict[str, Any]], folder: Path) -> dict[str, float]:
    results = []
    for page in pages:
        text = (folder / page["file"]).read_text(encoding="utf-8")
        results.append(kit.score_page(page, text, passages(text), []))
    summary: dict[str, float] = kit.summarise(results)
    return summary


@pytest.mark.corpus
@pytest.mark.parametrize("group", sorted(FLOORS))
def test_segmentation(shared: Path, tmp_path: Path, group: str) -> None:
    gold = shared / "gold" / "segmentation"
    assert folder_sha256(gold) == GOLD
    kit = scorer(shared, "score_segmentation")
    if group == "scrambled":
        pages, folder = json.loads((gold / "scrambled.json").read_text(encoding="utf-8"))["pages"], gold / "pages"
    elif group == "seeds":
        pages, folder = (
            json.loads((gold / "seed_segmentation.json").read_text(encoding="utf-8"))["seeds"],
            shared / "seeds",
        )
    else:
        write_pages(shared / "corpus", tmp_path, 60, seed=20)
        pages, folder = json.loads((tmp_path / "made.json").read_text(encoding="utf-8"))["pages"], tmp_path / "pages"
    found = measure(kit, pages, folder)
    assert {name: round(found[name], 3) for name, floor in FLOORS[group].items() if found[name] < floor - 0.0005} == {}
