"""Questions as people write them."""

from __future__ import annotations

import pytest

from flows.search.query import BadQuestionError, Near, Not, Phrase, Question, Some, parsed, wanted


def told(question: Question) -> str:
    """A question in one spelling."""
    if isinstance(question, Phrase):
        return f"[{question.text}{'*' if question.begun else ''}]"
    if isinstance(question, Near):
        return f"{told(question.one)}~{question.letters}~{told(question.other)}"
    if isinstance(question, Not):
        return f"-{told(question.part)}"
    assert isinstance(question, Some)
    return "(" + ("&" if question.every else "|").join(map(told, question.parts)) + ")"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("武漢 考察", "[武漢 考察]"),
        ("  the   old ferry sails ", "[the old ferry sails]"),
        ("the old ferr* AND b", "([the old ferr*]&[b])"),
        ("a AND b NOT c", "([a]&[b]&-[c])"),
        ("a b OR c d", "([a b]|[c d])"),
        ("(a OR b) c", "(([a]|[b])&[c])"),
        ('"a AND b" c', "([a AND b]&[c])"),
        ("“a OR b”*", "[a OR b*]"),
        ("bridge NEAR opened", "[bridge]~40~[opened]"),
        ("old bridge NEAR/7 opened", "[old bridge]~7~[opened]"),
        ("ferr* harbour", "([ferr*]&[harbour])"),
        ("rock and roll", "[rock and roll]"),
        ("NOT c AND a", "(-[c]&[a])"),
        ("5*3", "[5*3]"),
        ("O'Neil; DROP TABLE articles --", "[O'Neil; DROP TABLE articles --]"),
    ],
)
def test_what_is_asked(text: str, expected: str) -> None:
    assert told(parsed(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "…",
        "NOT a",
        "a OR NOT b",
        "(a",
        "a)",
        '"a',
        "a AND",
        "OR a",
        "a NEAR",
        "NEAR b",
        "a NEAR (b)",
        "()",
        "* *",
        "a" * 3000,
        " AND ".join("a" * 100),
    ],
)
def test_what_asks_nothing_is_said(text: str) -> None:
    with pytest.raises(BadQuestionError) as caught:
        parsed(text)
    assert str(caught.value).endswith(".")


def test_what_is_barred_is_not_marked() -> None:
    assert [each.text for each in wanted(parsed("a NOT (b NOT c) AND d"))] == ["a", "c", "d"]
