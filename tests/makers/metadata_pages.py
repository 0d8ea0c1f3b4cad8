"""Invented web pages in many layouts and languages, each with its title, authors and date, to measure metadata on.

The layouts follow what content systems commonly write, not the pages that the rules were made on.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True)
class Story:
    """What a page tells. `words` are labels of its language: author, published, updated, related, home, comments."""

    language: str
    title: str
    site: str
    authors: tuple[str, ...]
    when: datetime
    shown: str
    paragraphs: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True)
class Made:
    """A page and what should be read from it; the day as YYYY-MM-DD, or None where the page gives none."""

    name: str
    html: str
    title: str
    authors: tuple[str, ...]
    day: str | None


def _stories() -> dict[str, Story]:
    """The stories by the name of their language, in the order of the file."""
    told = tomllib.loads(Path(__file__).with_name("stories.toml").read_text(encoding="utf-8"))
    when = datetime(2021, 3, 9, 7, 42, 10)
    return {
        name: Story(
            entry["language"],
            entry["title"],
            entry["site"],
            (entry["author"],),
            when,
            entry["shown"],
            tuple(entry["paragraphs"]),
            tuple(entry["words"]),
        )
        for name, entry in told.items()
    }


STORIES = _stories()
_ENGLISH, _CHINESE = STORIES["english"], STORIES["chinese"]

_OTHERS = {
    "en": ("Orchard wall to be rebuilt in stone", "Night bus keeps its old number", "Choir looks for tenors"),
    "zh": ("果园围墙改用石头重砌", "夜班车保留原来的号码", "合唱团招募男高音"),
    "": ("1 · 2 · 3 · 4", "A B C D E F", "RSS"),
}


def _others(story: Story) -> tuple[str, ...]:
    return _OTHERS.get(story.language[:2], _OTHERS[""])


def _paragraphs(story: Story) -> str:
    return "".join(f"<p>{text}</p>" for text in story.paragraphs)


def _frame(story: Story, head: str, main: str, *, title: str | None = None, after: str = "") -> str:
    """A page with a menu above and links and an imprint below."""
    related, home = story.words[3], story.words[4]
    menu = "".join(f'<li><a href="/s{i}">{name}</a></li>' for i, name in enumerate((home, *_others(story))))
    links = "".join(
        f'<li><a href="/r{i}">{name}</a> <span>2021-02-0{i + 1}</span></li>' for i, name in enumerate(_others(story))
    )
    return (
        f'<!DOCTYPE html><html lang="{story.language}"><head><meta charset="utf-8">'
        f"<title>{title or f'{story.title} - {story.site}'}</title>{head}</head>"
        f"<body><header><a href='/'>{story.site}</a>"
        f"<nav><ul>{menu}</ul></nav></header>{main}{after}<aside><h3>{related}</h3><ul>{links}</ul></aside>"
        f"<footer>© 2021 {story.site}</footer></body></html>"
    )


def linked_data(story: Story) -> str:
    """JSON-LD in a graph: site, page, article, person by reference; nothing visible but the text."""
    graph = [
        {"@type": "WebSite", "@id": "#site", "name": story.site},
        {"@type": "Organization", "@id": "#org", "name": story.site},
        {"@type": "Person", "@id": "#who", "name": story.authors[0]},
        {
            "@type": ["NewsArticle"],
            "headline": story.title,
            "author": [{"@id": "#who"}],
            "publisher": {"@id": "#org"},
            "datePublished": f"{story.when.isoformat()}+00:00",
            "dateModified": "2021-03-11T10:00:00+00:00",
        },
    ]
    head = (
        f'<script type="application/ld+json">{json.dumps({"@context": "https://schema.org", "@graph": graph})}</script>'
    )
    return _frame(story, head, f"<main><h1>{story.title}</h1>{_paragraphs(story)}</main>")


def open_graph(story: Story) -> str:
    """Open Graph and article names in the head, the site's name after a bar; an updated line below the headline."""
    head = (
        f'<meta property="og:title" content="{story.title}"><meta property="og:site_name" content="{story.site}">'
        f'<meta property="article:published_time" content="{story.when.isoformat()}Z">'
        f'<meta property="article:modified_time" content="2021-03-11T10:00:00Z">'
        f'<meta name="author" content="{story.authors[0]}">'
    )
    changed = f"<small>{story.words[2]}: 2021-03-11</small>"
    main = f"<article><h2 class='entry-title'>{story.title}</h2>{changed}{_paragraphs(story)}</article>"
    return _frame(story, head, main, title=f"{story.title} | {story.site}")


def microdata(story: Story) -> str:
    """schema.org properties on the visible elements, and a comment that has them too."""
    main = (
        f'<div itemscope itemtype="http://schema.org/Article"><h1 itemprop="headline">{story.title}</h1>'
        f'<div class="meta"><span itemprop="author" itemscope itemtype="http://schema.org/Person">'
        f'<span itemprop="name">{story.authors[0]}</span></span> '
        f'<time itemprop="datePublished" datetime="{story.when.isoformat()}">{story.shown}</time>'
        f'</div><div itemprop="articleBody">{_paragraphs(story)}</div></div>'
    )
    comment = (
        f'<section id="comments"><h3>{story.words[5]}</h3><div class="comment"><span itemprop="author">Zed42</span> '
        '<time datetime="2021-04-01T00:00:00">1 April 2021</time><p>!</p></div></section>'
    )
    return _frame(story, "", main, after=comment)


def byline(story: Story) -> str:
    """One visible line under the headline: label, name, bar, date. Nothing in the head."""
    label = story.words[0] + (
        "：" if story.language[:2] in ("zh", "ja") else " " if story.language in ("en", "de", "fr", "ar") else ": "
    )
    line = f"{label}{'、'.join(story.authors)} | {story.shown}"
    return _frame(story, "", f"<div class='c'><h1>{story.title}</h1><p class='i'>{line}</p>{_paragraphs(story)}</div>")


def two_lines(story: Story) -> str:
    """The name alone in an element named after the author, the dates of publication and change in lists beside it."""
    published, updated = story.words[1], story.words[2]
    main = (
        f'<div class="post"><h1>{story.title}</h1><div class="post__author">{story.authors[0]}</div>'
        f'<ul class="stamps"><li>{updated}: 2021-03-11 09:00</li><li>{published}: {story.shown}</li></ul>'
        f'<div class="post__content">{_paragraphs(story)}</div></div>'
    )
    return _frame(story, "", main)


def author_page(story: Story) -> str:
    """The name as a link to the author's page above the headline, the day in a <time> below it."""
    main = (
        f'<main><div><a rel="author" href="/author/1">{story.authors[0]}</a></div><h1>{story.title}</h1>'
        f'<time datetime="{story.when.date().isoformat()}">{story.shown}</time>{_paragraphs(story)}</main>'
    )
    return _frame(story, "", main)


def in_tables(story: Story) -> str:
    """A layout in tables as around 2003, the headline in bold, the date under it, text parted by line breaks."""
    links = "<br>".join(f'<a href="/r{i}">{name}</a>' for i, name in enumerate(_others(story)))
    return (
        f"<html><head><title>{story.site}</title></head><body><table><tr><td>{story.site}</td></tr></table>"
        f"<table><tr><td width=120>{links}</td><td><table>"
        f"<tr><td align=center><b><font size=4>{story.title}</font></b></td></tr>"
        f"<tr><td align=center>{story.shown} {story.words[0]}: {story.authors[0]}</td></tr>"
        f"<tr><td>{'<br><br>'.join(story.paragraphs)}</td></tr></table></td></tr></table>"
        f"<center>© 2021 {story.site}</center></body></html>"
    )


def in_address(story: Story) -> str:
    """The day stands in the canonical address only."""
    head = f'<link rel="canonical" href="https://a.example/{story.when:%Y/%m/%d}/clock">'
    head += f'<meta name="dc.creator" content="{story.authors[0]}">'
    return _frame(story, head, f"<main><h1>{story.title}</h1>{_paragraphs(story)}</main>")


def site_first(story: Story) -> str:
    """The site's name before the title, a heading with the site's name too, the byline below a deck."""
    head = f'<meta name="pubdate" content="{story.when:%Y%m%d}"><meta name="byl" content="{story.authors[0]}">'
    main = f"<h1 class='logo'>{story.site}</h1><main><h2>{story.title}</h2>{_paragraphs(story)}</main>"
    return _frame(story, head, main, title=f"{story.site} » {story.title}")


def rewritten(story: Story) -> str:
    """A site that was written anew: its JSON-LD has that day twice, the line under the headline the true one."""
    data = {
        "@type": "BlogPosting",
        "headline": story.title,
        "author": {"@type": "Organization", "name": story.site},
        "datePublished": "2024-01-05T12:00:00Z",
        "dateModified": "2024-01-05T12:00:00Z",
    }
    head = f'<script type="application/ld+json">[{json.dumps(data)}]</script>'
    main = (
        f"<article><h1>{story.title}</h1><div class='author-name'>{story.authors[0]}</div><div>{story.shown}</div>"
        f"{_paragraphs(story)}</article>"
    )
    return _frame(story, head, main)


LAYOUTS: tuple[Callable[[Story], str], ...] = (
    linked_data, open_graph, microdata, byline, two_lines, author_page, in_tables, in_address, site_first, rewritten,
)  # fmt: skip


def _chinese(
    name: str, line: str, tail: str, authors: tuple[str, ...], *, opening: str = "", headline: str = ""
) -> Made:
    """A Chinese page with a line of credits under the headline, an opening of the first paragraph, and a tail."""
    story = _CHINESE
    first = opening + story.paragraphs[0]
    body = "".join(f"<p>　　{text}</p>" for text in (first, *story.paragraphs[1:]))
    main = (
        f'<div class="con"><div class="tt">{headline or story.title}</div><div class="ly">{line}</div>'
        f'<div class="zw">{body}{tail}</div></div>'
    )
    return Made(name, _frame(story, "", main, title=f"{story.title}_{story.site}"), story.title, authors, "2021-03-09")


def chinese_pages() -> list[Made]:
    """Forms of Chinese credits."""
    day = "2021年03月09日07:42"
    return [
        _chinese("zh-source-author", f"{day}　来源：石桥晚报　作者：范小棠 罗一舟", "", ("范小棠", "罗一舟")),
        _chinese("zh-editor-only", f"{day} 来源：石桥晚报", "<p>（责任编辑：邱明远）</p>", ("邱明远",)),
        _chinese(
            "zh-editor-beside",
            f"{day} 来源：石桥晚报 责编：邱明远",
            "<p>（记者 范小棠 通讯员 罗一舟）</p>",
            ("范小棠", "罗一舟"),
        ),
        _chinese("zh-dateline", day, "", ("范小棠",), opening="石桥晚报讯（记者 范小棠）"),
        _chinese(
            "zh-agency",
            f"发布时间：{day}",
            "",
            ("范小棠", "罗一舟"),
            opening="江左社石桥3月9日电（记者范小棠、罗一舟）",
        ),
        _chinese("zh-text-and-picture", f"{day} 稿源：石桥晚报", "<p>文/范小棠 图/罗一舟</p>", ("范小棠",)),
        _chinese("zh-reporter-line", f"{day} 石桥新闻网", "<p>石桥晚报记者 范小棠 摄影报道</p>", ("范小棠",)),
        _chinese("zh-no-author", f"{day} 来源：石桥晚报 点击：317 字号：大 中 小", "", ()),
        _chinese("zh-anonymous", f"时间：{day} 作者：佚名 来源：网络", "", ()),
        _chinese("zh-photo-credit", day, "<p>图为修好的大钟。 罗一舟 摄</p>", ()),
        _chinese("zh-signed", day, "<p>（范小棠）</p>", ("范小棠",)),
        _chinese("zh-forum", "石桥旧人 发表于 2021-3-9 07:42:10 | 只看该作者", "", ("石桥旧人",)),
        _chinese(
            "zh-office",
            "索引号：SQ-2021-0309　发文机关：石桥镇人民政府　发布日期：2021年3月9日",
            "",
            ("石桥镇人民政府",),
        ),
        _chinese("zh-column", f"{day}　石桥专栏作家　范小棠", "<p>作者：范小棠</p>", ("范小棠",)),
        _chinese("zh-translator", f"{day} 作者：路易斯·马丁内斯 译者：范小棠", "", ("路易斯·马丁内斯",)),
        _chinese("zh-glued", "2021-03-0907:42来源：石桥晚报作者：范小棠", "", ("范小棠",)),
    ]


def english_pages() -> list[Made]:
    """Forms of English bylines."""
    quill, amery, tallow = "Hester Quill", "Joss Amery", "Ben Tallow"
    forms: dict[str, tuple[str, tuple[str, ...]]] = {
        "en-role": ("<p>By Hester Quill, Chief Reporter</p><p>March 9, 2021</p>", (quill,)),
        "en-and": ("<p>By Hester Quill and Joss Amery</p><p>Tue 9 Mar 2021 07.42 GMT</p>", (quill, amery)),
        "en-three": (
            "<p class='byline'>By Hester Quill, Joss Amery and Ben Tallow</p><p>03/09/2021 7:42 AM EST</p>",
            (quill, amery, tallow),
        ),
        "en-block": (
            "<div>By</div><div>Hester Quill</div><div>|</div><div>4</div><div>min read</div><div>Mar. 9, 2021</div>",
            (quill,),
        ),
        "en-agency": ("<p class='byline'>Reuters</p><p>March 9th, 2021</p>", ("Reuters",)),
        "en-degree": (
            "<p>Written by Hester Quill, PhD — Reviewed by Joss Amery, MD — Updated on March 9, 2021</p>",
            (quill,),
        ),
        "en-none": ("<p>March 9, 2021 · 3 min read · Share</p>", ()),
        "en-posted": ("<p>Posted on March 9, 2021 by Hester Quill</p>", (quill,)),
    }
    return [
        Made(
            name,
            _frame(_ENGLISH, "", f"<main><h1>{_ENGLISH.title}</h1>{form}{_paragraphs(_ENGLISH)}</main>"),
            _ENGLISH.title,
            authors,
            "2021-03-09",
        )
        for name, (form, authors) in forms.items()
    ]


def further_pages() -> list[Made]:
    """The forms in `forms.toml`."""
    forms = tomllib.loads(Path(__file__).with_name("forms.toml").read_text(encoding="utf-8"))
    made = []
    for name, form in forms.items():
        story = STORIES[form["story"]]
        told = replace(story, paragraphs=(form.get("opening", "") + story.paragraphs[0], *story.paragraphs[1:]))
        parts = {"title": story.title, "body": _paragraphs(told), "lines": "<br/>".join(told.paragraphs)}
        main, head, title = (_filled(form.get(key, ""), parts) for key in ("main", "head", "page_title"))
        made.append(
            Made(
                name, _frame(story, head, main, title=title or None), story.title, tuple(form["authors"]), "2021-03-09"
            )
        )
    return made


def _filled(form: str, parts: dict[str, str]) -> str:
    for name, text in parts.items():
        form = form.replace(f"{{{name}}}", text)
    return form


def pages() -> Iterator[Made]:
    """Every layout in every language that it has words for, then the forms of credits."""
    for story in STORIES.values():
        for layout in LAYOUTS:
            yield Made(
                f"{story.language}-{layout.__name__}",
                layout(story),
                story.title,
                story.authors,
                f"{story.when:%Y-%m-%d}",
            )
    yield from chinese_pages()
    yield from english_pages()
    yield from further_pages()
