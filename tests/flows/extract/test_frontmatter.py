"""Front matter in the formats of its makers."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from flows.extract import markdown
from flows.extract.frontmatter import parse

YAML = """---
title: "The \\"new\\" pier: it's open"   # draft
date: 2024-06-06 14:30:00 +0200
authors:
  - name: Ada Holm
    url: https://example.org/a
  - {name: Bo Lind}
summary: >-
  one
  two: three
---"""
TOML = '''+++
title = "Pier"
date = 2024-06-06
authors = [
  "Ada Holm",
  "Bo Lind",
]
description = """
A: b
"""
[extra]
author = "Ghost"
+++'''
JSON = """{
  "title": "Pier",
  "date": "2024-06-06",
  "author": {"name": "Ada Holm"}
}"""
ORG = """#+TITLE: Pier
#+AUTHOR: Ada Holm
#+DATE: <2024-06-06 Thu 14:30>
#+FILETAGS: :a:b:"""
BODY = "\n\nThe ferry was late again, and the baker has promised bread.\n"


@pytest.mark.parametrize(
    ("head", "title", "authors", "day"),
    [
        (YAML, "The \"new\" pier: it's open", ["Ada Holm", "Bo Lind"], "2024-06-06"),
        ("---\ntitle: Pier: open again\nauthor: Ada Holm\n---", "Pier: open again", ["Ada Holm"], None),
        ("---\ntitle: 渡口\n作者：陆望舒\ndate: 2024-06-06\n---", "渡口", ["陆望舒"], "2024-06-06"),
        ("---\ntitle: |\n  Pier\nauthor:\n- given: Ada\n  family: Holm\n---", "Pier", ["Ada Holm"], None),
        ("---\ntitle: Pier\nauthor: &me Ada Holm\neditor: *me\n---", "Pier", ["Ada Holm"], None),
        (TOML, "Pier", ["Ada Holm", "Bo Lind"], "2024-06-06"),
        ("+++\ntitle = 'Pier'\n[taxonomies]\nauthors = ['Ada Holm']\n+++", "Pier", ["Ada Holm"], None),
        ('---toml\ntitle = "Pier"\nauthor = "Ada Holm"\n---', "Pier", ["Ada Holm"], None),
        (JSON, "Pier", ["Ada Holm"], "2024-06-06"),
        (';;;\n{"title": "Pier", "authors": ["Ada Holm", "Bo Lind"]}\n;;;', "Pier", ["Ada Holm", "Bo Lind"], None),
        (ORG, "Pier", ["Ada Holm"], "2024-06-06"),
        ("% Pier\n  opens\n% Ada Holm; Bo Lind\n% June 6, 2024", "Pier opens", ["Ada Holm", "Bo Lind"], "2024-06-06"),
        ("% Pier\n% Ada Holm\n  Bo Lind\n% 2024-06-06", "Pier", ["Ada Holm", "Bo Lind"], "2024-06-06"),
    ],
)  # fmt: skip
def test_formats(head: str, title: str, authors: list[str], day: str | None) -> None:
    reading = markdown.read((head + BODY).encode(), {})
    assert (reading.title, reading.authors) == (title, authors)
    assert (reading.published_at.date().isoformat() if reading.published_at else None) == day
    assert [block.text for block in reading.blocks if block.kind != "headline"] == [BODY.strip()]


def test_a_time_has_its_zone() -> None:
    reading = markdown.read(f"---\ntitle: Pier\ndate: 2024-06-06 14:30:00 -0500\n---{BODY}".encode(), {})
    assert reading.published_at == datetime(2024, 6, 6, 14, 30, tzinfo=timezone(timedelta(hours=-5)))


@pytest.mark.parametrize(
    "text",
    [
        '{\n  "code": 1\n}\n\nText.', '{"title": "Pier"} is how it begins.', "% of the fares\n\nText.",
        "#+BEGIN_SRC\nx\n#+END_SRC\n",
        "---\n\nText.\n\n---\n", '{"title": "Pier"',
    ],
)  # fmt: skip
def test_text_that_begins_like_front_matter(text: str) -> None:
    assert parse(text).end == 0


@pytest.mark.parametrize("inner", ["[" * 50_000, "- " * 20_000, "? " * 20_000, "a: &a [" + "*a," * 9_000, "{" * 50_000])
def test_nothing_makes_a_library_fail(inner: str) -> None:
    for fence in ("---", "+++", ";;;"):
        parse(f"{fence}\ntitle: x\n{inner}\n{fence}\ntext")
    parse(inner)
