# ruff: noqa: E501
"""Invented pages in the layouts that news sites have had since 2005, each in every language of `tongues`."""

from __future__ import annotations

from collections.abc import Callable

from tests.makers.tongues import Tongue

Layout = Callable[[Tongue, list[str]], str]


def paragraphs(tongue: Tongue) -> list[str]:
    """The story's paragraphs: two sentences each, with two short ones at the end."""
    body = tongue.body
    pairs = [tongue.gap.join((body[i], body[(i + 3) % len(body)])) for i in range(len(body))]
    return [*pairs, body[5], body[7]]


def _menu(tongue: Tongue) -> str:
    return "".join(f'<li><a href="/{i}/">{word}</a></li>' for i, word in enumerate(tongue.menu))


def _links(tongue: Tongue, count: int) -> str:
    """Links to other stories, with the words of teasers."""
    words = [part for text in tongue.teasers for part in (text, text[: len(text) // 2])]
    return "".join(f'<li><a href="/s/{i}.html">{words[i % len(words)]}</a></li>' for i in range(count))


def _remarks(tongue: Tongue, open_one: str, close_one: str) -> str:
    names = ("Kestrel", "ana_7", "m.o.")
    return "".join(
        f"{open_one}<b>{names[i % 3]}</b> 04.03.2012 {9 + i}:12<br>{text}{tongue.gap}{tongue.remarks[(i + 1) % 3]}{close_one}"
        for i, text in enumerate(tongue.remarks * 2)
    )


def _head(tongue: Tongue) -> str:
    return f"<html lang={tongue.code}><head><meta charset=utf-8><title>{tongue.title} - {tongue.site}</title></head>"


def tables(tongue: Tongue, texts: list[str]) -> str:
    """2005: tables in tables, fonts, paragraphs parted by breaks, no class anywhere."""
    rows = "".join(f"<tr><td bgcolor=#eeeeee>{item}</td></tr>" for item in _menu(tongue).split("</li>"))
    body = "<br><br>".join(f"&nbsp;&nbsp;&nbsp;&nbsp;{text}" for text in texts)
    return (
        f"{_head(tongue)}<body bgcolor=white><table width=780><tr><td colspan=3><img src=logo.gif>{tongue.site}</td></tr>"
        f"<tr><td width=120><table>{rows}</table></td><td width=500><table width=100%>"
        f"<tr><td align=center><font size=5><b>{tongue.title}</b></font></td></tr>"
        f"<tr><td align=center><font size=2>{tongue.credit}</font></td></tr>"
        f"<tr><td><font size=3>{body}</font></td></tr>"
        f"<tr><td><b>{tongue.related}</b><ul>{_links(tongue, 6)}</ul></td></tr></table></td>"
        f"<td width=160><ul>{_links(tongue, 10)}</ul></td></tr>"
        f"<tr><td colspan=3><center>{tongue.footer}</center></td></tr></table></body></html>"
    )


def blog(tongue: Tongue, texts: list[str]) -> str:
    """WordPress: a post, its comments, a sidebar of widgets."""
    body = "".join(f"<p>{text}</p>" for text in texts)
    comments = _remarks(tongue, '<li class="comment even"><div class="comment-body"><p>', "</p></div></li>")
    return (
        f'{_head(tongue)}<body class="single single-post"><div id="page"><div id="header"><h1><a href="/">{tongue.site}</a></h1></div>'
        f'<div id="access"><ul class="menu">{_menu(tongue)}</ul></div><div id="content"><div id="post-7" class="post hentry">'
        f'<h2 class="entry-title">{tongue.title}</h2><div class="entry-meta">{tongue.credit}</div>'
        f'<div class="entry-content">{body}</div><div class="sharedaddy">{tongue.share}</div></div>'
        f'<div id="comments"><h3>{tongue.comments}</h3><ol class="commentlist">{comments}</ol></div></div>'
        f'<div id="secondary" class="widget-area"><ul><li class="widget"><h3>{tongue.related}</h3><ul>{_links(tongue, 8)}</ul></li>'
        f'</ul></div><div id="footer">{tongue.footer}</div></div></body></html>'
    )


def divisions(tongue: Tongue, texts: list[str]) -> str:
    """Div soup: every paragraph a div with a meaningless class; teasers with text in a column."""
    body = "".join(f'<div class="x7">{text}</div>' for text in texts)
    side = "".join(
        f'<div class="x9"><div class="t2"><a href="/q/{i}">{text[:24]}</a></div><div class="t3">{text}{tongue.gap}{tongue.teasers[(i + 1) % 3]}</div></div>'
        for i, text in enumerate(tongue.teasers * 2)
    )
    return (
        f'{_head(tongue)}<body><div class="w1"><div class="w2">{"".join(f"<a href=/{w}>{w}</a> " for w in tongue.menu)}</div>'
        f'<div class="w3"><div class="c1"><div class="h5">{tongue.title}</div><div class="h6">{tongue.credit}</div>{body}</div>'
        f'<div class="c2">{side}</div></div><div class="w4">{tongue.footer}</div></div></body></html>'
    )


def breaks(tongue: Tongue, texts: list[str]) -> str:
    """Text straight in one div, parted by single breaks, with a block of links in the middle."""
    half = len(texts) // 2
    return (
        f'{_head(tongue)}<body><div id="top"><ul>{_menu(tongue)}</ul></div><div id="main"><h1>{tongue.title}</h1>'
        f'<p class="info">{tongue.credit}</p><div id="article">{"<br/>".join(texts[:half])}<br/>'
        f'<div class="readmore"><b>{tongue.related}</b><ul>{_links(tongue, 4)}</ul></div>{"<br/>".join(texts[half:])}</div>'
        f'<div class="share">{tongue.share}</div></div><div id="right"><h3>{tongue.related}</h3><ul>{_links(tongue, 12)}</ul></div>'
        f'<div id="foot">{tongue.footer}</div></body></html>'
    )


def debate(tongue: Tongue, texts: list[str]) -> str:
    """A portal of 2012 whose readers write more than the paper."""
    body = "".join(f"<p>{text}</p>" for text in texts[:5])
    comments = _remarks(tongue, '<div class="post bogr"><p class="text">', "</p></div>") * 3
    return (
        f'{_head(tongue)}<body><div class="head"><ul>{_menu(tongue)}</ul></div><div class="col-a"><h1>{tongue.title}</h1>'
        f'<span class="date">{tongue.credit}</span><div class="txt">{body}</div><h4>{tongue.comments}</h4>'
        f'<div class="forum">{comments}</div></div><div class="col-b"><ul>{_links(tongue, 9)}</ul></div>'
        f'<div class="bot">{tongue.footer}</div></body></html>'
    )


def today(tongue: Tongue, texts: list[str]) -> str:
    """Today: semantic elements, a cookie banner first, a newsletter in the middle, cards below."""
    half = len(texts) // 2
    first, second = ("".join(f"<p>{text}</p>" for text in part) for part in (texts[:half], texts[half:]))
    cards = "".join(
        f'<article class="card"><a href="/c/{i}"><h3>{text[:20]}</h3></a><p>{text}</p></article>'
        for i, text in enumerate(tongue.teasers)
    )
    return (
        f'{_head(tongue)}<body><div id="cookie-banner" role="dialog"><p>{tongue.cookies}</p><button>OK</button></div>'
        f"<header><nav><ul>{_menu(tongue)}</ul></nav></header><main><article><h1>{tongue.title}</h1>"
        f'<p class="byline">{tongue.credit}</p>{first}<aside class="related"><h3>{tongue.related}</h3><ul>{_links(tongue, 3)}</ul></aside>'
        f'{second}</article></main><section class="more">{cards}</section><footer><p>{tongue.footer}</p></footer></body></html>'
    )


def blogspot(tongue: Tongue, texts: list[str]) -> str:
    """Blogger: nested divs, an archive list, text in spans and breaks."""
    body = "<br /><br />".join(f"<span>{text}</span>" for text in texts)
    return (
        f'{_head(tongue)}<body><div id="outer-wrapper"><div id="header-wrapper"><h1 class="title">{tongue.site}</h1></div>'
        f'<div id="main-wrapper"><div class="date-outer"><h2 class="date-header">{tongue.credit}</h2><div class="post hentry">'
        f'<h3 class="post-title entry-title">{tongue.title}</h3><div class="post-body entry-content">{body}'
        f'<div style="clear: both;"></div></div><div class="post-footer">{tongue.share}</div></div></div></div>'
        f'<div id="sidebar-wrapper"><div class="widget"><h2>{tongue.related}</h2><ul>{_links(tongue, 15)}</ul></div></div></div></body></html>'
    )


def office(tongue: Tongue, texts: list[str]) -> str:
    """A public office's content system: indented paragraphs inside a viewer's div, a menu at the left."""
    body = "".join(f'<p style="text-indent:2em"><span style="font-size:16px">{text}</span></p>' for text in texts)
    return (
        f'{_head(tongue)}<body><div class="topnav">{"".join(f"<a href=/{w}>{w}</a>|" for w in tongue.menu)}</div>'
        f'<div class="left"><ul>{_menu(tongue)}</ul></div><div class="xl_main"><div class="xl_tit">{tongue.title}</div>'
        f'<div class="xl_tit2">{tongue.credit}</div><div class="view TRS_UEDITOR trs_web">{body}</div>'
        f'<div class="fx">{tongue.share}</div></div><div class="bottom">{tongue.footer}</div></body></html>'
    )


LAYOUTS: tuple[Layout, ...] = (tables, blog, divisions, breaks, debate, today, blogspot, office)


def page(layout: Layout, tongue: Tongue) -> tuple[str, str]:
    """The markup of a page, and the text of its article."""
    texts = paragraphs(tongue)
    kept = texts[:5] if layout is debate else texts
    return layout(tongue, texts), "\n".join((tongue.title, *kept))
