"""Broken pages in a warehouse: restored as witnesses come, whatever the order in which they do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from flows.examine import examine
from tests.flows.restore.archive import sentences
from tests.jobs import COMPARED_TABLES, copied, digests, files, ingest, rows, value
from warehouse.store import Warehouse

TOLD = sentences("warehouse", 9)
# About something else, in other words: the page alone must show which lines may be whose.
OTHER = [
    "青岚茶市昨日清早开秤，山上采下的头一批明前新茶装在竹篓里，八点不到就卖出一百四十斤。",
    "茶商老袁从外省赶来看样，抓一把新茶放在白瓷盘里闻了又闻，当场定下六十斤明前茶。",
    "茶市的司秤员说，今年倒春寒来得早，新茶比往年晚上市五天，每斤明前茶的价钱却高出三成。",
    "山里的茶农把鲜叶连夜炒成新茶，天不亮就挑到茶市来，怕的是错过头一天开秤的好价钱。",
    "茶市管理所在大门口添了两台公平秤，茶农和茶商觉得斤两不对，随时可以把新茶再称一遍。",
    "到中午收秤的时候，茶市一共成交新茶九百二十斤，其中明前茶占了四成，茶农都说开了个好头。",
]
CUT = 20
# It breaks off as the page does, and nothing shows that it is one.
NOTES = ["堤上的话 从头到尾", *TOLD[1:4], TOLD[4][:CUT]]
PAGE = [
    "守堤人家的春天",
    f"本报江口3月1日电 {TOLD[0]}",
    TOLD[1],
    TOLD[2][:CUT],
    "茶市开秤 新茶上岸",
    f"本报青岚3月1日电 {OTHER[0]}",
    *OTHER[1:4],
    TOLD[2][CUT:],
    *TOLD[3:6],
    f"{TOLD[6][:CUT]}",
    *OTHER[4:],
]
INPUTS = {
    "jiangkou/20240301-1.txt": "\n\n".join(PAGE),
    "qinglan/20240302-1.txt": "\n\n".join(["守堤人家", *TOLD]),
    "yundu/20240303-1.txt": "\n\n".join(["堤上的春天", *TOLD[1:7]]),
    "shiqiao/20240303-3.txt": "\n\n".join(NOTES),
    "beiping/20240303-2.txt": "\n\n".join(["新茶上岸", *OTHER]),
}


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("in")
    for name, text in INPUTS.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text + "\n", encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def whole(inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("whole") / "w"
    ingest(root, inputs)
    return root


def test_the_page_is_restored_and_what_it_lacks_is_filled_with_the_source_named(whole: Path) -> None:
    ((text, filled, outlets, missing),) = rows(
        whole,
        "SELECT text, filled_text, witness_outlets, missing_chars FROM restored_articles "
        "WHERE headline = '守堤人家的春天'",
    )
    lead = f"本报江口3月1日电 {TOLD[0]}"
    assert text == "\n".join(["守堤人家的春天", lead, *TOLD[1:6], TOLD[6][:CUT] + "[…]"])
    assert outlets == ["qinglan"]
    assert filled == text.replace("[…]", f"[qinglan: {TOLD[6][CUT:]}\n{TOLD[7]}\n{TOLD[8]}]")
    assert missing == len(TOLD[6][CUT:] + TOLD[7] + TOLD[8]) + 2


def test_a_text_that_is_no_newspaper_page_stays_in_its_order(whole: Path) -> None:
    kinds = rows(
        whole,
        "SELECT DISTINCT a.headline, d.page_kind, r.article_id IS NOT NULL FROM articles AS a "
        "JOIN documents AS d USING (document_id) LEFT JOIN restorations AS r USING (article_id)",
    )
    assert sorted(kind for kind in kinds if kind[1] == "newspaper" or kind[2]) == [
        ("守堤人家的春天", "newspaper", True),
        ("茶市开秤 新茶上岸", "newspaper", False),
    ]
    assert ("堤上的话 从头到尾", "article", False) in kinds


def test_the_spans_of_restored_passages_are_slices_of_the_restored_text(whole: Path) -> None:
    wrong = """
    SELECT * FROM restored_passages AS p JOIN restored_articles AS a USING (article_id)
    WHERE p.article_start IS NOT NULL
        AND substring(a.text, (p.article_start + 1)::BIGINT, (p.article_end - p.article_start)::BIGINT) <> p.text
    """
    assert rows(whole, wrong) == []
    assert value(whole, "SELECT count(*) FROM restored_passages") == value(whole, "SELECT count(*) FROM passages")


def test_nothing_is_rewritten_and_the_checks_hold(whole: Path, tmp_path: Path) -> None:
    assert value(whole, "SELECT count(*) FROM articles WHERE headline = '守堤人家的春天' AND NOT complete") == 1
    assert examine(Warehouse(copied(whole, tmp_path / "w"))).findings == []


@pytest.mark.slow
def test_witnesses_may_come_in_any_order(whole: Path, inputs: Path, tmp_path: Path) -> None:
    wanted = digests(whole, COMPARED_TABLES)
    assert "restorations" in wanted
    # The page before all its witnesses, and after them.
    for number, order in enumerate((list(INPUTS), list(reversed(INPUTS)))):
        root = tmp_path / f"w{number}"
        # The same source in growing folders, so that the captures are the same.
        folder = tmp_path / str(number) / inputs.name
        for name in order:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(inputs / name, folder / name)
            ingest(root, folder)
        derived = [name for name in wanted if name != "captures"]
        assert digests(root, derived) == digests(whole, derived)
        assert ingest(root, folder).snapshot is None


def test_a_page_that_no_witness_touches_is_left_alone(whole: Path, tmp_path: Path) -> None:
    root = copied(whole, tmp_path / "w")
    before = value(root, "SELECT count(*) FROM restorations")
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / "20240401.txt").write_text("\n\n".join(["渡口旧事", *sentences("new", 4)]), encoding="utf-8")
    held = {name for name in files(root) if name.startswith("tables/restorations/")}
    assert ingest(root, folder).counts["restorations"] == 0
    assert {name for name in files(root) if name.startswith("tables/restorations/")} == held
    assert value(root, "SELECT count(*) FROM restorations") == before


def test_of_another_version_everything_is_restored_anew(
    whole: Path, inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = copied(whole, tmp_path / "w")
    monkeypatch.setattr("flows.versions.RESTORE", "another")
    monkeypatch.setattr("flows.restoring.restore", lambda pages, **parts: parts["stories"].slice(0, 0))
    monkeypatch.setattr("flows.restoring.Restorer._restored", lambda self, pages, faults: iter(()))
    ingest(root, inputs)
    assert value(root, "SELECT count(*) FROM restorations") == 0
    monkeypatch.undo()
    ingest(root, inputs)
    assert digests(root) == digests(whole)
