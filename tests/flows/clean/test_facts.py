"""What is known beside the text is cleaned by the rules that clean the text."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.clean.edits import repair
from flows.clean.facts import clean_facts
from flows.clean.rules import MARKED, TEXT
from flows.clean.sieve import rules_of
from flows.read import Work, read_payloads
from schemas.columns import STRINGS
from tests.flows.clean.damage import MOJIBAKE, TEXTS

EXTRACTORS = ("text", "markdown", "html")
DOCUMENTS = pa.table({"document_id": [f"d{n}" for n in range(3)], "extractor": list(EXTRACTORS)})


def payload(media_type: str, data: str) -> dict[str, pa.Table]:
    work = Work("0" * 64, len(data), media_type, None, "", 0, 0, "resource", None, None, "file:///a", "a", "c")
    out = read_payloads([(work, data.encode())])
    assert out["rejects"].to_pylist() == []
    return out


@given(
    st.lists(st.tuples(st.integers(0, 2), st.none() | TEXTS, st.none() | st.lists(TEXTS.filter(bool), max_size=3))),
)
@settings(max_examples=150)
def test_each_value_is_repaired_as_a_text_of_its_document(rows: list[tuple[int, str | None, list[str] | None]]) -> None:
    table = pa.table(
        {
            "document_id": pa.array([f"d{owner}" for owner, _, _ in rows], pa.string()),
            "title": pa.array([title for _, title, _ in rows], pa.string()),
            "authors": pa.array([authors for _, _, authors in rows], STRINGS),
        }
    )
    found = clean_facts(table, ("title", "authors"), DOCUMENTS).to_pylist()
    assert len(found) == len(rows)
    for (owner, title, authors), now in zip(rows, found, strict=True):
        rules = rules_of(MARKED if EXTRACTORS[owner] == "markdown" else TEXT)
        assert (now["title"] or "") == (repair(title, rules)[0] if title else "")
        wanted = None if authors is None else [text for each in authors if (text := repair(each, rules)[0])]
        assert now["authors"] == wanted


@pytest.mark.parametrize(
    ("damaged", "whole", "sorts"),
    [
        ("渡口\x1b[31m改期\x1b[0m", "渡口改期", "text"),
        ("渡口改\x07期", "渡口改期", "text"),
        ("渡口\u200b改期", "渡口改期", "text page"),
        (MOJIBAKE[1], "渡船每日两班", "page"),
        ("cafe\u0301", "café", "text page"),
    ],
)
def test_headlines_of_texts_and_pages_are_whole(damaged: str, whole: str, sorts: str) -> None:
    text = "自三月起，往来渡船每日两班，逢汛期停航，请各位旅客留意岸边告示。\n"
    if "text" in sorts:
        read = payload("text/plain", f"{damaged}\n\n{text}\n{text}")
        assert read["articles"].column("headline").to_pylist() == [whole]
    if "page" not in sorts:
        return  # its parser puts U+FFFD in the place of what XML cannot hold
    page = f"<html><head><title>{damaged}</title><meta name=author content='林\u200b晓舟'></head><body><article>"
    page += f"<h1>{damaged}</h1><p>{text}</p><p>{text * 3}</p></article></body></html>"
    read = payload("text/html", page)
    assert read["documents"].column("title").to_pylist() == [whole]
    assert read["documents"].column("authors").to_pylist() == [["林晓舟"]]
    assert read["articles"].column("headline").to_pylist() == [whole]
    kinds = read["passages"].column("kind").to_pylist()
    assert read["passages"].column("text").to_pylist()[kinds.index("headline")] == whole


def test_marks_of_markdown_go_from_a_headline_as_from_its_passage() -> None:
    read = payload("text/markdown", "# **渡口**改期\n\n自三月起，往来渡船每日两班，逢汛期停航。\n")
    assert read["articles"].column("headline").to_pylist() == ["渡口改期"]


def test_a_title_of_nothing_that_can_be_seen_is_none() -> None:
    table = pa.table(
        {"document_id": ["d0"], "title": ["\u200b\x07 "], "authors": pa.array([["\u200b", "林"]], STRINGS)}
    )
    assert clean_facts(table, ("title", "authors"), DOCUMENTS).to_pylist() == [
        {"document_id": "d0", "title": None, "authors": ["林"]}
    ]
