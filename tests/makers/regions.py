# ruff: noqa: E501
"""Invented Polish, Greek and Russian news pages in shapes that such sites have, each with what should be read from it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.makers.tongues import TONGUES, Tongue


@dataclass(frozen=True)
class Region:
    """A language's story (`tongue`), and what its sites put around one. A credit is a line, its author, its day."""

    tongue: Tongue
    author: str
    credits: list[tuple[str, str, str]]
    caption: str
    also: str
    more: str
    tags: str
    vote: str
    source: str
    share: str
    comments: str
    write: str
    rules: str
    letter: str
    consent: str
    follow: str
    mistake: str
    rights: str
    print: str
    privacy: list[str]


@dataclass(frozen=True)
class Made:
    """A page, its article's headline and text, and its author and day, empty where it tells none."""

    name: str
    html: str
    article: str
    author: str
    day: str


def _regions() -> list[Region]:
    words = tomllib.loads(Path(__file__).with_name("regions.toml").read_text(encoding="utf-8"))
    return [Region(tongue=tongue, **words[tongue.code]) for tongue in TONGUES if tongue.code in words]


REGIONS = _regions()


def _head(region: Region) -> str:
    return f"<title>{region.tongue.title} - {region.tongue.site}</title><meta charset=utf-8>"


def _links(region: Region, count: int, cls: str = "") -> str:
    teasers = region.tongue.teasers
    return "".join(f'<li class="{cls}"><a href="/n/{i}">{teasers[i % 3][: 30 + 9 * i]}</a></li>' for i in range(count))


def _remarks(region: Region, form: str) -> str:
    remarks = region.tongue.remarks
    return "".join(form.format(name=f"gość{i}", when=f"03.03.2012 {18 + i}:12", text=remarks[i % 3]) for i in range(6))


def _paragraphs(region: Region) -> list[str]:
    body = region.tongue.body
    return [f"{body[i]} {body[i + 1]}" for i in range(0, len(body), 2)]


def portal(region: Region, credit: str) -> str:
    """2011: a lead in bold, a picture with its credit, a link between paragraphs, votes, tags, guests' comments."""
    lead, *rest = _paragraphs(region)
    text = "".join(f"<p>{part}</p>" for part in rest[:-1])
    also = f'<p><strong>{region.also} <a href="/n/77">{region.tongue.teasers[0]}</a></strong></p>'
    remark = "<div class='op'><span class='nick'>~{name}</span> <span class='d'>{when}</span><div class='tr'>{text}</div></div>"
    return (
        f"{_head(region)}<body><div id=top><ul>{_links(region, 6)}</ul></div><div id=main><h1>{region.tongue.title}</h1>"
        f"<div class=dane>{credit}</div><div class=lead><b>{lead}</b></div><div class=foto><img src=1.jpg><span>{region.caption}</span></div>"
        f"<div id=tresc>{text}{also}<p>{rest[-1]}</p></div><div class=zrodlo>{region.source}</div><div>{region.vote}</div>"
        f"<div class=tagi>{region.tags}</div><div class=narz>{region.share}</div><div id=forum><b>{region.comments}</b>"
        f"<a href=/dodaj>{region.write}</a>{_remarks(region, remark)}<p>{region.rules}</p></div></div>"
        f"<div id=prawa><h3>{region.more}</h3><ul>{_links(region, 9)}</ul></div><div id=stopka>{region.rights}</div></body>"
    )


def tables(region: Region, credit: str) -> str:
    """2006: everything in tables, the print version first, text in fonts and breaks, notices in the text's own cell."""
    text = "<br><br>".join(_paragraphs(region))
    return (
        f"{_head(region)}<body><table width=100%><tr><td colspan=3>{region.tongue.site}</td></tr><tr><td width=150>"
        f"<table>{''.join(f'<tr><td>{item}</td></tr>' for item in _links(region, 8).split('</li>'))}</table></td><td>"
        f"<a href=/print>{region.print}</a><br><font size=4><b>{region.tongue.title}</b></font><br><i>{credit}</i><br><br>"
        f"<font size=2>{text}</font><br><br><b>{region.more}:</b><br>{'<br>'.join(_links(region, 4).split('</li>'))}"
        f"<br><font size=1>{region.rights}</font></td><td width=150><ul>{_links(region, 7)}</ul></td></tr></table></body>"
    )


def consent(region: Region, credit: str) -> str:
    """Today: a screen of consent first, boxes that ask for an address among the paragraphs, calls to follow at the end."""
    parts = [f"<p>{part}</p>" for part in _paragraphs(region)]
    box = f'<div class="box-nl"><p>{region.letter}</p><form><input type=email><label>{region.consent}</label><button>OK</button></form></div>'
    related = f'<div class="art-rel"><span>{region.more}</span><ul>{_links(region, 3)}</ul></div>'
    cards = "".join(
        f"<div class=card><h3><a href=/c>{text[:40]}</a></h3><p>{text}</p></div>" for text in region.tongue.teasers
    )
    privacy = "".join(f"<p>{part}</p>" for part in region.privacy)
    return (
        f'{_head(region)}<body><div id="cmp" class="cmp-layer">{privacy}<button>OK</button></div><header><nav>{_links(region, 5)}</nav></header>'
        f'<main><article><h1>{region.tongue.title}</h1><div class="art-meta">{credit}</div>{"".join(parts[:2])}{box}{parts[2]}{related}'
        f'{"".join(parts[3:])}<p><em>{region.follow}</em></p><p class="err">{region.mistake}</p><div class="tags">{region.tags}</div>'
        f"</article><section>{cards}</section></main><footer><p>{region.rights}</p></footer></body>"
    )


def ticker(region: Region, credit: str) -> str:
    """An agency's page: times and titles of other news beside the text, a source in brackets, notices below."""
    text = "".join(f"<p>{part}</p>" for part in _paragraphs(region))
    news = "".join(
        f"<li><span>{17 - i}:4{i}</span> <a href=/f/{i}>{region.tongue.teasers[i % 3]}</a></li>" for i in range(8)
    )
    return (
        f"{_head(region)}<body><div class=wrap><div class=col1><ul class=feed>{news}</ul></div><div class=col2><div class=date>{credit}</div>"
        f"<h1>{region.tongue.title}</h1>{text}<p class=src>{region.source}</p><p class=note>{region.rights}</p>"
        f"<div class=soc>{region.share}</div><h4>{region.more}</h4><ul>{_links(region, 5)}</ul></div></div></body>"
    )


def plain(region: Region, credit: str) -> str:
    """No class says anything: divs only, comments and notices like the text, each in the element that the text is in."""
    text = "".join(f"<div>{part}</div>" for part in _paragraphs(region))
    remark = "<div><b>{name}</b> {when}</div><div>{text}</div>"
    return (
        f"{_head(region)}<body><div><div>{''.join(f'<a href=/{i}>{word}</a> ' for i, word in enumerate(region.tongue.menu))}</div>"
        f"<div><div><b>{region.tongue.title}</b></div><div>{credit}</div>{text}<div>{region.mistake}</div><div>{region.share}</div>"
        f"<div><b>{region.comments}</b></div>{_remarks(region, remark)}<div>{region.rules}</div></div>"
        f"<div>{''.join(f'<div><a href=/t/{i}>{text}</a></div>' for i, text in enumerate(region.tongue.teasers * 2))}</div>"
        f"<div>{region.rights}</div></div></body>"
    )


def post(region: Region, credit: str) -> str:
    """A content system's post: breaks in one element, links to other posts after each part, a count of comments."""
    parts = _paragraphs(region)
    text = "<br />".join(
        f'{part}<br /><a href="/p/{i}">{region.also} {region.tongue.teasers[i % 3]}</a>' for i, part in enumerate(parts)
    )
    remark = '<li class="item"><strong>{name}</strong><br />{text}</li>'
    return (
        f'{_head(region)}<body><div class="hdr"><a href="/">{region.tongue.site}</a></div><div class="itemView"><h2 class="itemTitle">{region.tongue.title}</h2>'
        f'<span class="itemDate">{credit}</span><div class="itemBody"><img alt="" /><span class="cap">{region.caption}</span><br />{text}</div>'
        f'<div class="itemTags">{region.tags}</div><div>{region.comments}</div><ul>{_remarks(region, remark)}</ul><div>{region.write}</div></div>'
        f'<div class="rside"><h3>{region.more}</h3><ul>{_links(region, 8)}</ul></div><div class="ftr">{region.rights}</div></body>'
    )


LAYOUTS = (portal, tables, consent, ticker, plain, post)


def pages() -> Iterator[Made]:
    """Every layout in every language, each with two of the language's credits."""
    for region in REGIONS:
        article = "\n".join((region.tongue.title, *_paragraphs(region)))
        for i, layout in enumerate(LAYOUTS):
            for credit, author, day in (region.credits[i], region.credits[i + 1]):
                name = f"{region.tongue.code}-{layout.__name__}-{region.credits.index([credit, author, day])}"
                yield Made(name, layout(region, credit), article, author, day)
