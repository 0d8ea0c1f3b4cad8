"""NITF, NewsML-G2, ninjs and pages of wikis."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flows.extract import records, xml_document
from flows.extract.reading import Reading, UnreadableError
from tests.jobs import ingest, rows


def told(reading: Reading) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in reading.blocks]


NITF = """<?xml version="1.0"?><nitf><head><title>Ferry</title><docdata>
<date.issue norm="20240301T090000+0800"/></docdata>
<pubdata name="Harbour Post"/></head><body><body.head><hedline><hl1>Ferry leaves twice a day</hl1><hl2>Fares stay</hl2>
</hedline><byline>By <person>Lin Qiao</person></byline><dateline><location>PORT ELLIS</location></dateline></body.head>
<body.content><block><p>The ferry leaves <em>twice</em> a day.</p><media><media-reference source="a.jpg"/>
<media-caption><p>The quay.</p></media-caption></media><bq><block><p>It is late.</p></block></bq>
<table><tr><td>six</td><td>seven</td></tr></table></block></body.content></body></nitf>"""
PARTS = [
    ("headline", "Ferry leaves twice a day"),
    ("headline", "Fares stay"),
    ("byline", "By Lin Qiao"),
    ("dateline", "PORT ELLIS"),
    ("body", "The ferry leaves twice a day."),
    ("caption", "The quay."),
    ("quote", "It is late."),
    ("table", "six\tseven"),
]


def test_nitf() -> None:
    reading = xml_document.read(NITF.encode(), {})
    assert told(reading) == PARTS
    assert (reading.title, reading.authors, reading.publisher) == (
        "Ferry leaves twice a day",
        ["Lin Qiao"],
        "Harbour Post",
    )
    assert reading.published_at is not None
    assert reading.published_at.isoformat() == "2024-03-01T09:00:00+08:00"


def item(inner: str, headline: str) -> str:
    return (
        '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/"><itemMeta>'
        '<provider literal="JHS"><name>江海社</name></provider>'
        "<versionCreated>2024-03-01T09:00:00+08:00</versionCreated></itemMeta><contentMeta>"
        f'<headline>{headline}</headline><by>林晓舟</by><language tag="zh-CN"/></contentMeta>'
        f"<contentSet>{inner}</contentSet></newsItem>"
    )


PAGE = '<html xmlns="http://www.w3.org/1999/xhtml"><body><p>渡船每日两班。</p><p>票价不变。</p></body></html>'


def test_newsml() -> None:
    reading = xml_document.read(item(f"<inlineXML>{PAGE}</inlineXML>", "渡口改期").encode(), {})
    assert told(reading) == [
        ("headline", "渡口改期"),
        ("byline", "林晓舟"),
        ("body", "渡船每日两班。"),
        ("body", "票价不变。"),
    ]
    assert (reading.title, reading.authors, reading.publisher, reading.language) == (
        "渡口改期",
        ["林晓舟"],
        "江海社",
        "zh",
    )
    nitf = NITF.partition("?>")[2]
    assert told(xml_document.read(item(f"<inlineXML>{nitf}</inlineXML>", PARTS[0][1]).encode(), {}))[1:] == PARTS
    several = "<newsMessage><itemSet>" + "".join(
        item(f"<inlineData>{text}\n\n完。</inlineData>", text[:2]) for text in ("渡口改期。", "桥梁通车。")
    )
    reading = xml_document.read((several + "</itemSet></newsMessage>").encode(), {})
    assert [(block.article, block.text) for block in reading.blocks if block.kind == "body"] == [
        (0, "渡口改期。"),
        (0, "完。"),
        (1, "桥梁通车。"),
        (1, "完。"),
    ]


WIKITEXT = """{{Infobox|name=渡口}}
'''渡口'''是[[江口|江口市]]的一处[[码头]]。<ref>旧志</ref>[[File:a.jpg|thumb|照片]]

== 历史 ==
* 建于[[1912年]]
{| class="x"
| 表 || 格
|}
-{zh-cn:渡船;zh-tw:渡船}-每日两班。
[[Category:渡口]]
"""


def page(title: str, text: str) -> str:
    from xml.sax.saxutils import escape

    return (
        f"<page><title>{title}</title><ns>0</ns><id>1</id><revision><id>2</id><timestamp>2024-03-01T00:00:00Z</timestamp>"
        f'<text xml:space="preserve">{escape(text)}</text></revision></page>'
    )


def test_pages_of_a_wiki_are_records_of_their_own(tmp_path: Path) -> None:
    dump = (
        '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/"><siteinfo/>'
        + page("渡口", WIKITEXT) + page("码头", "#重定向 [[渡口]]") + page("空", "{{stub}}") + "<page><title>断"
    )  # fmt: skip
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "dump.xml").write_text(dump, "utf-8")
    (tmp_path / "in" / "wire.xml").write_text(NITF, "utf-8")
    ingest(tmp_path / "w", tmp_path / "in")
    got = rows(
        tmp_path / "w",
        "SELECT uri, title, page_kind, string_agg(kind || ' ' || text, '|' ORDER BY ordinal) FROM captures "
        "JOIN documents USING (payload_sha256) JOIN passages USING (document_id) GROUP BY ALL ORDER BY ALL",
    )
    assert [row[1:] for row in got] == [
        (
            "渡口",
            "article",
            "headline 渡口|body 渡口是江口市的一处码头。|headline 历史|list 建于1912年|body 渡船每日两班。",
        ),
        ("码头", "other", "navigation #重定向 [[渡口]]"),
        ("Ferry leaves twice a day", "article", "|".join(f"{kind} {text}" for kind, text in PARTS)),
    ]
    assert rows(tmp_path / "w", "SELECT stage, error FROM rejects ORDER BY ALL") == [
        ("capture", "truncated"),
        ("extract", "no-text"),
    ]


@pytest.mark.parametrize(
    "record",
    [
        {"uri": "urn:1", "headline": "渡口改期", "byline": "林晓舟", "versioncreated": "2024-03-01T09:00:00+08:00",
         "body_html": "<p>渡船每日两班，票价不变。</p><p>老人免费。</p>"},
        {"uri": "urn:1", "headlines": [{"role": "main", "value": "渡口改期"}], "by": "林晓舟",
         "firstCreated": "2024-03-01T09:00:00+08:00",
         "bodies": [{"role": "main", "contentType": "text/html",
                     "value": "<p>渡船每日两班，票价不变。</p><p>老人免费。</p>"}]},
    ],
    ids=["ninjs-1", "ninjs-2"],
)  # fmt: skip
def test_ninjs(record: dict[str, object]) -> None:
    reading = records.read(json.dumps(record, ensure_ascii=False).encode(), {})
    assert told(reading) == [("headline", "渡口改期"), ("body", "渡船每日两班，票价不变。"), ("body", "老人免费。")]
    assert (reading.title, reading.authors) == ("渡口改期", ["林晓舟"])
    assert reading.published_at is not None


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        (b"", "empty"),
        (b"<a><b></a>", "xml-kind"),
        (b"no xml at all", "not-xml"),
        (b"<settings/>", "xml-kind"),
        (b'<!DOCTYPE n [<!ENTITY a "b">]><nitf><body><p>&a;</p></body></nitf>', "xml-entities"),
        (b"<nitf><head/></nitf>", "no-text"),
    ],
)
def test_other_xml_is_refused_in_words(payload: bytes, error: str) -> None:
    with pytest.raises(UnreadableError, match=r"\.$") as caught:
        xml_document.read(payload, {})
    assert caught.value.error == error
