"""The data dictionary, and that the one in the repository is current."""

from __future__ import annotations

import contextlib
import io

from flows.__main__ import main
from schemas import TABLES
from schemas.render.dictionary import dictionary
from tests.conftest import ROOT


def test_the_committed_dictionary_is_current() -> None:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main(["schema", "--markdown"]) == 0
    committed = (ROOT / "warehouse" / "DICTIONARY.md").read_text("utf-8")
    assert committed == out.getvalue(), "run `dibao schema --markdown > warehouse/DICTIONARY.md`"


def test_it_names_every_column_and_check() -> None:
    text = dictionary(TABLES)
    for each in TABLES:
        section = text.split(f"\n## {each.name}\n")[1].split("\n## ")[0]
        for column in each.columns:
            assert f"| `{column.name}` |" in section
        for check in each.checks:
            assert f"- `{check.name}`: " in section


def test_rows_have_as_many_cells_as_the_head() -> None:
    for line in dictionary(TABLES).splitlines():
        if line.startswith("| `"):
            assert line.replace("\\|", "").count("|") in (4, 6), line
