"""Applying rules to one text while keeping every change undoable."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flows.clean.marks import Found
from flows.clean.rules import Rule

_MOST_ROUNDS = 8


@dataclass(slots=True)
class Edit:
    """One change. `start` is its place in the finished text; undone last to first, edits give back the reading."""

    rule: str
    rule_version: int
    start: int
    before: str
    after: str


def repair(text: str, rules: Iterable[Rule]) -> tuple[str, list[Edit]]:
    """The text after all rules, and the edits in order of place.

    The rules are repeated until none finds anything, but for those that are tried once.
    """
    rules = tuple(rules)
    edits: list[Edit] = []
    for number in range(_MOST_ROUNDS):
        before = text
        for rule in rules:
            if number and rule.once:
                continue
            found = rule.find(text)
            if found:
                text, edits = apply(text, edits, rule, found)
        if text == before:
            break
    return text, [edit for edit in edits if edit.before != edit.after]


def apply(text: str, edits: list[Edit], rule: Rule, found: list[Found]) -> tuple[str, list[Edit]]:
    """Make the changes (ascending, disjoint) in a text that `edits` led to; returns the text and all edits.

    A change that touches the outcome of an earlier one is merged with it, and carries both rules' names.
    """
    merged: list[Edit] = []
    pieces: list[str] = []
    copied = shift = at = index = 0
    while at < len(found):
        while index < len(edits) and _ends(edits[index]) <= found[at][0] and not _touches(edits[index], *found[at][:2]):
            merged.append(_moved(edits[index], shift))
            index += 1
        low, high = found[at][:2]
        mine, theirs = at, index
        at += 1
        while True:  # grow until no earlier edit and no further change touches the span
            if index < len(edits) and _touches(edits[index], low, high):
                low, high = min(low, edits[index].start), max(high, _ends(edits[index]))
                index += 1
            elif at < len(found) and found[at][0] < high:
                high = max(high, found[at][1])
                at += 1
            else:
                break
        before = _undone(text, low, high, edits[theirs:index])
        now = _changed(text, low, high, found[mine:at])
        merged.append(
            Edit(_joined([*(e.rule for e in edits[theirs:index]), rule.id]), rule.version, low + shift, before, now)
        )
        pieces += [text[copied:low], now]
        copied = high
        shift += len(now) - (high - low)
    merged += [_moved(edit, shift) for edit in edits[index:]]
    pieces.append(text[copied:])
    return "".join(pieces), merged


def undo(text: str, edits: Iterable[Edit]) -> str:
    """The reading that the edits (ascending) were made in."""
    for edit in reversed(list(edits)):
        text = text[: edit.start] + edit.before + text[edit.start + len(edit.after) :]
    return text


def _ends(edit: Edit) -> int:
    return edit.start + len(edit.after)


def _touches(edit: Edit, start: int, end: int) -> bool:
    """Whether an edit's outcome and a span share a character, or a deletion lies in the span or at its edge."""
    if edit.after:
        return edit.start < end and start < _ends(edit)
    return start <= edit.start <= end


def _moved(edit: Edit, shift: int) -> Edit:
    return Edit(edit.rule, edit.rule_version, edit.start + shift, edit.before, edit.after)


def _changed(text: str, low: int, high: int, found: list[Found]) -> str:
    pieces = []
    for start, end, after in found:
        pieces += [text[low:start], after]
        low = end
    return "".join([*pieces, text[low:high]])


def _undone(text: str, low: int, high: int, edits: list[Edit]) -> str:
    piece = text[low:high]
    for edit in reversed(edits):
        at = edit.start - low
        piece = piece[:at] + edit.before + piece[at + len(edit.after) :]
    return piece


def _joined(names: list[str]) -> str:
    seen: list[str] = []
    for name in (part for joined in names for part in joined.split("+")):
        if name not in seen:
            seen.append(name)
    return "+".join(seen)
