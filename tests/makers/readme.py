"""Bring the outputs shown in README.md up to date: `python -m tests.makers.readme`.

Each fenced block of the kind `console` that begins with `$ ` and holds a `dibao` command has the command's real output
below it. The commands run in a scratch folder that holds a link to `tests`, as in a clone.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
BLOCK = re.compile(r"(```console\n\$ (?:pip install \. && )?(dibao [^\n]*)\n)(.*?)(```)", re.DOTALL)


def outputs(text: str, folder: Path) -> str:
    """The text with the output of every `dibao` block replaced by what the command prints in `folder`."""
    (folder / "tests").symlink_to(ROOT / "tests")
    return BLOCK.sub(lambda match: match[1] + _run(match[2], folder) + match[4], text)


def _run(command: str, folder: Path) -> str:
    program = f"{sys.executable} -m flows"
    environment = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "120"}
    environment.pop("DIBAO_WAREHOUSE", None)
    done = subprocess.run(
        re.sub(r"^dibao", program, command),
        shell=True,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,  # none of them is a server
    )
    if done.returncode:
        raise SystemExit(f"{command}: {done.stderr}")
    return done.stdout.lstrip("\n").replace(str(folder.resolve()), "…")


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        README.write_text(outputs(README.read_text("utf-8"), Path(scratch)), "utf-8")


if __name__ == "__main__":
    main()
