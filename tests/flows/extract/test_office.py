"""Word, OpenDocument and EPUB: paragraphs, headings, tables and notes in reading order."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flows.extract.office import docx, epub, odt
from flows.extract.reading import Reading, UnreadableError
from tests.makers.containers import zipped, zipped_raw

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'


def told(reading: Reading) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in reading.blocks]


def word(body: str, **parts: str) -> bytes:
    held = [
        ("[Content_Types].xml", b"<Types/>"),
        ("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>".encode()),
    ]
    return zipped(held + [(name.replace("__", "/") + ".xml", text.encode()) for name, text in parts.items()])


def p(text: str, style: str = "", more: str = "") -> str:
    marks = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{marks}<w:r><w:t>{text}</w:t></w:r>{more}</w:p>"


DOCUMENT = word(
    p("渡口改期", "1")
    + '<w:p><w:r><w:t xml:space="preserve">渡船每日</w:t></w:r><w:del><w:r><w:delText>一</w:delText></w:r></w:del>'
    '<w:ins><w:r><w:t>两</w:t></w:r></w:ins><w:r><w:t>班</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    + "<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>票价</w:t><w:tab/><w:t>不变</w:t></w:r></w:p>"
    + "<w:tbl><w:tr><w:tc>"
    + p("早班")
    + "</w:tc><w:tc>"
    + p("六时")
    + p("整")
    + "</w:tc></w:tr></w:tbl>"
    + "<w:p><w:hyperlink><w:r><w:t>link</w:t></w:r></w:hyperlink><w:r><w:instrText>PAGE</w:instrText></w:r>"
    "<w:r><w:pict><w:txbxContent>" + p("in a box") + "</w:txbxContent></w:pict></w:r></w:p>",
    word__styles=f'<w:styles {W}><w:style w:styleId="1"><w:name w:val="heading 1"/></w:style></w:styles>',
    word__footnotes=f'<w:footnotes {W}><w:footnote w:id="2">{p("自三月起。")}</w:footnote></w:footnotes>',
    docProps__core=f"<c {DC}><dc:title>渡口</dc:title><dc:creator>林晓舟</dc:creator>"
    "<dcterms:modified>2024-03-01T01:02:03Z</dcterms:modified></c>",
)


def test_word() -> None:
    reading = docx.read(DOCUMENT, {})
    assert told(reading) == [
        ("headline", "渡口改期"),
        ("body", "渡船每日两班"),
        ("body", "自三月起。"),
        ("list", "票价\t不变"),
        ("table", "早班\t六时 整"),
        ("body", "link"),
        ("body", "in a box"),
    ]
    assert (reading.title, reading.authors, reading.language) == ("渡口", ["林晓舟"], "zh")
    assert str(reading.modified_at) == "2024-03-01 01:02:03+00:00"
    assert reading.published_at is None


SPACES = (
    'xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:t="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:b="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:d="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
)
OPEN = zipped(
    [
        ("mimetype", b"application/vnd.oasis.opendocument.text"),
        (
            "content.xml",
            (
                f"<o:document-content {SPACES}><o:body><o:text><t:tracked-changes><t:p>gone</t:p></t:tracked-changes>"
                "<t:h>The ferry</t:h><t:p>It leaves<t:s t:c='3'/>twice<t:line-break/>a day.<t:note><t:note-citation>1"
                "</t:note-citation><t:note-body><t:p>From March.</t:p></t:note-body></t:note> Come.</t:p>"
                "<t:list><t:list-item><t:p>a coat</t:p></t:list-item></t:list><b:table><b:table-row>"
                "<b:table-cell><t:p>six</t:p></b:table-cell><b:table-cell><t:p>seven</t:p></b:table-cell>"
                "</b:table-row></b:table></o:text></o:body></o:document-content>"
            ).encode(),
        ),
        ("meta.xml", f"<m {DC}><dc:title>Ferry</dc:title><dc:language>en-GB</dc:language></m>".encode()),
    ]
)


def test_open_document() -> None:
    reading = odt.read(OPEN, {})
    assert told(reading) == [
        ("headline", "The ferry"),
        ("body", "It leaves twice a day. Come."),
        ("body", "From March."),
        ("list", "a coat"),
        ("table", "six\tseven"),
    ]
    assert (reading.title, reading.language) == ("Ferry", "en")


def book(spine: str, *pages: tuple[str, str]) -> bytes:
    return zipped(
        [
            ("mimetype", b"application/epub+zip"),
            ("META-INF/container.xml", b'<container><rootfile full-path="O/c.opf"/></container>'),
            ("O/c.opf", f"<package><metadata {DC}>"
             "<dc:title>渡口志</dc:title><dc:creator>林晓舟</dc:creator><dc:date>2019-05-01"
             f"</dc:date><dc:publisher>江口社</dc:publisher></metadata>{spine}</package>".encode()),
            *((name, text.encode()) for name, text in pages),
        ]
    )  # fmt: skip


SPINE = (
    '<manifest><item id="n" href="n.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
    '<item id="b" href="b%201.xhtml" media-type="application/xhtml+xml"/>'
    '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
    '<spine><itemref idref="n"/><itemref idref="b"/><itemref idref="a"/></spine>'
)


def test_books_are_read_in_the_order_of_the_spine() -> None:
    pages = (
        ("O/a.xhtml", "<html><body><p>其二，票价不变。</p></body></html>"),
        ("O/b 1.xhtml", "<html><body><h1>渡口</h1><p>其一，渡船每日两班。</p></body></html>"),
        ("O/n.xhtml", "<html><body><nav>目录</nav></body></html>"),
    )
    reading = epub.read(book(SPINE, *pages), {})
    assert told(reading) == [("headline", "渡口"), ("body", "其一，渡船每日两班。"), ("body", "其二，票价不变。")]
    assert reading.blocks[1].selector == "O/b 1.xhtml#/html/body/p[1]"
    assert (reading.title, reading.authors, reading.publisher) == ("渡口志", ["林晓舟"], "江口社")
    assert str(reading.published_at) == "2019-05-01 00:00:00"
    assert epub.read(book("", *pages[:2]), {}).blocks[0].text == "其二，票价不变。"


@pytest.mark.parametrize("read", [docx.read, odt.read, epub.read])
@pytest.mark.parametrize(
    ("payload", "error"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 cut", "broken"),
        (DOCUMENT[: len(DOCUMENT) // 2], "broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "encrypted"),
        (zipped([("other.bin", b"x")]), "broken|no-text"),
        (zipped_raw(b"word/document.xml", b"<w/>", encrypted=True), "encrypted|broken|no-text"),
        (zipped([(name, b"\0" * (65 << 20)) for name in ("word/document.xml", "content.xml", "a.html")]), "too-large"),
    ],
    ids=["empty", "none", "cut", "old", "other", "locked", "bomb"],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_words(read: Callable[..., Reading], payload: bytes, error: str) -> None:
    with pytest.raises(UnreadableError, match=r"\.$") as caught:
        read(payload, {})
    assert caught.value.error in error.split("|")
