"""Every repair can be undone, none is needed twice, and edits say exactly what happened."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings

from flows.clean.edits import Edit, repair, undo
from flows.clean.rules import LISTING, MARKED, PAGE, ROW, RULES, SORTS, TEXT
from flows.clean.sieve import rules_of
from tests.flows.clean.damage import TEXTS

SETS = {sort: list(rules_of(sort)) for sort in SORTS}
GENERAL = SETS[TEXT]
EVERY_SET = pytest.mark.parametrize("rules", SETS.values(), ids=SETS.keys())
UNMARKED = pytest.mark.parametrize("sort", [sort for sort in SORTS if sort != MARKED])


@EVERY_SET
@given(reading=TEXTS)
@settings(max_examples=400)
def test_undoing_the_edits_gives_back_the_reading(rules: list, reading: str) -> None:  # type: ignore[type-arg]
    text, edits = repair(reading, rules)
    assert undo(text, edits) == reading


@UNMARKED
@given(reading=TEXTS)
@settings(max_examples=400)
def test_what_is_repaired_needs_no_repair(sort: str, reading: str) -> None:
    """Marks are read once: what a code span showed would be read as marks again."""
    text, _ = repair(reading, SETS[sort])
    assert repair(text, SETS[sort]) == (text, [])


@EVERY_SET
@given(reading=TEXTS)
@settings(max_examples=400)
def test_edits_stand_in_the_published_text_in_order(rules: list, reading: str) -> None:  # type: ignore[type-arg]
    text, edits = repair(reading, rules)
    assert bool(edits) == (text != reading)
    at = 0
    for edit in edits:
        assert edit.before != edit.after
        assert edit.start >= at
        assert text[edit.start : edit.start + len(edit.after)] == edit.after
        at = edit.start + len(edit.after)
    ids = {rule.id for rule in rules}
    assert all(set(edit.rule.split("+")) <= ids for edit in edits)


@given(reading=TEXTS)
@settings(max_examples=400)
def test_the_outcome_is_composed_and_clean(reading: str) -> None:
    text, _ = repair(reading, GENERAL)
    assert unicodedata.is_normalized("NFC", text)
    assert text == text.strip(" \t\n\r\u3000\xa0")
    assert not any(
        unicodedata.category(character) == "Cc" for character in text if character not in "\t\n\x0b\x0c\r\x85"
    )


@pytest.mark.parametrize(
    ("reading", "text", "edits"),
    [
        ("渡口\x00改期", "渡口改期", [("control", 2, "\x00", "")]),
        ("\x1b[1;31m渡口\x1b[0m改期", "渡口改期", [("escape", 0, "\x1b[1;31m", ""), ("escape", 2, "\x1b[0m", "")]),
        (
            "\ufffd[1;31m渡口\ufffd[m改\ufffd[K]期",
            "渡口改\ufffd[K]期",
            [("escape", 0, "\ufffd[1;31m", ""), ("escape", 2, "\ufffd[m", "")],
        ),
        ("渡口\ufffd]0;改名\ufffd改期\ufffd[注]", "渡口改期\ufffd[注]", [("escape", 2, "\ufffd]0;改名\ufffd", "")]),
        ("渡口\x1b]0;改名\x07改期", "渡口改期", [("escape", 2, "\x1b]0;改名\x07", "")]),
        ("\x1b]8;;http://a.example/\x1b\\渡口\x1b]8;;\x1b\\", "渡口", None),
        ("\x1b(B\x1b[2Jferry\x1b[?25l", "ferry", None),
        ("\x1bThe [1] ferry", "The [1] ferry", [("control", 0, "\x1b", "")]),
        ("\x9b10 boats", "10 boats", [("control", 0, "\x9b", "")]),
        ("渡口\x1b]改期，\n往来照常", "渡口]改期，往来照常", None),
        ("a&amp;b", "a&b", [("entity", 1, "&amp;", "&")]),
        ("&amp;lt;", "<", [("entity", 0, "&amp;lt;", "<")]),
        (
            "  渡口  改期 ",
            "渡口 改期",
            [("whitespace", 0, "  ", ""), ("whitespace", 2, "  ", " "), ("whitespace", 5, " ", "")],
        ),
        ("渡口\n改期", "渡口改期", [("whitespace", 2, "\n", "")]),
        ("ferry\nport", "ferry port", [("whitespace", 5, "\n", " ")]),
        ("渡口　改期", "渡口　改期", []),
        ("cafe\u0301", "café", [("nfc", 3, "e\u0301", "é")]),
        ("渡\u200b口", "渡口", [("zero-width", 1, "\u200b", "")]),
        ("自三月起，渡船".encode().decode("latin-1"), "自三月起，渡船", None),
        ("渡船每日两班".encode("gb2312").decode("latin-1"), "渡船每日两班", None),
        ("They don\u00e2\u0080\u0099t", "They don’t", None),
        ("It â€œwasâ€\x9d â€“ at 5Â° â€” Â£5", "It “was” – at 5° — £5", None),
        ("cafÃ© maÅ‚y dÃ¼rfen Ã©tÃ©", "café mały dürfen été", None),
        ("donÃ¢â‚¬â„¢t", "don’t", None),
        ("NÃO, SÃO, IRMÔ, À « É”, Ö» – Å “x”", "NÃO, SÃO, IRMÔ, À « É”, Ö» – Å “x”", []),
        ("façade ÄÖÜ naïve", "façade ÄÖÜ naïve", []),
        ("ＡＢＣ，１２３", "ＡＢＣ，１２３", []),
        ("臺灣與台湾", "臺灣與台湾", []),
        ("👩\u200d👧", "👩\u200d👧", []),
        ("می\u200cخواهم", "می\u200cخواهم", []),
        ("AT&T; x &bogus; &", "AT&T; x &bogus; &", []),
        ("", "", []),
    ],
)
def test_damage_is_repaired_and_style_is_left(
    reading: str, text: str, edits: list[tuple[str, int, str, str]] | None
) -> None:
    got, made = repair(reading, GENERAL)
    assert got == text
    if edits is not None:
        assert [(edit.rule, edit.start, edit.before, edit.after) for edit in made] == edits
    assert undo(got, made) == reading


@pytest.mark.parametrize(
    ("reading", "text"),
    [
        ("**渡口**改期", "渡口改期"),
        ("见[公告](http://a.example/b(c).html)全文", "见公告全文"),
        ("![渡口](a.png)", "渡口"),
        ("### 渡口改期 ###", "渡口改期"),
        ("> 渡口", "渡口"),
        ("3 * 4 = 12", "3 * 4 = 12"),
        (r"三\*四", "三*四"),
        ("snake_case_name", "snake_case_name"),
        ("5 < 6 且 7 > 2", "5 < 6 且 7 > 2"),
        ("**“渡口”**改期，*明日*恢复", "“渡口”改期，明日恢复"),
        ("call `__init__(**kwargs)` and ``a ` b``", "call __init__(**kwargs) and a ` b"),
        ("`&lt;b&gt;` shows &lt;b&gt;", "&lt;b&gt; shows <b>"),
        (r"a path is `C:\_log_\*.txt`", r"a path is C:\_log_\*.txt"),
        ("2**3 + 4**5 and 3*4*5", "2**3 + 4**5 and 3*4*5"),
        ("*a **b** c* and ***d*** ~~e~~", "a b c and d e"),
        ("$a_1 * b_2$ costs $5 or *more*", "$a_1 * b_2$ costs $5 or more"),
        ("1,250[^1] and 900<sup>[2](#n2)</sup>", "1,250 and 900"),
        ("3×10<sup>8</sup>, CO<sub>2</sub>, x^2^", "3×10⁸, CO₂, x²"),
        ("<ruby>渡<rt>わた</rt></ruby>し", "渡し"),
        ("a lone ` tick and a lone * star_", "a lone ` tick and a lone * star_"),
    ],
)
def test_marks_of_markdown_go_and_words_stay(reading: str, text: str) -> None:
    got, made = repair(reading, SETS[MARKED])
    assert got == text
    assert undo(got, made) == reading
    assert "&" in reading or repair(reading, GENERAL)[0] == reading, "the rule is for markdown alone"


@pytest.mark.parametrize(
    ("sort", "reading", "text"),
    [
        (PAGE, "write &lt; in its source, and &amp;amp; for &", "write &lt; in its source, and &amp;amp; for &"),
        (PAGE, "it wasn&#039;t the caf&eacute;teria", "it wasn't the caféteria"),
        (ROW, "\t 3.8 \t\t4 \n 1", "\t3.8\t\t4 1"),
        (ROW, "North\t4.1\t\t4.4", "North\t4.1\t\t4.4"),
        (LISTING, "\n  \n    if a:\n\n\tb  = '&lt;'\n\n", "    if a:\n\n\tb  = '&lt;'"),
    ],
)
def test_what_is_no_plain_text_keeps_its_signs(sort: str, reading: str, text: str) -> None:
    got, made = repair(reading, SETS[sort])
    assert got == text
    assert undo(got, made) == reading


def test_undo_goes_from_the_last_edit_to_the_first() -> None:
    edits = [Edit("a", 1, 0, "xx", ""), Edit("b", 1, 0, "y", "zz")]
    assert undo("zz渡", edits) == "xxy渡"


def test_every_rule_has_an_id_of_its_own_and_a_version() -> None:
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    assert all(rule.version >= 1 and "+" not in rule.id for rule in RULES)
