"""Floors under the reading of newspaper pages, on the development gold; to be raised, never lowered."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from tests.bench import scramble_english
from tests.bench.scramble import write_pages
from tests.flows.segment.pages import placed
from tests.gate.kit import folder_sha256, scorer
from tests.jobs import ingest
from warehouse.store import Warehouse

GOLD = "1c320a394071d7906db1acddf19437d2f4700ed307e2b6b3a105097342db230f"
FLOORS = {
    "scrambled": {"line": 0.986, "joins_P": 1.0, "joins_R": 0.936, "dups_P": 1.0, "dups_R": 1.0, "kinds": 0.997},
    "seeds": {"line": 0.993, "joins_P": 1.0, "joins_R": 0.333, "dups_P": 1.0, "dups_R": 1.0, "kinds": 1.0},
    "english": {"line": 0.975, "joins_P": 0.995, "joins_R": 0.991, "dups_P": 0.955, "dups_R": 1.0, "kinds": 0.993},
    "made": {"line": 0.977, "joins_P": 0.993, "joins_R": 0.881, "dups_P": 0.96, "dups_R": 1.0, "kinds": 0.990},
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


def restored(root: Path, file: Path) -> list[dict[str, Any]]:
    """The rows of `restored_passages` of one file."""
    con = Warehouse(root).connect()
    result = con.execute(
        "SELECT p.* FROM restored_passages AS p JOIN documents USING (document_id) "
        "JOIN captures USING (payload_sha256) WHERE uri LIKE $1 ORDER BY p.ordinal",
        [f"%/{file.name}"],
    )
    names = [each[0] for each in result.description]
    rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    con.close()
    return rows


@pytest.mark.corpus
def test_restored_seeds_are_whole(shared: Path, tmp_path: Path) -> None:
    """With the other seeds as witnesses every line is in its article, in order, and every cut paragraph is joined."""
    kit = scorer(shared, "score_segmentation")
    gold = shared / "gold" / "segmentation"
    ingest(tmp_path / "w", shared / "seeds")
    pages = json.loads((gold / "seed_segmentation.json").read_text(encoding="utf-8"))["seeds"]
    results = []
    for page in pages:
        file = shared / "seeds" / page["file"]
        results.append(kit.score_page(page, file.read_text(encoding="utf-8"), restored(tmp_path / "w", file), []))
    found = kit.summarise(results)
    wanted = ("line", "order_R", "joins_P", "joins_R", "dups_P", "dups_R", "kinds")
    assert {name: found[name] for name in wanted} == dict.fromkeys(wanted, 1.0)


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
    elif group == "english":
        scramble_english.write_pages(shared / "gold" / "html-en-dev", tmp_path, 60, seed=20)
        pages, folder = json.loads((tmp_path / "made.json").read_text(encoding="utf-8"))["pages"], tmp_path / "pages"
    else:
        write_pages(shared / "corpus", tmp_path, 60, seed=20)
        pages, folder = json.loads((tmp_path / "made.json").read_text(encoding="utf-8"))["pages"], tmp_path / "pages"
    found = measure(kit, pages, folder)
    assert {name: round(found[name], 3) for name, floor in FLOORS[group].items() if found[name] < floor - 0.0005} == {}
