"""Texts wrapped between words are read as they were before; what only looks like it stays as it is."""

from __future__ import annotations

import random
import textwrap
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.clean.edits import Edit, undo
from flows.examine import examine
from flows.trace import trace
from tests.flows.segment.pages import placed
from tests.jobs import ingest, rows
from tests.makers.planted_words import LEXICONS
from warehouse.store import Warehouse

ODD = ["well-known", "1911", "12,345,678", "–", "—", "(as", "said)", "Tamsin", "naïve", "“the", "end,”", "паром"]


def paragraphs_of(seed: int) -> list[str]:
    """Paragraphs of random words, among them numbers, dashes, brackets and hyphens."""
    rng = random.Random(seed)

    def word() -> str:
        return rng.choice(ODD) if rng.random() < 0.2 else "".join(rng.choices("abdefgilmnorstu", k=rng.randint(1, 9)))

    def sentence() -> str:
        return f"The {' '.join(word() for _ in range(rng.randint(8, 30)))} stopped."

    return [" ".join(sentence() for _ in range(rng.randint(4, 7))) for _ in range(rng.randint(2, 5))]


def joined(text: str) -> list[str]:
    """The paragraphs of a text that is one article, by the places and seams that segmentation gives."""
    _, blocks = placed(text)
    assert {block["article"] for block in blocks} == {0}
    out: list[str] = []
    for block in sorted(blocks, key=lambda each: int(str(each["place"]))):
        text = str(block["text"]) + (" " if block["after"] else "")
        if block["glued"]:
            out[-1] += text
        else:
            out.append(text)
    return out


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(60, 85), st.sampled_from(["\n", "\r\n"]))
def test_paragraphs_are_those_of_the_text_before_it_was_wrapped(seed: int, width: int, end: str) -> None:
    paragraphs = paragraphs_of(seed)
    assert joined((end + end).join(end.join(textwrap.wrap(each, width)) for each in paragraphs)) == paragraphs


@pytest.mark.parametrize(("seed", "width"), [(168, 64), (1_000_174, 66), (1_000_744, 64)])
def test_a_dash_that_begins_a_line_is_no_item_of_a_list(seed: int, width: int) -> None:
    """Behind a bracket, and below a line that begins with a dash as well."""
    paragraphs = paragraphs_of(seed)
    assert joined("\n\n".join("\n".join(textwrap.wrap(each, width)) for each in paragraphs)) == paragraphs


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_first_line_that_is_set_in_begins_a_paragraph(language: str) -> None:
    paragraphs = [prose(language, seed, 30) for seed in range(4)]
    lines = [line for each in paragraphs for line in textwrap.wrap(each, 72, initial_indent="    ")]
    assert joined("\n".join(["The Last Ferry", *lines])) == ["The Last Ferry", *paragraphs]


def prose(language: str, seed: int, sentences: int) -> str:
    rng, lexicon = random.Random(seed), LEXICONS[language]
    return " ".join(lexicon.filled(rng.choice(lexicon.forms), rng) for _ in range(sentences))


PROSE, MORE = (textwrap.wrap(prose("en", seed, 30), 72) for seed in (1, 2))
APART = {
    "verse": [
        "The boat goes out upon the morning tide,",
        "The boat comes home at night,",
        "And all the bells on either side",
        "Ring out by lantern light.",
    ],
    "address": ["Harbor Board", "12 Quay Street", "Port Ellis"],
    "list": [
        "- the boat and all that belongs to it, with its bell and its lanterns.",
        "- the toll house at the quay, and the board on which the fares stand.",
        "- the pier.",
    ],
    "numbers": [
        "1. The boat and all that belongs to it, with its bell and its lamps a",
        "2. The toll house at the quay, and the board on which the fares stand",
        "3. The pier.",
    ],
    "table": [
        "Boat                    1911              ninety feet             oak",
        "Barge                   1934              forty feet             pine",
        "Pier                    1871              two hundred feet      stone",
    ],
    "code": [
        "def cross(boat, passengers, fare=12, weather=None, lanterns=(), bell=0):",
        "    return boat.row(passengers, fare) if weather is None else boat.moor()",
    ],
}


@pytest.mark.parametrize("name", sorted(APART))
def test_what_is_no_prose_keeps_its_lines(name: str) -> None:
    """It stands between two paragraphs of a wrapped text."""
    paragraphs = joined("\n\n".join("\n".join(lines) for lines in (PROSE, APART[name], MORE)))
    assert paragraphs[0] == " ".join(PROSE)
    assert paragraphs[1:-1] == [line.strip() for line in APART[name]]
    assert paragraphs[-1] == " ".join(MORE)


@pytest.mark.parametrize(
    "lines",
    [
        [line.capitalize() for line in PROSE],
        [*PROSE[:1]] * 12,
        [line for line in PROSE for line in (line[:40], line[41:])],
        textwrap.wrap(" ".join(PROSE), 36),
    ],
    ids=["verse", "refrain", "ragged", "narrow"],
)
def test_a_text_that_does_not_show_that_it_was_wrapped_keeps_its_lines(lines: list[str]) -> None:
    _, blocks = placed("\n".join(lines))
    assert not any(block["glued"] for block in blocks)


@pytest.mark.parametrize("end", ["\n", "\r\n", " \n"])
def test_passages_lead_back_to_their_lines_and_two_witnesses_read_the_same(tmp_path: Path, end: str) -> None:
    plain = "\n".join([" ".join(PROSE), " ".join(MORE)])
    payload = end.join([*PROSE, "", *MORE])
    for name, text in {"post/20240301.txt": payload, "quay/20240302.txt": f"{plain}\n"}.items():
        (tmp_path / "in" / name).parent.mkdir(parents=True)
        (tmp_path / "in" / name).write_bytes(text.encode())
    ingest(tmp_path / "w", tmp_path / "in")
    texts = [text for (text,) in rows(tmp_path / "w", "SELECT text FROM articles")]
    assert texts == [plain, plain]
    edits: dict[str, list[Edit]] = {}
    for passage, *edit in rows(
        tmp_path / "w", "SELECT passage_id, rule, rule_version, start, before, after FROM edits ORDER BY ALL"
    ):
        edits.setdefault(passage, []).append(Edit(*edit))
    found: list[tuple[Any, ...]] = rows(
        tmp_path / "w",
        "SELECT passage_id, p.text, raw_start, raw_end FROM passages AS p JOIN documents USING (document_id) "
        "JOIN captures USING (payload_sha256) WHERE uri LIKE '%20240301.txt' ORDER BY ordinal",
    )
    assert [text.rstrip() for _, text, _, _ in found][: len(PROSE)] == PROSE
    for passage, text, start, stop in found:
        assert undo(text, edits.get(passage, [])) == payload[start:stop]
    assert trace(Warehouse(tmp_path / "w"), found[1][0]).same
    assert examine(Warehouse(tmp_path / "w")).findings == []
