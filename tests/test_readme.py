"""What README.md shows is what the commands print."""

from __future__ import annotations

import re
from pathlib import Path

from tests.makers.readme import BLOCK, README, outputs


def steady(text: str) -> str:
    """Without what differs from run to run: seconds and run ids."""
    text = re.sub(r"in [\d.]+ s\)", "in s)", text)
    return re.sub(r"\d{8}T\d{6}-[0-9a-f]{6}", "RUN", text)


def test_readme_shows_real_output(tmp_path: Path) -> None:
    text = README.read_text("utf-8")
    assert len(BLOCK.findall(text)) >= 2
    assert steady(outputs(text, tmp_path)) == steady(text), "run `python -m tests.makers.readme`"
