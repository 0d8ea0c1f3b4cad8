"""When a page was published."""

from __future__ import annotations

import pytest

from flows.extract import dates
from flows.extract.html import read
from flows.extract.web.head import Head
from flows.extract.web.published import Dated, guessed, in_address, in_scripts, modified, published
from tests.makers.web_server import serving


def day(head: Head, dated: Dated | None = None, *addresses: str) -> str | None:
    moment = published(head, dated or Dated(), list(addresses))
    return moment.when.isoformat() if moment else None


def test_the_head_comes_first_and_a_line_tells_the_time() -> None:
    head = Head(metas={"article:published_time": ["2019-04-18"]})
    assert day(head) == "2019-04-18T00:00:00"
    assert day(head, Dated(near=["2019-05-02 10:00 渡口"])) == "2019-04-18T00:00:00"
    assert day(head, Dated(near=["2019年4月18日 09:26 来源：江口日报"])) == "2019-04-18T09:26:00"
    assert day(head, Dated(near=["2019-04-18 00:00"])) == "2019-04-18T00:00:00"


def test_a_site_written_anew_gives_its_line_the_word() -> None:
    anew = Head(article={"datePublished": "2025-11-20T16:02:46Z", "dateModified": "2025-11-20T16:02:46Z"})
    assert day(anew, Dated(near=["May 14, 2019"])) == "2019-05-14T00:00:00"
    assert day(anew, Dated(near=["The harbour bridge that opened on May 14, 2019 closes for nine weeks"])) == (
        "2025-11-20T16:02:46"
    )
    kept = Head(article={"datePublished": "2025-11-20", "dateModified": "2025-12-01"})
    assert day(kept, Dated(near=["May 14, 2019"])) == "2025-11-20T00:00:00"


def test_a_change_is_no_publication_unless_there_is_nothing_else() -> None:
    lines = ["Updated 3 May 2019", "Published 18 April 2019"]
    assert day(Head(), Dated(near=lines)) == "2019-04-18T00:00:00"
    assert day(Head(), Dated(near=lines[:1])) == "2019-05-03T00:00:00"
    assert day(Head(), Dated(near=["Обновлено: 3 мая 2019, опубликовано: 18 апреля 2019"])) == "2019-04-18T00:00:00"
    changed = modified(Head(article={"dateModified": "2019-05-03"}))
    assert changed is not None
    assert changed.when.isoformat() == "2019-05-03T00:00:00"


@pytest.mark.parametrize(
    ("dated", "expected"),
    [
        (Dated(opening=["Quayside (18 April 2019) - The old harbour bridge will close on Monday."]), "2019-04-18"),
        (Dated(opening=["April 18, 2019 -- The old harbour bridge will close on Monday."]), "2019-04-18"),
        (Dated(opening=["The bridge that closed on 18 April 2019 has opened again."]), None),
        (Dated(tail=["稿件日期：2019-04-18"]), "2019-04-18"),
        (Dated(closing=["2019年4月"]), "2019-04-01"),
        (Dated(scripts=lambda: dates.parse("2019-04-18")), "2019-04-18"),
        (Dated(guess=lambda: dates.parse("2019-04-18")), "2019-04-18"),
    ],
)
def test_other_places(dated: Dated, expected: str | None) -> None:
    found = day(Head(), dated)
    assert (found or "")[:10] == (expected or "")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://a.example/2019/04/18/bridge", "2019-04-18"),
        ("https://a.example/news/20190418/1.html", "2019-04-18"),
        ("https://a.example/html/2019-04/18/content_7.htm", "2019-04-18"),
        ("https://a.example/dt/201904/t20190418_51.shtml", "2019-04-18"),
        ("https://a.example/2019/04/bridge", None),
        ("https://a.example/article/20194418", None),
        (None, None),
    ],
)
def test_addresses(address: str | None, expected: str | None) -> None:
    found = in_address(address)
    assert (found.when.date().isoformat() if found else None) == expected
    if address and expected:
        assert day(Head(), None, address) == f"{expected}T00:00:00"


def test_scripts() -> None:
    assert in_scripts('<script>var publish_time = "2019-04-18 09:26";</script>') is not None
    several = '{"pubDate":"2019-04-18"},{"pubDate":"2019-05-02"}'
    assert in_scripts(several) is None
    assert in_scripts("no date") is None


def test_a_guess_does_not_depend_on_today() -> None:
    page = '<html><body><p class="date">18 April 2036</p><p>The old harbour bridge will close.</p></body></html>'
    found = guessed(page)
    assert found is not None
    assert found.when.year == 2036
    assert guessed("x" * 600_000) is None


def test_a_page_that_is_an_address_is_not_fetched() -> None:
    with serving() as site:
        guessed(site.url("/story"))
        read(site.url("/story").encode(), {})
        assert site.asked == []


@pytest.mark.parametrize(
    "line",
    [
        "Registration closes on 1 September 2024.",
        "Die Anmeldung endet am 1. September 2024.",
        "Работы начнутся 1 сентября 2024 года.",
        "报名截止时间：2024年9月1日",
        "大桥于2021年5月12日开工建设。",
        "A report published on 1 May 2024 called the structure sound.",
        "Les travaux commencent le 1er septembre 2024.",
        "Event date: 1 September 2024",
    ],
)
def test_a_date_in_a_story_is_not_its_publication(line: str) -> None:
    assert day(Head(), Dated(near=[line], beside=[line], tail=[line], closing=[line])) is None


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("Опубликовано 6 июня 2024 г. в 14:30", "ru"), ("Julkaistu 6.6.2024 klo 14.30", "fi"),
        ("Text: Ada Holm 6.6.2024", "de"),
        ("6. lipnja 2024.", "hr"), ("By Ada Holm | June 6, 2024 | 4 min read", "en"),
        ("פורסם ב-6 ביוני 2024", "he"),
        ("เผยแพร่เมื่อ 6 มิ.ย. 2567", "th"), ("发布日期：2024年6月6日 浏览次数：12", "zh"), ("Berlin, 6. Juni 2024.", "de"),
    ],
)  # fmt: skip
def test_a_line_of_credits_states_the_day(line: str, language: str) -> None:
    found = day(Head(), Dated(near=[line], language=language))
    assert found is not None
    assert found.startswith("2024-06-06")
