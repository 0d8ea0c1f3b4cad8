"""Which article each line of a newspaper page belongs to, and in what order."""

from __future__ import annotations

from dataclasses import dataclass, field

from flows.segment.lines import Line


@dataclass(slots=True)
class Thread:
    """One article of a page: its lines in reading order, those that go on without a break, its gaps."""

    lines: list[int] = field(default_factory=list)
    glued: set[int] = field(default_factory=set)
    breaks: set[int] = field(default_factory=set)


def threaded(lines: list[Line], twice: dict[int, int]) -> list[Thread]:
    """The articles of a page, in the order in which they open. `twice` names second printings, which are left out."""
    threads: list[Thread] = []
    current: Thread | None = None
    body_seen = False
    for line in lines:
        if line.number in twice or line.kind in ("masthead", "advert"):
            continue
        if current is None or (line.kind == "headline" and body_seen):
            current = Thread()
            threads.append(current)
            body_seen = False
        current.lines.append(line.number)
        body_seen = body_seen or line.kind in ("body", "dateline")
    return threads
