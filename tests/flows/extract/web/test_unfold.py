"""Text that a page keeps in shadow roots, attributes and raw text, or behind an end that comes too early."""

from __future__ import annotations

import pytest

from flows.extract.html import read, root_of
from tests.flows.extract.web.test_cut import blocks

LONG = "The harbour office has raised the fee for visiting boats by a fifth, the first rise in nine years, it says, "
LONG += "and the money will pay for dredging the basin before the winter storms set in."


@pytest.mark.parametrize(
    ("markup", "texts"),
    [
        (
            "<x-a><template shadowrootmode=open><p>one</p><slot></slot><p>three</p></template><p>two</p></x-a>",
            ["one", "two", "three"],
        ),
        (
            "<a><template shadowroot><slot name=b>?</slot><p>m</p><slot></slot></template>text<p slot=b>first</p></a>",
            ["first", "m", "text"],
        ),
        ("<x-a><template shadowrootmode=open><slot>fallback</slot></template></x-a>", ["fallback"]),
        ("<template><p>kept for scripts</p></template><p>seen</p>", ["seen"]),
        ("<iframe srcdoc='<p>a &amp;amp; b</p>'>old</iframe><iframe src=x>old</iframe>", ["a & b"]),
        ("<frameset><frame src=a><noframes><body><p>one</p><p>two</p></body></noframes></frameset>", ["one", "two"]),
        ("<textarea><li><h2>one</h2><p>two</p></li></textarea>", ["one", "two"]),
        ("<textarea>a line of a form</textarea>", ["a line of a form"]),
        ("<html><head><title>t</title></head></html><body><p>one</p></body>", ["one"]),
        ("<html><body><p>one</p></body></html><p>two</p></html> <!-- end -->", ["one", "two"]),
    ],
)
def test_what_is_folded_away_stands_in_its_place(markup: str, texts: list[str]) -> None:
    page = blocks(markup)
    assert page.texts == texts
    root = root_of(markup)
    assert root is not None
    for selector, text in zip(page.selectors(), texts, strict=True):
        nodes = root.xpath(selector)
        assert "".join(n if isinstance(n, str) else "".join(map(str, n.itertext())) for n in nodes).strip() == text


def test_frames_for_readers_without_them_are_an_article() -> None:
    page = "<html><head><title>Gazette of Low Quay</title></head><frameset><frame src=a><noframes><body>"
    page += f"<p>{LONG}</p><p>{LONG} Again.</p></body></noframes></frameset></html>"
    reading = read(page.encode(), {})
    assert reading.page_kind == "article"
    assert [b.text for b in reading.blocks if b.article == 0] == [LONG, f"{LONG} Again."]


@pytest.mark.parametrize(
    "copy",
    [
        "<noscript><div>{}</div></noscript>",
        "<div style='display: none'>{}</div>",
        "<div class='print-only hidden'>{}</div>",
        "<textarea>{}</textarea>",
        "<section hidden>{}</section>",
    ],
)
def test_a_copy_out_of_sight_is_not_text_again(copy: str) -> None:
    own = f"<p>{LONG}</p><p>{LONG} The second says so, too.</p><p>{LONG} And the third.</p>"
    for page in (
        f"<h1>Fees go up</h1>{copy.format(own)}<div>{own}</div>",
        f"<h1>Fees go up</h1><div>{own}</div>{copy.format(own)}",
    ):
        reading = read(f"<title>Fees go up</title>{page}".encode(), {})
        text = "\n".join(b.text for b in reading.blocks if b.article == 0)
        assert text.count("The second says so") == 1
        assert text.count("And the third") == 1


@pytest.mark.parametrize("copy", ["<noscript>{}</noscript>", "<div style='display:none'>{}</div>"])
def test_what_stands_only_out_of_sight_is_kept(copy: str) -> None:
    own = f"<p>{LONG}</p><p>{LONG} The second says so, too.</p>"
    reading = read(f"<title>Fees go up</title><h1>Fees go up</h1>{copy.format(own)}{copy.format(own)}".encode(), {})
    assert "\n".join(b.text for b in reading.blocks if b.article == 0).count("The second says so") == 1
