"""Who printed what, when and where: the views over stories, in a small archive of invented sites."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.match.fold import fold
from flows.sources.registry import Source
from tests.jobs import ingest, rows
from tests.makers import warc_bytes

DAM = (
    "江海社青川3月9日电 记者9日从青川省水利厅获悉，全省水库春季蓄水总量达到{0}立方米，比去年增加一成二，打下了基础。",
    "水利厅厅长岳山川说，今年入春以来降雨偏少，各地提前两周开闸引水，先后调度水量{1}立方米，保证了七百万亩农田的灌溉需要。",
    "青川省还投入两亿元修缮渠道，新建小型泵站一百四十座，解决了山区二十三万人的饮水困难，明年将继续扩大改造范围。",
)
FERRY = (
    "The last ferry between Harrow Quay and the island of Selden left late on Friday with eleven people on board.",
    "From Monday a bridge of four spans takes its place; the boat is to be kept in the old dry dock as a school.",
    "Its master said that he would walk over the bridge once, in both directions, and then never again.",
)
NOTICES = {
    "a.txt": b"You do not have permission to view this page. Ask the person who looks after this site to let you in.",
    "b.txt": b"Example Domain\nThis domain is for use in illustrative examples in documents, without coordination.",
    "c.md": "# 提示\n\n您没有访问该页面的权限，请先登录后再试，或者联系本站的管理员开通您的账号。\n".encode(),
    "d.txt": b"Just a moment...\nChecking your browser before you go on to the site. This takes a few seconds at most.",
    "e.txt": "页面不存在\n您访问的页面不存在或者已被删除，请检查您输入的网址是否正确，或者返回首页。".encode(),
    "f.html": b"<html><head><title>Ferries</title></head><body><h1>Sorry</h1><p>You don't have permission to access "
    b"this resource on this server, and nothing here can change that for you.</p></body></html>",
}


def page(
    headline: str,
    paragraphs: tuple[str, ...],
    *,
    site: str = "",
    time: str = "",
    credit: str = "",
    language: str = "zh",
) -> bytes:
    """An article page as a site serves it."""
    named = f'<meta property="og:site_name" content="{site}">' if site else ""
    dated = f'<meta property="article:published_time" content="{time}">' if time else ""
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{headline}</title>{named}{dated}</head>"
        f'<body><div class="main"><h1>{headline}</h1><p class="info">{credit}</p><div class="text">{body}</div></div>'
        "</body></html>"
    ).encode()


def dam(first: str, second: str) -> tuple[str, ...]:
    return tuple(text.format(first, second) for text in DAM)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("who")
    sites = {
        "dong/a.html": page(
            "春季蓄水", dam("六十四亿", "三亿"), site="东网", time="2024-03-09T20:00:00+08:00", credit="来源：江海社"
        ),
        "nan/a.html": page(
            "春季蓄水", dam("六十四亿", "五亿"), site="南网", time="2024-03-10T09:00:00+08:00", credit="来源：江海社"
        ),
        # The same morning to the machine's clock, which counts in UTC.
        "xi/a.html": page(
            "春季蓄水", dam("六十六亿", "三亿"), site="西网新闻", time="2024-03-09T23:00:00Z", credit="来源：江海社"
        ),
        "bei/20240310-a.txt": "\n\n".join(("春季蓄水", *dam("六十四亿", "三亿"))).encode(),
        **{f"notices-{n}/{name}": data + n.encode() for n in "ab" for name, data in NOTICES.items()},
    }
    inbox = folder / "in"
    for name, data in sites.items():
        (inbox / name).parent.mkdir(parents=True, exist_ok=True)
        (inbox / name).write_bytes(data)
    edited = (FERRY[0].replace("eleven", "twelve"), *FERRY[1:])
    copies = [
        ("http://ledger.example/ferry/1.html", "2024-05-04T08:00:00Z", FERRY),
        ("http://ledger.example/ferry/1.html", "2024-05-06T08:00:00Z", edited),
        (
            "https://web.archive.org/web/20240505080000/http://ledger.example/ferry/1.html",
            "2024-05-05T08:00:00Z",
            FERRY,
        ),
    ]
    messages = [
        (uri, at, warc_bytes.http_response(body, "text/html"), body)
        for uri, at, text in copies
        for body in [page("The last ferry", text, language="en", time="2024-05-04T07:00:00+01:00")]
    ]
    crawl = folder / "crawl.warc.gz"
    crawl.write_bytes(warc_bytes.gzipped(*(warc_bytes.response(*each) for each in messages)))
    root = folder / "warehouse"
    root.mkdir()
    (root / "outlets.toml").write_text('"西网" = ["西网新闻", "xi.example"]\n', "utf-8")
    ingest(root, Source("papers", str(inbox)), Source("crawl", str(crawl), kind="warc"))
    return root


def ask(root: Path, sql: str) -> list[tuple[Any, ...]]:
    return rows(root, sql)


def test_three_papers_are_three_outlets_and_the_agency_is_none(made: Path) -> None:
    found = ask(
        made,
        "SELECT outlet, origin, agency FROM articles_all WHERE language = 'zh' AND NOT contains(address, 'notices') "
        "ORDER BY outlet",
    )
    assert found == [
        ("bei", None, "江海社"),
        ("东网", "江海社", "江海社"),
        ("南网", "江海社", "江海社"),
        ("西网", "江海社", "江海社"),
    ]
    changed = ask(
        made,
        "SELECT outlet, leader_text, text FROM stories JOIN variants_of((SELECT min(story_id) FROM story_list "
        "WHERE first_outlet = '东网')) USING (story_id, article_id) WHERE class = 'number' ORDER BY outlet",
    )
    assert changed == [("南网", "三亿", "五亿"), ("西网", "六十四亿", "六十六亿")]


def test_days_are_those_of_the_place(made: Path) -> None:
    found = ask(
        made,
        "SELECT outlet, published_on, published_at, published_offset, "
        "printed_time(published_on, published_at, published_offset, published_precision) "
        "FROM articles_all WHERE language = 'zh' AND NOT contains(address, 'notices') ORDER BY outlet",
    )
    assert found == [
        ("bei", date(2024, 3, 10), None, None, "2024-03-10"),
        ("东网", date(2024, 3, 9), datetime(2024, 3, 9, 12, tzinfo=UTC), 480, "2024-03-09 20:00 +08:00"),
        ("南网", date(2024, 3, 10), datetime(2024, 3, 10, 1, tzinfo=UTC), 480, "2024-03-10 09:00 +08:00"),
        ("西网", date(2024, 3, 10), datetime(2024, 3, 9, 23, tzinfo=UTC), 480, "2024-03-10 07:00 +08:00"),
    ]


def test_who_was_first_goes_by_the_day_where_a_side_has_no_more(made: Path) -> None:
    found = ask(
        made,
        "SELECT w.outlets, w.published_on, later_outlets, days_ahead, hours_ahead FROM who_was_first AS w "
        "JOIN story_list USING (story_id) WHERE first_outlet = '东网'",
    )
    assert found == [(["东网"], date(2024, 3, 9), 3, 1, None)]
    told = ask(made, "SELECT first, last, outlets, carriers, articles, headline FROM story_list")
    assert told == [(date(2024, 3, 9), date(2024, 3, 10), 4, 4, 4, "春季蓄水")]


def test_who_takes_from_whom(made: Path) -> None:
    found = ask(made, 'SELECT "to", articles, median_delay FROM reprints WHERE "from" = \'东网\' ORDER BY 1')
    assert found == [("bei", 1, 1.0), ("南网", 1, 0.54), ("西网", 1, 0.46)]
    assert ask(made, "SELECT count(*) FROM reprints('2024-03-11', NULL)") == [(0,)]
    assert ask(made, "SELECT count(*) FROM reprints(NULL, '2024-03-10'::DATE)") == ask(
        made, "SELECT count(*) FROM reprints"
    )


def test_versions_of_a_page_are_no_story(made: Path) -> None:
    assert ask(made, "SELECT DISTINCT page FROM page_captures WHERE source_id = 'crawl'") == [
        ("example,ledger)/ferry/1.html",)
    ]
    assert ask(made, "SELECT DISTINCT outlet FROM articles_all WHERE language = 'en' AND stories > 0") == []
    assert ask(made, "SELECT version, captures FROM page_versions('http://ledger.example/ferry/1.html')") == [
        (1, 2),
        (2, 1),
    ]
    lines = ask(made, "SELECT change, text FROM page_changes ORDER BY captured_at, change DESC")
    assert [(change, "twelve" in text) for change, text in lines] == [("removed", False), ("added", True)]


def test_a_copy_in_a_web_archive_is_its_hosts(made: Path) -> None:
    found = ask(
        made,
        "SELECT DISTINCT o.outlet FROM capture_outlets AS o JOIN captures USING (capture_id) WHERE source_id = 'crawl'",
    )
    assert found == [("ledger.example",)]


def test_a_job_asks_an_attached_catalogue_what_is_new(made: Path) -> None:
    con = duckdb.connect()
    con.execute(f"ATTACH '{made / 'catalogue.duckdb'}' AS w (READ_ONLY)")
    everything = con.execute("SELECT count(*) FROM w.articles").fetchall()
    assert con.execute("SELECT count(*) FROM w.new_since(0)").fetchall() == everything
    assert con.execute("SELECT count(*) FROM w.new_since((SELECT number FROM w.snapshot))").fetchall() == [(0,)]
    assert con.execute("SELECT w.fold('學習')").fetchall() == [("学习",)]
    con.close()


def test_sql_folds_as_matching_does(made: Path) -> None:
    con = duckdb.connect(str(made / "catalogue.duckdb"), read_only=True)
    texts = [text for (text,) in con.execute("SELECT text FROM articles").fetchall()]
    texts += [
        "臺灣ＡＢＣ　１２３。",
        "Straße ÀÉ e\u0301 ﬁ ㈱ ™ ₤",
        "a http://b.example/c?d www.e.example 改期",
        "नमस्ते",
        "١٢٣ عربي",
        "",
    ]
    texts += ["か\u3099ガｶﾞ", "한국어", "𝐀𝟏 İı ǅ ﷺ", "a\u0336b\u20ddc\U000e0100d", "ภาษาไทย ไม้"]
    told = con.execute("SELECT fold(text) FROM (SELECT unnest($1) AS text)", [texts]).fetchall()
    assert [row[0] for row in told] == [fold(text) for text in texts]
    assert con.execute("SELECT fold(NULL)").fetchall() == [(None,)]
    con.close()


def test_a_notice_is_no_story(made: Path) -> None:
    carried = "SELECT address FROM articles_all WHERE stories > 0 AND contains(address, 'notices')"
    assert ask(made, carried) == []
    ((read,),) = ask(made, "SELECT count(*) FROM articles_all WHERE contains(address, 'notices')")
    assert read >= 2 * len(NOTICES) - 2


@pytest.mark.parametrize(
    ("headline", "title", "plain"),
    [
        ("渡口改期 三月起每日两班", "渡口改期", "渡口改期"),
        ("独家 渡口改期 图", "渡口改期", "渡口改期"),
        ("渡口改期", "渡口改期", "渡口改期"),
        ("渡口改期了", "渡口改期", "渡口改期了"),
        ("The ferry stops Council cuts the route", "The ferry stops", "The ferry stops"),
        ("The ferries", "The", "The ferries"),
        (None, "渡口改期", "渡口改期"),
        ("渡口改期", None, "渡口改期"),
        (None, None, None),
    ],
)
def test_a_headline_is_the_headline(made: Path, headline: str | None, title: str | None, plain: str | None) -> None:
    con = duckdb.connect(str(made / "catalogue.duckdb"), read_only=True)
    assert con.execute("SELECT plain_headline($1, $2)", [headline, title]).fetchall() == [(plain,)]
    con.close()
