"""Commands that read work on a warehouse that their user cannot write to."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.jobs import ROOT, ingest, value

BOUND = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]
"""The superuser without the right to pass over permissions."""


def bound(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [*(BOUND if os.geteuid() == 0 else []), sys.executable, "-m", "flows", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_every_reading_command_works_on_what_cannot_be_written(tmp_path: Path) -> None:
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        pytest.skip("nothing is closed to the superuser here")
    root = tmp_path / "w"
    (tmp_path / "in").mkdir()
    for name in "ab":
        text = f"{name}本报讯，渡口今晨恢复通航，往来客货照常上下。\n\n岸边另有值守人员六名，轮流照看缆绳。\n"
        (tmp_path / "in" / f"{name}.txt").write_text(text, "utf-8")
    ingest(root, tmp_path / "in")
    article = value(root, "SELECT min(article_id) FROM articles")
    everything = [root, *root.rglob("*")]
    try:
        for path in everything:
            path.chmod(0o555 if path.is_dir() else 0o444)
        before = {path: path.stat().st_mtime_ns for path in everything}
        for arguments in (
            ["status"],
            ["query", "SELECT count(*) FROM articles"],
            ["stories"],
            ["show", article],
            ["trace", article],
            ["changes"],
            ["source", "show", "in"],
            ["audit"],
        ):
            done = bound(*arguments, "--warehouse", root)
            assert done.returncode == 0, (arguments, done.stdout + done.stderr)
        assert "read-only" in done.stdout
        refused = bound("ingest", tmp_path / "in", "--warehouse", root)
        assert refused.returncode == 1
        assert "cannot be written to" in refused.stderr
        assert before == {path: path.stat().st_mtime_ns for path in [root, *root.rglob("*")]}
    finally:
        for path in everything:
            path.chmod(0o755)
