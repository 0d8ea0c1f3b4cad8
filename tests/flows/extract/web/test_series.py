"""Posts and comments are found by their containers, without a word that names them, in any language."""

from __future__ import annotations

import pytest

from flows.extract.html import read
from flows.extract.reading import Reading

ARTICLE = (
    "The harbour office has raised the fee for visiting boats by a fifth, the first rise in nine years, it says.",
    "Skippers complained at a meeting in the town hall that the berths have not been repaired since the storm.",
    "The harbour master promised that both lamps would be lit before the autumn, and hung a list at the door.",
    "A vote on the new rules is expected in the last week of the month, when all members are back from sea.",
)
PEOPLE = {
    "Opinie": [("~flisak", "2012-01-01 (12:01)"), ("~wioslo", "2012-01-02 (12:02)"), ("~ster7", "2012-01-03 (9:10)")],
    "ความเห็น": [("นายเรือ", "6 มิ.ย. 2024 14:30"), ("ชาวท่า", "7 มิ.ย. 2024 08:15"), ("คนพาย", "8 มิ.ย. 2024 10:05")],
    "Vélemény": [("révész", "2024.06.06. 14:30"), ("evezős", "2024.06.07. 08:15"), ("kormos", "2024.06.08. 10:05")],
}
SAID = "{} thinks that the fee is too high for a boat of that size, and says so at some length, with reasons and all."
STYLES = {
    "line": '<div class="o"><div>{name} {when}</div><p>{said}</p></div>',
    "list": '<li class="row"><span class="u">{name}</span><div class="d">{when}</div><div class="t">{said}</div></li>',
    "below": "<article class=x2><p class=n>{name}</p><p class=s>{said}</p><p class=w>{when}</p></article>",
}
EVERY_HEAD = pytest.mark.parametrize("head", PEOPLE)
EVERY_STYLE = pytest.mark.parametrize("style", STYLES)


def posts(style: str, people: list[tuple[str, str]]) -> str:
    return "".join(STYLES[style].format(name=name, when=when, said=SAID.format(name)) for name, when in people)


def texts(reading: Reading) -> dict[int, list[str]]:
    out: dict[int, list[str]] = {}
    for block in reading.blocks:
        if block.article is not None and block.kind not in ("byline", "headline"):
            out.setdefault(block.article, []).append(block.text)
    return out


@EVERY_HEAD
@EVERY_STYLE
def test_comments_are_no_part_of_the_article(head: str, style: str) -> None:
    own = "".join(f"<p>{text}</p>" for text in ARTICLE)
    below = f"<h3>{head}</h3><div>{posts(style, PEOPLE[head])}</div>"
    reading = read(f"<title>Fees go up</title><div><h1>Fees go up</h1>{own}</div>{below}".encode(), {})
    assert reading.page_kind == "article"
    assert texts(reading) == {0: list(ARTICLE)}
    assert {SAID.format(name) for name, _ in PEOPLE[head]} <= {b.text for b in reading.blocks}


@EVERY_STYLE
@pytest.mark.parametrize(
    "said",
    [
        '<div itemscope itemtype="https://schema.org/QAPage">',
        '<script type="application/ld+json">{"@id": "#1", "@type": "DiscussionForumPosting"}</script>',
        '<script type="application/ld+json">{"@type": ["QAPage"]}</script>',
    ],
)
def test_answers_are_no_comments_where_the_page_says_that_it_asks(said: str, style: str) -> None:
    own = "".join(f"<p>{text}</p>" for text in ARTICLE)
    page = (
        f"<title>Fees go up</title>{said}<div><h1>Fees go up</h1>{own}</div><div>{posts(style, PEOPLE['Opinie'])}</div>"
    )
    reading = read(page.encode(), {})
    kept = [text for each in texts(reading).values() for text in each]
    assert {SAID.format(name) for name, _ in PEOPLE["Opinie"]} <= set(kept)


@EVERY_HEAD
@EVERY_STYLE
def test_each_post_of_a_thread_is_an_article(head: str, style: str) -> None:
    people = PEOPLE[head]
    menu = "".join(f"<li><a href=/{i}>Board {i}</a></li>" for i in range(5))
    page = f"<title>Mooring</title><ul>{menu}</ul><h1>Mooring</h1><div>{posts(style, people)}</div>"
    reading = read(page.encode(), {})
    assert reading.page_kind == "thread"
    assert texts(reading) == {number: [SAID.format(name)] for number, (name, _) in enumerate(people)}
    for number, (name, when) in enumerate(people):
        line = " ".join(b.text for b in reading.blocks if b.article == number and b.kind == "byline")
        assert name in line
        assert when in line


def test_the_entries_of_a_reporter_as_things_happen_are_the_article() -> None:
    entries = "".join(
        f"<div class=entry><div>1{n}:30 Nell Quarry</div><p>{text} So much for now, more will follow.</p></div>"
        for n, text in enumerate(ARTICLE)
    )
    reading = read(f"<title>Live</title><h1>Live</h1><p>{' '.join(ARTICLE)}</p>{entries}".encode(), {})
    said = "\n".join(line for lines in texts(reading).values() for line in lines)
    assert all(f"{text} So much for now" in said for text in ARTICLE)


@pytest.mark.parametrize("name", ["cookie-consent", "newsletter-signup", "paywall", "gdpr-box", "abonnement"])
def test_boxes_among_the_paragraphs_are_not_the_article(name: str) -> None:
    box = "We and our partners keep what you read on this machine, and ask you to agree to it or to subscribe."
    own = [f"<p>{text}</p>" for text in ARTICLE]
    page = f"<title>Fees</title><h1>Fees</h1>{own[0]}{own[1]}<div class='{name}'><p>{box}</p></div>{own[2]}{own[3]}"
    assert texts(read(page.encode(), {})) == {0: list(ARTICLE)}


def test_an_article_whose_paragraphs_are_named_for_subscribers_stays() -> None:
    own = "".join(f"<p class='text regwalled subscriber'>{text}</p>" for text in ARTICLE)
    assert texts(read(f"<title>Fees</title><h1>Fees</h1>{own}".encode(), {})) == {0: list(ARTICLE)}
