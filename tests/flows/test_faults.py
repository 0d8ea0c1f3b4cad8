"""An exception told so that the same fault is the same text, wherever it happens."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from flows.faults import plain, sentence, told
from tests.jobs import ROOT


def caught(function: Callable[[], object]) -> Exception:
    try:
        function()
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def deep(levels: int) -> int:
    return 1 // levels if levels == 0 else deep(levels - 1)


def without_end() -> int:
    return one_more(one_more)


def one_more(function: Callable[..., int]) -> int:
    return function(function)


def test_it_names_modules_functions_and_our_own_lines() -> None:
    def divide() -> int:
        return deep(0)

    lines = told(caught(divide)).splitlines()
    assert lines == [
        "  tests.flows.test_faults.caught: function()",
        "  tests.flows.test_faults.test_it_names_modules_functions_and_our_own_lines.<locals>.divide: return deep(0)",
        "  tests.flows.test_faults.deep: return 1 // levels if levels == 0 else deep(levels - 1)",
        "ZeroDivisionError: integer division or modulo by zero",
    ]


def test_a_library_is_named_and_not_quoted() -> None:
    lines = told(caught(lambda: pa.table({"a": [1]}).to_pandas(types_mapper=lambda kind: 1 // 0))).splitlines()
    assert all(": " not in line for line in lines[1:-1] if line.startswith("  pyarrow"))
    assert any(line.startswith("  pyarrow") for line in lines)


def test_the_cause_comes_first_with_its_own_frames() -> None:
    def fall() -> None:
        try:
            deep(0)
        except ZeroDivisionError as error:
            raise ValueError("the page has no lines") from error

    lines = told(caught(fall)).splitlines()
    assert lines.index("ZeroDivisionError: integer division or modulo by zero") < lines.index("and from that:")
    assert lines[-1] == "ValueError: the page has no lines"


def test_a_group_is_told_one_by_one() -> None:
    def fall() -> None:
        raise ExceptionGroup("two", [caught(lambda: deep(0)), KeyError("text")])

    text = told(caught(fall))
    assert "1 of 2:" in text
    assert "ZeroDivisionError" in text
    assert text.endswith("KeyError: 'text'")


def test_a_chain_without_end_is_told_to_where_it_repeats() -> None:
    """How deep the interpreter lets it go depends on where it began; what is told does not."""

    def begin(levels: int) -> Exception:
        return caught(without_end) if levels == 0 else begin(levels - 1)

    texts = {told(begin(levels)).partition("caught")[2] for levels in range(0, 40, 3)}
    assert len(texts) == 1
    assert "… and so on\nRecursionError: maximum recursion depth exceeded" in texts.pop()


def test_long_chains_are_folded() -> None:
    assert "(80 times)" in told(caught(lambda: deep(80)))


def test_what_belongs_to_the_machine_is_left_out(tmp_path: Path) -> None:
    class Thing:
        pass

    assert plain(f"cannot take {Thing()!r}").endswith("Thing object at 0x…>")
    missing = caught(lambda: (tmp_path / "no where" / "a.txt").read_text())
    assert sentence(missing) == "FileNotFoundError: [Errno 2] No such file or directory: '…/a.txt'"
    assert str(tmp_path) not in told(missing)


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/2024/03/01.html answered 404",
        "at /html/body[1]/p[2] there is no text",
        "application/x-tar",
        "0xff is no letter",
        "1/2",
        "甲/乙/丙",
    ],
)
def test_what_only_looks_like_a_path_stays(text: str) -> None:
    assert plain(text) == text


def test_an_exception_that_cannot_say_what_it_is_is_named() -> None:
    class MuteError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    def fall() -> None:
        raise MuteError

    assert told(caught(fall)).endswith("MuteError")
    assert sentence(caught(fall)) == "MuteError"


def test_another_process_in_another_folder_tells_the_same(tmp_path: Path) -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from flows.faults import told\n"
        "from flows.read import extract\n"
        "try:\n    extract('text/plain', 'not json', b'x')\nexcept Exception as error:\n    print(told(error))\n"
    )
    here = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    there = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert here.stdout == there.stdout
    assert "flows.read.extract" in here.stdout
    assert str(ROOT) not in here.stdout
