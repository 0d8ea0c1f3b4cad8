"""The stage cleans whole columns exactly as `repair` cleans one text, and puts articles together."""

from __future__ import annotations

import itertools
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.clean.edits import Edit, repair, undo
from flows.clean.rules import MARKED, PAGE, TEXT
from flows.clean.sieve import rules_of
from flows.clean.stage import SPLIT_ABOVE, Cleaned, clean
from schemas import table
from schemas.columns import TEXT_KINDS
from schemas.tables.blocks import ARTICLE_HEADS, PLACED_BLOCKS
from tests.flows.clean.damage import TEXTS

LONG = "\x00" * (SPLIT_ABOVE + 1)


def documents(*extractors: str) -> pa.Table:
    return pa.table(
        {
            "document_id": [f"d{n}" for n in range(len(extractors))],
            "extractor": list(extractors),
            "language": ["zh"] * len(extractors),
        }
    )


def heads(*pairs: tuple[int, int]) -> pa.Table:
    return ARTICLE_HEADS.rows(
        [{"document_id": f"d{owner}", "article": article, "complete": True} for owner, article in pairs]
    )


def block(owner: int, ordinal: int, text: str, **more: Any) -> dict[str, Any]:
    """A block of body text in article 0, in the order of its ordinal."""
    start = 1000 * ordinal
    return {
        "document_id": f"d{owner}",
        "ordinal": ordinal,
        "kind": "body",
        "text": text,
        "selector": f"char={start},{start + len(text)}",
        "raw_start": start,
        "raw_end": start + len(text),
        "flags": [],
        "article": 0,
        "place": ordinal,
        "glued": False,
    } | more


def cleaned(*blocks: dict[str, Any], extractor: str = "text") -> Cleaned:
    owners = sorted({int(each["document_id"][1:]) for each in blocks})
    named = sorted({(int(b["document_id"][1:]), b["article"]) for b in blocks if b["article"] is not None})
    return clean(documents(*[extractor] * (owners[-1] + 1)), heads(*named), PLACED_BLOCKS.rows(list(blocks)))


def check(result: Cleaned) -> None:
    """What must hold of any outcome: schemas, slices, joins, ordinals."""
    assert result.passages.schema == table("passages").arrow
    assert result.articles.schema == table("articles").arrow
    assert result.edits.schema == table("edits").arrow
    texts = {row["article_id"]: row for row in result.articles.to_pylist()}
    seen: dict[str, list[dict[str, Any]]] = {}
    for row in result.passages.to_pylist():
        if row["article_start"] is None:
            assert row["article_end"] is None
            continue
        assert row["text"]
        article = texts[row["article_id"]]
        assert article["text"][row["article_start"] : row["article_end"]] == row["text"]
        seen.setdefault(row["article_id"], []).append(row)
    for article_id, rows in seen.items():
        rows.sort(key=lambda row: row["article_start"])
        at = 0
        for row in rows:
            assert row["article_start"] - at in (0, 1)
            if row["article_start"] > at:
                assert texts[article_id]["text"][at] == "\n"
            at = row["article_end"]
        assert at == texts[article_id]["chars"] == len(texts[article_id]["text"])
    for owner, group in _by(result.passages.to_pylist(), "document_id").items():
        assert [row["ordinal"] for row in group] == list(range(len(group)))
        assert result.document_texts.get(owner, "") == "\n".join(row["text"] for row in group if row["text"])
    edited = set(result.edits.column("passage_id").to_pylist())
    assert edited >= {row["passage_id"] for row in result.passages.to_pylist() if not row["text"]}


def _by(rows: list[dict[str, Any]], name: str) -> dict[str, list[dict[str, Any]]]:
    out: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        out.setdefault(row[name], []).append(row)
    return out


def edits_of(result: Cleaned) -> dict[str, list[Edit]]:
    return {
        passage: [Edit(r["rule"], r["rule_version"], r["start"], r["before"], r["after"]) for r in rows]
        for passage, rows in _by(result.edits.to_pylist(), "passage_id").items()
    }


BLOCKS = st.lists(
    st.builds(
        lambda text, kind, article, glued: (text or "渡", kind, article, glued),
        TEXTS,
        st.sampled_from(["body", "headline", "byline", "masthead", "caption"]),
        st.sampled_from([0, 0, 0, 1, None]),
        st.booleans(),
    ),
    min_size=1,
    max_size=7,
)


@given(st.lists(BLOCKS, min_size=1, max_size=3), st.sampled_from(["text", "markdown", "html"]))
@settings(max_examples=150)
def test_columns_come_out_as_each_row_alone(
    groups: list[list[tuple[str, str, int | None, bool]]], extractor: str
) -> None:
    rules = rules_of({"markdown": MARKED, "html": PAGE}.get(extractor, TEXT))
    blocks = [
        block(
            owner,
            ordinal,
            text,
            kind=kind,
            article=article,
            glued=glued and article is not None and kind in TEXT_KINDS,
            place=ordinal if article is not None and kind in TEXT_KINDS else None,
        )
        for owner, group in enumerate(groups)
        for ordinal, (text, kind, article, glued) in enumerate(group)
    ]
    result = cleaned(*blocks, extractor=extractor)
    check(result)
    made = edits_of(result)
    by_block: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for row in result.passages.to_pylist():
        assert row["raw_end"] > row["raw_start"]
        by_block.setdefault((row["document_id"], row["raw_start"] // 1000), []).append(row)
    for each in blocks:
        passages = by_block.pop((each["document_id"], each["ordinal"]), [])
        text, edits = repair(each["text"], rules)
        wide = any(len(edit.before) - len(edit.after) > SPLIT_ABOVE for edit in edits)
        if not wide:
            assert [row["text"] for row in passages] == ([text] if text or not each["text"].isspace() else [])
        held = [range(row["raw_start"], row["raw_end"]) for row in passages]
        lost = set(range(each["raw_start"], each["raw_end"])) - {at for span in held for at in span}
        assert all(each["text"][at - each["raw_start"]].isspace() for at in lost)
        for row in passages:
            piece = each["text"][row["raw_start"] - each["raw_start"] : row["raw_end"] - each["raw_start"]]
            mine = made.get(row["passage_id"], [])
            assert undo(row["text"], mine) == piece
            assert row["selector"] == f"char={row['raw_start']},{row['raw_end']}"
            assert not row["text"] or all(len(edit.before) - len(edit.after) <= SPLIT_ABOVE for edit in mine)
    assert not by_block


@given(st.lists(st.lists(TEXTS.filter(bool), min_size=1, max_size=4), min_size=2, max_size=4))
@settings(max_examples=60)
def test_documents_cleaned_together_come_out_as_each_alone(groups: list[list[str]]) -> None:
    blocks = [[block(n, at, text) for at, text in enumerate(group)] for n, group in enumerate(groups)]
    together = cleaned(*(each for group in blocks for each in group))
    alone = [
        clean(documents(*["text"] * len(groups)), heads((n, 0)), PLACED_BLOCKS.rows(group))
        for n, group in enumerate(blocks)
    ]
    for name in ("articles", "passages", "edits"):
        whole = pa.concat_tables([getattr(each, name) for each in alone])
        assert getattr(together, name).to_pylist() == whole.to_pylist()


def test_two_passages_are_parted_by_a_newline_and_glued_ones_by_nothing() -> None:
    result = cleaned(
        block(0, 0, "渡口改期", kind="headline"), block(0, 1, "自三月起，渡船"), block(0, 2, "每日两班。", glued=True)
    )
    check(result)
    assert result.articles.column("text").to_pylist() == ["渡口改期\n自三月起，渡船每日两班。"]


def test_reading_order_is_the_place_and_not_the_page() -> None:
    result = cleaned(block(0, 0, "乙", place=1), block(0, 1, "甲", place=0), block(0, 2, "丙", place=2))
    check(result)
    assert result.articles.column("text").to_pylist() == ["甲\n乙\n丙"]
    assert result.passages.column("text").to_pylist() == ["乙", "甲", "丙"]


def test_a_long_removal_splits_the_passage() -> None:
    reading = f"自三月起，{LONG}渡船每日  两班。"
    result = cleaned(block(0, 0, reading), block(0, 1, "票价不变。"))
    check(result)
    rows = result.passages.to_pylist()
    assert [row["text"] for row in rows] == ["自三月起，", "", "渡船每日 两班。", "票价不变。"]
    bounds = [0, 5, 5 + len(LONG), len(reading)]
    assert [(row["raw_start"], row["raw_end"]) for row in rows[:3]] == list(itertools.pairwise(bounds))
    assert rows[0]["article_end"] == rows[2]["article_start"], "pieces of one paragraph are not parted"
    assert result.articles.column("text").to_pylist() == ["自三月起，渡船每日 两班。\n票价不变。"]
    assert [row["ordinal"] for row in rows] == [0, 1, 2, 3]
    assert [(e["passage_id"], e["start"], e["before"], e["after"]) for e in result.edits.to_pylist()] == [
        (rows[1]["passage_id"], 0, LONG, ""),
        (rows[2]["passage_id"], 4, "  ", " "),
    ]


def test_forty_characters_do_not_split() -> None:
    result = cleaned(block(0, 0, f"自三月起，{LONG[:SPLIT_ABOVE]}渡船"))
    assert result.passages.column("text").to_pylist() == ["自三月起，渡船"]


@pytest.mark.parametrize("text", [LONG, "\x00", " \u200b ", "\u2060", "\xad\xad", "\u200e"])
def test_a_block_of_damage_alone_is_a_passage_without_text_whose_edits_tell_of_it(text: str) -> None:
    result = cleaned(block(0, 0, text), block(0, 1, "渡口"))
    check(result)
    gone, kept = result.passages.to_pylist()
    assert (gone["text"], gone["article_start"], kept["text"]) == ("", None, "渡口")
    assert undo("", edits_of(result)[gone["passage_id"]]) == text
    assert result.articles.column("text").to_pylist() == ["渡口"]


def test_a_block_of_white_space_alone_leaves_no_passage() -> None:
    assert cleaned(block(0, 0, "　　"), block(0, 1, "渡口")).passages.column("text").to_pylist() == ["渡口"]


def test_what_follows_a_removal_at_the_head_of_a_paragraph_is_parted_from_the_one_before() -> None:
    result = cleaned(block(0, 0, "渡口"), block(0, 1, f"{LONG}改期"))
    check(result)
    assert result.articles.column("text").to_pylist() == ["渡口\n改期"]


def test_an_article_of_damage_alone_is_none() -> None:
    result = cleaned(block(0, 0, "\x00"), block(0, 1, "渡口", article=1))
    check(result)
    assert result.articles.column("ordinal").to_pylist() == [1]


def test_markup_without_offsets_keeps_its_selector() -> None:
    path = "/html/body/p[1]"
    result = cleaned(block(0, 0, f"渡{LONG}口", selector=path, raw_start=None, raw_end=None), extractor="html")
    assert result.passages.column("selector").to_pylist() == [path] * 3
    assert result.passages.column("raw_start").to_pylist() == [None] * 3
    assert result.passages.column("text").to_pylist() == ["渡", "", "口"]


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("渡ㅏ口", ["suspect-hangul"]),
        ("渡각口", ["suspect-hangul"]),
        ("渡ll口", ["suspect-latin"]),
        ("渡I口각期", ["suspect-hangul", "suspect-latin"]),
        ("用GPS定位", []),
        ("渡口 각각 改期", []),
        ("渡口a", []),
        ("ferry", []),
    ],
)
def test_suspect_readings_are_flagged_and_left(text: str, flags: list[str]) -> None:
    result = cleaned(block(0, 0, text, flags=["gap"]), block(0, 1, "票价"))
    assert result.passages.column("flags").to_pylist() == [sorted(["gap", *flags]), []]
    assert result.passages.column("text").to_pylist()[0] == text


def test_nothing_in_nothing_out() -> None:
    result = clean(documents("text"), heads(), PLACED_BLOCKS.empty())
    assert (result.articles.num_rows, result.passages.num_rows, result.edits.num_rows) == (0, 0, 0)
    check(result)


def test_ids_tell_document_and_place() -> None:
    result = cleaned(block(0, 0, "渡口"), block(0, 1, "渡口"), block(1, 0, "渡口"))
    ids = result.passages.column("passage_id").to_pylist()
    assert len(set(ids)) == 3
    assert pc.all(pc.equal(pc.utf8_length(result.passages.column("passage_id")), 32)).as_py()
