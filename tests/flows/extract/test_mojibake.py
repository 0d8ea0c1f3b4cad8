"""Pages that were encoded twice are read as what they were; pages in accented letters stay as they are."""

from __future__ import annotations

import pytest

from flows.extract.html import ENCODED_TWICE, read
from flows.extract.mojibake import unmangled

ZH = "<title>河口大桥停航</title><p>守渡口的老人说，旧码头的木桩大多已经朽坏，每逢汛期都要停航，过江的人只好绕路。</p>"
RU = "<title>Мост закрыт</title><p>Утром мост закрыли на ремонт, и жители идут в обход: сваи сгнили.</p>"
EL = "<title>Η γέφυρα</title><p>Η γέφυρα έκλεισε το πρωί για επισκευές και οι κάτοικοι πάνε γύρω.</p>"
KO = "<title>다리</title><p>다리는 오늘 아침 수리를 위해 폐쇄되었고 주민들은 언덕을 돌아 이십 리를 걷는다.</p>"
FR = "<p>À l'été, la forêt s'est éveillée près du château où l'évêque dînait à l'ombre des chênes.</p>"
PL = "<p>Żółta łódź zacumowała późną nocą, a żeglarze poszli spać na brzegu rzeki.</p>"

TWICE = [
    *((ZH, "gb18030", as_read) for as_read in ("latin-1", "iso8859-15")),
    *((RU, codec, as_read) for codec in ("cp1251", "koi8-r") for as_read in ("latin-1", "cp1252", "iso8859-15")),
    *((EL, "iso8859-7", as_read) for as_read in ("latin-1", "cp1252")),
    (KO, "cp949", "cp1252"),
    (ZH, "utf-8", "latin-1"),
]


@pytest.mark.parametrize(("page", "codec", "as_read"), TWICE)
def test_what_was_encoded_twice_is_read_as_it_was(page: str, codec: str, as_read: str) -> None:
    mangled = (page * 12).encode(codec).decode(as_read)
    found = unmangled(mangled.encode(), mangled)
    assert found is not None
    assert found.text == page * 12


@pytest.mark.parametrize("page", [ZH, RU, EL, KO, FR, PL, "<p>plain words of a page</p>"])
def test_pages_encoded_once_stay(page: str) -> None:
    assert unmangled((page * 30).encode(), page * 30) is None


def test_a_reading_says_so() -> None:
    page = "<html><body><h1>河口大桥停航</h1>" + ZH * 12
    reading = read(page.encode("gb18030").decode("latin-1").encode(), {})
    assert reading.page_kind == "article"
    assert "守渡口的老人说" in reading.blocks[1].text
    assert ENCODED_TWICE in reading.blocks[0].flags
    assert reading.charset_used == "utf-8"
