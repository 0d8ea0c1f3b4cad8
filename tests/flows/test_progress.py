"""What a run tells of itself on a terminal."""

from __future__ import annotations

import io
import re

import pytest

from flows.progress import Bars, stage


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_each_stage_leaves_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    bars = Bars()
    for name in ("capture", "read", "match"):
        with stage(bars, name, 2):
            bars.advance()
            bars.advance()
    # What is drawn over is followed by the sequence that clears the line; what stays ends with a new line.
    left = [re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", line).split("\r")[-1] for line in terminal.getvalue().split("\n")]
    assert [line.split()[0] for line in left if "2/2" in line] == ["capture", "read", "match"]
