"""Site rules: selectors from a source's hints."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup

from flows.extract.html import read
from flows.extract.web.site_rules import path_of, pick

NOTICE = """<html><head><title>青溪县</title>
<link rel="canonical" href="https://www.qingxi.example/t/1.html"></head><body>
<div class="top"><a href="/">首页</a> <a href="/gk">公开</a></div>
<div class="bt">关于渡口停航的通告</div>
<span class="rq">成文日期：2018年6月4日</span>
<span class="fb">2018-06-05 08:30</span>
<div class="TRS_Editor"><p>因水位上涨，渡口今起停航。</p><p>恢复时间另行通告。</p>
<div class="fj"><p>附件：时刻表</p></div></div>
<div class="side"><p>渡口管理所负责维护三座栈桥和候船厅，每天早晨六点开始第一班渡船，晚上九点收班。</p></div>
</body></html>"""
RULE = {"body": ".TRS_Editor", "title": ".bt", "date": ".fb", "publisher": "nothing.here", "drop": ".fj"}


def article(parser: dict[str, Any]) -> list[str]:
    return [b.text for b in read(NOTICE.encode(), parser).blocks if b.article == 0 and b.kind != "headline"]


@pytest.mark.parametrize(
    "parser",
    [
        {("select"): RULE},
        {("sites"): {("qingxi.example"): RULE}},
        {("sites"): {("example"): {("body"): ("p.no")}, ("www.qingxi.example"): RULE}},
    ],
)
def test_a_rule_decides(parser: dict[str, Any]) -> None:
    assert article(parser) == ["因水位上涨，渡口今起停航。", "恢复时间另行通告。"]
    reading = read(NOTICE.encode(), parser)
    assert reading.title == "关于渡口停航的通告"
    assert reading.published_at is not None
    assert reading.published_at.isoformat() == "2018-06-05T08:30:00+08:00"


def test_rules_of_other_hosts_and_broken_selectors_change_nothing() -> None:
    plain = read(NOTICE.encode(), {})
    assert read(NOTICE.encode(), {"sites": {"elsewhere.example": RULE}}) == plain
    assert read(NOTICE.encode(), {"sites": {"xi.example": RULE}}) == plain
    assert read(NOTICE.encode(), {"select": {"body": "p[[", "title": "::nope"}}) == plain
    assert read(NOTICE.encode(), {"select": "not a table", "sites": ["x"]}) == plain


def test_paths_are_those_of_the_blocks() -> None:
    selectors = {b.text: b.selector for b in read(NOTICE.encode(), {}).blocks}
    picked = pick(NOTICE, {"body": ".TRS_Editor", "drop": ".fj"})
    assert picked.holds(selectors["因水位上涨，渡口今起停航。"])
    assert not picked.holds(selectors["附件：时刻表"])
    assert not picked.holds(selectors["首页 公开"])


def test_a_path_does_not_hold_its_longer_namesakes() -> None:
    markup = "<body>" + "".join(f"<div id=d{i}><p>第{i}段</p></div>" for i in range(12)) + "</body>"
    picked = pick(markup, {"body": "#d0"})
    assert picked.holds("/html/body/div[1]/p[1]")
    assert not picked.holds("/html/body/div[10]/p[1]")


def test_path_of_the_root() -> None:
    soup = BeautifulSoup("<p>字</p>", "lxml")
    assert soup.html is not None
    assert soup.body is not None
    assert path_of(soup.html) == "/html"
    assert path_of(soup.body) == "/html/body"
