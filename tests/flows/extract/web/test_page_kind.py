"""Pages that are not articles are told as such, and make none."""

from __future__ import annotations

import pytest

from flows.extract.html import read

PARAGRAPH = "<p>守渡口的老人说，旧码头的木桩大多已经朽坏，每逢汛期都要停航，过江的人只好绕路，多走二十里。</p>"
MENU = '<div class="nav">' + "".join(f'<a href="/{x}">{x}</a> ' for x in ("首页", "新闻", "财经", "体育")) + "</div>"
FOOT = '<div class="footer">版权所有 江口在线</div>'


def links(count: int) -> str:
    return "".join(f'<li><a href="/a/{i}.html">第{i}条新闻的标题文字写在这里</a></li>' for i in range(count))


def teasers(count: int) -> str:
    return "".join(
        f'<div class="item"><h3><a href="/{i}">第{i}条新闻的标题文字</a></h3>'
        f"<p>第{i}条的摘要，写过江的人怎样绕路，全文见内页。</p></div>"
        for i in range(count)
    )


BOXES = "".join(f'<div class="b{k}"><h2><a href="/c{k}">栏目{k}</a></h2><ul>{links(12)}</ul></div>' for k in range(12))
DATED = "".join(f'<li><a href="/{k}">第{k}条新闻的标题文字</a> <span>2019-04-{k:02d}</span></li>' for k in range(1, 29))

PAGES = [
    ("front", f"<title>江口在线</title>{MENU}{BOXES}{FOOT}"),
    ("front", f"<title>江口在线 - 首页</title>{MENU}{teasers(40)}{FOOT}"),
    ("list", f"<title>渡口新闻 - 江口在线</title>{MENU}<h1>渡口新闻</h1>{teasers(20)}{FOOT}"),
    ("list", f'<title>新闻列表 - 江口在线</title>{MENU}<h1>新闻列表</h1><ul class="list">{DATED}</ul>{FOOT}'),
    ("error", "<title>404 Not Found</title><h1>Not Found</h1><p>The requested URL was not found on this server.</p>"),
    ("error", f"<title>江口在线</title>{MENU}<div><h2>抱歉，您访问的页面不存在</h2><p>可能已被删除。</p></div>{FOOT}"),
    ("error", "<title>Страница не найдена</title><p>Страница не найдена. Вернитесь на главную.</p>"),
    ("captcha", "<title>安全验证</title><form><p>您的访问过于频繁，请输入验证码后继续访问</p><input name=c></form>"),
    ("captcha", "<title>Just a moment...</title><h1>Checking your browser before accessing the site.</h1>"),
    (
        "paywall",
        f"<title>渡口 - 江口周刊</title><h1>渡口</h1><p>木桩朽坏。</p><div>登录后阅读全文。</div>{FOOT}",
    ),
    ("paywall", "<title>Bridge</title><h1>Bridge</h1><p>It will close.</p><div>Subscribe to continue reading.</div>"),
    ("paywall", "<title>Most</title><h1>Most</h1><p>Zamknięty.</p><div>Dostęp tylko dla subskrypcji.</div>"),
    ("paywall", "<title>KÖPRÜ</title><h1>KÖPRÜ</h1><p>Kapalı.</p><div>SUBSCRİBE TO CONTİNUE READING.</div>"),
    ("captcha", "<title>ЖДИТЕ</title><p>ПОДТВЕРДИТЕ, ЧТО ВЫ НЕ РОБОТ</p>"),
    (
        "frame",
        "<title>江口</title><frameset cols='20%,80%'><frame src=a><frame src=b><noframes>无框架</noframes></frameset>",
    ),
    ("other", "<html><body><img src=a.jpg></body></html>"),
]


@pytest.mark.parametrize(("kind", "page"), PAGES, ids=[f"{kind}-{i}" for i, (kind, _) in enumerate(PAGES)])
def test_pages_that_are_no_articles(kind: str, page: str) -> None:
    reading = read(page.encode(), {})
    assert reading.page_kind == kind
    assert all(block.article is None for block in reading.blocks)


@pytest.mark.parametrize(
    "page",
    [
        f"<title>渡口停航 - 江口在线</title>{MENU}<h1>渡口停航</h1>{PARAGRAPH * 4}<ul>{links(60)}</ul>{FOOT}",
        f"<title>为什么页面会404 - 江口在线</title><h1>为什么页面会404</h1>{PARAGRAPH * 8}",
        f"<title>验证码的历史</title><h1>验证码的历史</h1>{PARAGRAPH * 30}<p>登录后阅读全文</p>",
    ],
)
def test_articles_stay_articles(page: str) -> None:
    reading = read(page.encode(), {})
    assert reading.page_kind == "article"
    assert sum(block.article == 0 for block in reading.blocks) >= 4


def test_an_article_inside_a_link_is_an_article() -> None:
    lines = "<br><br>".join(f"第{n}段，过江的人只好绕路，多走二十里，渡口的老人说，木桩已经朽坏。" for n in range(12))
    page = (
        f"<title>渡口停航 - 江口在线</title>{MENU}{BOXES}<h2>渡口停航</h2>"
        f'<div><dl><a href="/text.html">{lines}</a></dl></div><ul>{links(30)}</ul>{FOOT}'
    )
    reading = read(page.encode(), {})
    assert reading.page_kind == "article"
    assert sum(block.article == 0 for block in reading.blocks) >= 12
