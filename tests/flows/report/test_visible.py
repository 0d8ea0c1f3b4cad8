"""What would steer a terminal is shown, whatever prints it."""

from __future__ import annotations

import ast
import json
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.report.visible import defused, escaped_json, visible
from tests.jobs import ROOT, command, ingest, value

STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m渡口", "\\x1b[31m渡口"),
        ("a\x9b2Jb", "a\\x9b2Jb"),
        ("a\u202egpj.exe", "a\\u202egpj.exe"),
        ("a\rb\bc\x7f", "a\\x0db\\x08c\\x7f"),
        ("half \ud800", "half \\ud800"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("two\nlines\tand", "two\nlines\tand"),
        ("می\u200cخواهم 邸报 é 👩\u200d🌾", "می\u200cخواهم 邸报 é 👩\u200d🌾"),
    ],
)
def test_it_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text(st.characters()))
def test_nothing_that_steers_is_left(text: str) -> None:
    assert not STEERING.search(visible(text))
    assert visible(visible(text)) == visible(text)
    kept = "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    assert kept in visible(text) or kept != text


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_json_says_the_same(text: str) -> None:
    told = escaped_json(json.dumps([text], ensure_ascii=False))
    assert json.loads(told) == [text]
    assert not STEERING.search(told)


@given(st.text())
def test_a_cell_is_left_alone_or_has_an_apostrophe(text: str) -> None:
    assert defused(text) in (text, f"'{text}")
    assert not defused(text).startswith(("=", "+", "-", "@"))


def test_no_command_sends_what_an_archive_holds(tmp_path: Path) -> None:
    """Names of outlets and files, headlines and text with escape sequences and overrides of direction."""
    folder = tmp_path / "in" / "haidong\x1b[31m\u202e"
    folder.mkdir(parents=True)
    text = "渡口\x1b]0;owned\x07改期\u202e\n\n自三月起，渡船每日两班，\x1b[2J往来船只照常停靠，请各位旅客留意。\n"
    (folder / "2024\x9b0301.txt").write_bytes(text.encode())
    root = tmp_path / "w"
    ingest(root, tmp_path / "in")
    article = value(root, "SELECT min(article_id) FROM articles")
    for arguments in (
        ["query", "SELECT outlet, uri FROM captures"],
        ["query", "SELECT chr(27) || '[31m' AS \"\x1b[31m\", ['\x1b'] AS l"],
        ["query", "SELECT text FROM articles", "-f", "json"],
        ["query", "SELECT \x1b[31m"],
        ["show", article],
        ["show", article, "--page"],
        ["compare", article, article],
        ["stories"],
        ["changes", "--since", "9999d"],
        ["status"],
        ["trace", article],
        ["audit"],
    ):
        done = command(*arguments, "--warehouse", root)
        assert not STEERING.search(done.stdout + done.stderr), arguments


def unseen(tree: ast.AST) -> list[int]:
    """Lines that print something other than a constant, straight or through `visible`."""
    return [
        call.lineno
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "print"
        for said in call.args
        if not isinstance(said, ast.Constant)
        and not (isinstance(said, ast.Call) and isinstance(said.func, ast.Name) and said.func.id == "visible")
    ]


@pytest.mark.parametrize("path", sorted([*ROOT.glob("flows/commands/*.py"), *ROOT.glob("flows/report/*.py")]), ids=str)
def test_no_command_prints_by_itself(path: Path) -> None:
    """What commands print goes through `say`, `print_table` and `print_json`, which show what would steer."""
    if path.name != "common.py":
        assert unseen(ast.parse(path.read_text("utf-8"))) == []


def test_a_command_that_does_is_found() -> None:
    assert unseen(ast.parse('print("a")\nprint(visible(a))\nprint(f"{a}")\nprint("a", a)')) == [3, 4]


def test_status_and_sources_show_what_a_bad_file_holds(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("渡口今晨恢复通航，往来客货照常上下。\n", "utf-8")
    root = tmp_path / "w"
    ingest(root, tmp_path / "in")
    (root / "sources" / "b\x1b[31m.toml").write_text('location = "x"\nkind = "\\u001b[2J\\u202e"\n', "utf-8")
    for arguments in (["status"], ["source", "list"], ["source", "show", "in"]):
        done = command(*arguments, "--warehouse", root)
        assert not STEERING.search(done.stdout + done.stderr), arguments
        assert ("\\x1b" in done.stdout) == (arguments[-1] != "in")
