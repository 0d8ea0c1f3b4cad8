"""Pieces of a paragraph that a column cut between two words: parted by a space, end to end, and undoable."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flows.clean.edits import Edit, undo
from flows.examine import examine
from flows.trace import trace
from tests.jobs import ingest, rows
from warehouse.store import Warehouse

HEAD = ["Vol. 12 No. 7", "Established 1871"]
FERRY = [
    "The Last Ferry at Saltmarsh",
    "By Ruth Hale",
    "SALTMARSH (Reuters) - The ferry has crossed the river here for a hundred and ten years, in every weather.",
    "The bridge opens in June, and the council has told the ferrymen that their contract ends with",
    "MARKETS",
    "Wheat Prices Fall for Third Week",
    "By Tom Marsh",
    "NORTHWICK (AP) - Wheat fell again on the exchange in Northwick on Friday, and the millers were pleased with it.",
    "Farmers said that they would rather store the grain than sell it at such a price, as barns are fill-",
    "the month, though nobody has yet said what is to become of the boats and of the men who row them.",
    "ing faster than in any year since the drought, as the millers on the quay have told their customers.",
]


@pytest.fixture(scope="module", params=["\n\n", "\n", "\r\n\r\n", " \n\n"])
def root(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seams")
    (folder / "in" / "post").mkdir(parents=True)
    text = request.param.join([*HEAD, *FERRY]) + "\n"
    (folder / "in" / "post" / "20240301.txt").write_bytes(text.encode())
    ingest(folder / "w", folder / "in")
    return folder


def passages(root: Path) -> list[dict[str, Any]]:
    con = Warehouse(root / "w").connect()
    result = con.execute("SELECT * FROM passages ORDER BY ordinal")
    names = [each[0] for each in result.description]
    found = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    con.close()
    return found


def test_words_that_a_column_parted_stay_parted_and_a_hyphen_stays_as_printed(root: Path) -> None:
    texts = [text for (text,) in rows(root / "w", "SELECT text FROM articles ORDER BY ordinal")]
    assert any("their contract ends with the month, though" in text for text in texts)
    assert any("barns are fill-ing faster" in text for text in texts)


def test_the_pieces_stand_end_to_end_and_are_slices_of_the_text(root: Path) -> None:
    by_text = {each["text"]: each for each in passages(root)}
    first, second = by_text[f"{FERRY[3]} "], by_text[FERRY[9]]
    assert first["article_id"] == second["article_id"]
    assert first["article_end"] == second["article_start"]
    texts = dict(rows(root / "w", "SELECT article_id, text FROM articles"))
    for each in passages(root):
        if each["article_start"] is not None:
            assert texts[each["article_id"]][each["article_start"] : each["article_end"]] == each["text"]


def test_the_space_can_be_undone_to_what_the_payload_has(root: Path) -> None:
    payload = (root / "in" / "post" / "20240301.txt").read_bytes().decode()
    edits: dict[str, list[Edit]] = {}
    for passage, *edit in rows(
        root / "w", "SELECT passage_id, rule, rule_version, start, before, after FROM edits ORDER BY ALL"
    ):
        edits.setdefault(passage, []).append(Edit(*edit))
    for each in passages(root):
        raw = payload[each["raw_start"] : each["raw_end"]]
        assert undo(each["text"], edits.get(each["passage_id"], [])) == raw
        assert each["selector"] == f"char={each['raw_start']},{each['raw_end']}"
    (seam,) = [each for each in passages(root) if each["text"].endswith(" ")]
    assert payload[seam["raw_end"] - 1].isspace()
    assert trace(Warehouse(root / "w"), seam["passage_id"]).same
    assert examine(Warehouse(root / "w")).findings == []


def test_a_restored_join_has_a_space_too(tmp_path: Path) -> None:
    """On a page of its own a paragraph is cut after a sentence; its witness prints it in one."""
    told = [
        "SALTMARSH (Reuters) - The ferry has crossed the river here for a hundred and ten years, in every weather.",
        "The bridge opens in June. The council has told the ferrymen that their contract will end in the same month.",
        "Nobody has yet said what is to become of the boats, or of the eleven men who row them from bank to bank.",
    ]
    cut = told[1].index(" The council")
    page = [*HEAD, "The Last Ferry at Saltmarsh", told[0], told[1][:cut], "Wheat Prices Fall for Third Week"]
    page += ["By Tom Marsh", *FERRY[7:8], told[1][cut + 1 :], told[2]]
    for name, lines in {"post/20240301.txt": page, "quay/20240302.txt": ["The Last Ferry", *told]}.items():
        (tmp_path / "in" / name).parent.mkdir(parents=True)
        (tmp_path / "in" / name).write_text("\n\n".join(lines) + "\n", encoding="utf-8")
    ingest(tmp_path / "w", tmp_path / "in")
    texts = rows(tmp_path / "w", "SELECT text FROM restored_articles")
    assert sum(told[1] in text for (text,) in texts) == 1
    slices = """
    SELECT p.text FROM restored_passages AS p JOIN restored_articles AS a USING (article_id)
    WHERE substring(a.text, (p.article_start + 1)::BIGINT, (p.article_end - p.article_start)::BIGINT) <> p.text
    """
    assert rows(tmp_path / "w", slices) == []
    assert examine(Warehouse(tmp_path / "w")).findings == []
