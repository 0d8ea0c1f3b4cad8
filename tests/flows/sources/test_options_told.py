"""What the README says of the options of sources is all of them, and as they are."""

from __future__ import annotations

import re
from dataclasses import fields

from flows.fetch.limits import Limits
from flows.sources.options import ABOUT, OPTIONS
from flows.sources.registry import KINDS
from tests.jobs import ROOT


def tables() -> tuple[dict[str, str], dict[str, str]]:
    """The two tables of options: names to kinds, and names to defaults."""
    text = (ROOT / "README.md").read_text()
    part = text.partition("What else is to be said of a source")[2].partition("\n#")[0]
    first, _, second = part.partition("Sources that are fetched take these too")
    return told(first), told(second)


def told(part: str) -> dict[str, str]:
    out: dict[str, str] = {}
    for line in part.splitlines():
        if line.startswith("| `"):
            names, middle, _ = line.strip("| ").split("|", 2)
            out |= dict.fromkeys(re.findall(r"`(\w+)`", names), middle.strip())
    return out


def test_every_option_of_every_kind_is_told() -> None:
    kinds, defaults = tables()
    limits = {each.name for each in fields(Limits)}
    assert set(defaults) == limits
    assert set(OPTIONS) == set(ABOUT) == set(KINDS)
    assert set(kinds) == {each.name for options in OPTIONS.values() for each in options} - limits
    for name, said in kinds.items():
        named = set(re.findall(r"`(\w+)`", said))
        named = set(KINDS) - named if said.startswith("all but") else named
        assert named == {kind for kind, options in OPTIONS.items() if name in {e.name for e in options}}, name


def test_the_defaults_are_those_of_the_code() -> None:
    defaults = tables()[1]
    shown = {name: re.findall(r"`[\w.]+`|\d+ [MG]iB", said) for name, said in defaults.items()}
    together: dict[str, list[str]] = {}
    for name, said in defaults.items():
        together.setdefault(said, []).append(name)
    units = {"MiB": 1 << 20, "GiB": 1 << 30}
    for said, names in together.items():
        for name, value in zip(names, shown[names[0]], strict=False):
            number, _, unit = value.strip("`").partition(" ")
            default = getattr(Limits(), name)
            is_said = number == "true" if isinstance(default, bool) else float(number) * units.get(unit, 1)
            assert is_said == default, (name, said)
        assert len(shown[names[0]]) in (0, len(names)), names
