"""The grammar of bylines, in many languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.extract.web.authors import Signs, decide
from flows.extract.web.bylines import byline, tidied, uninverted
from flows.extract.web.head import Head


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Ada Whitlow, Staff Writer | 18 April 2019", ["Ada Whitlow"]),
        ("ByTom Garrow", ["Tom Garrow"]),
        ("By Tom GarrowJanuary 14, 202620 Mins Read", ["Tom Garrow"]),
        ("By Tom GarrowStaff Writer", ["Tom Garrow"]),
        ("Veröffentlicht vonKarla Anders 28. Februar 2016", ["Karla Anders"]),
        ("by oz on December 4, 2006", ["oz"]),
        ("Posted in Law by karl_a on August 3, 2019", ["karl_a"]),
        ("Autor: gnadel | Abgelegt unter: Wald", ["gnadel"]),
        ("Written by Dr Marna van der Walt, Erik de Boer", ["Dr Marna van der Walt", "Erik de Boer"]),
        ("Medically reviewed by Kim Rose RDN, LD — Written by Ada Whitlow, MS, RD", ["Ada Whitlow"]),
        ("By Shelby Loos, DVM. Reviewed by Molly Price, DVM", ["Shelby Loos"]),
        ("Text: Ada Holm, Fotos: Bo Lind", ["Ada Holm"]),
        ("Interview: Julia Linde", ["Julia Linde"]),
        ("Redaktion: Eberhard Kranz (Pressesprecher)", ["Eberhard Kranz"]),
        ("9 March 2021, 7:42 am By: Ada Whitlow", ["Ada Whitlow"]),
        ("By Theresa May", ["Theresa May"]),
        ("Par Jean Dupont et Marie Colin", ["Jean Dupont", "Marie Colin"]),
        ("Propos recueillis par Jean Dupont", ["Jean Dupont"]),
        ("Escrito por José María de la Cruz", ["José María de la Cruz"]),
        ("Av Karin Berg", ["Karin Berg"]),
        ("Kirjoittaja: Aino Laine", ["Aino Laine"]),
        ("Szerző: Kovács János", ["Kovács János"]),
        ("Автор Иван Петров", ["Иван Петров"]),
        ("Текст: Анна Белова, Иван Петров", ["Анна Белова", "Иван Петров"]),
        ("מאת: דנה לוי", ["דנה לוי"]),
        ("بقلم: أحمد علي", ["أحمد علي"]),
        ("نویسنده: علی رضایی", ["علی رضایی"]),
        ("ผู้เขียน: สมชาย ใจดี", ["สมชาย ใจดี"]),
        ("लेखक: राम शर्मा", ["राम शर्मा"]),
        ("Tác giả: Nguyễn Văn An", ["Nguyễn Văn An"]),
        ("Oleh: Budi Santoso", ["Budi Santoso"]),
        ("Հեղինակ՝ Արամ Սարգսյան", ["Արամ Սարգսյան"]),
        ("ავტორი: ნინო ბერიძე", ["ნინო ბერიძე"]),
        ("The bridge was opened by the mayor on Monday.", []),
        ("The prize was shared by two sisters from the mill.", []),
        ("A report published last week called the structure sound.", []),
        ("Share by Email", []),
        ("von der Stadt gebaut", []),
        ("Par la suite, il est parti", []),
        ("της πόλης και του λιμανιού", []),
        ("over the last 10 years by the big providers", []),
        ("DITIB Köln", []),
        ("By", []),
        ("Written by", []),
    ],
)  # fmt: skip
def test_a_line(line: str, names: list[str]) -> None:
    assert byline(line) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Chris Linde Vice President of Consulting", ["Chris Linde"]),
        ("By Arlene Holm", ["Arlene Holm"]),
        ("Written by", []),
        ("Artikel von", []),
        ("Last Updated", []),
        ("Eduardo Paz 111 silver badge11 bronze badge", ["Eduardo Paz"]),
        ("Genevieve Holm, Ph.D.", ["Genevieve Holm"]),
        ("Andrea WongAndrea Wong", ["Andrea Wong"]),
        ("Quarry, Nell", ["Nell Quarry"]),
        ("Harbour Bank Financial Services", ["Harbour Bank Financial Services"]),
        ("sv_team", ["sv_team"]),
    ],
)
def test_what_a_page_gives_as_one_name(text: str, names: list[str]) -> None:
    assert tidied(text) == names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Holm, Ada", "Ada Holm"),
        ("Holm, Ada M.", "Ada M. Holm"),
        ("van der Berg, Jan", "Jan van der Berg"),
        ("García Márquez, Gabriel", "Gabriel García Márquez"),
        ("O'Neil, J. R.", "J. R. O'Neil"),
        ("Ada Holm, Bo Lind", None),
        ("Ada Holm, DVM", None),
        ("Ada Holm", None),
    ],
)
def test_last_and_first_name_are_of_one_person(text: str, name: str | None) -> None:
    assert uninverted(text) == name


GOLDEN = Path(__file__).parents[3] / "golden" / "bylines.tsv"


@pytest.mark.parametrize("line", GOLDEN.read_text(encoding="utf-8").splitlines())
def test_bylines_of_the_world(line: str) -> None:
    language, text, expected = line.split("\t")
    signs = Signs(near=[text], elements=lambda: [text])
    authors, _ = decide(Head(), signs, [None], chinese=language.startswith("zh"))
    assert authors == [name for name in expected.split("; ") if name]


@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    assert all(name.strip() for name in (*byline(text), *tidied(text)))
