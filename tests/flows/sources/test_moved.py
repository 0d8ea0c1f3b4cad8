"""Sites that moved, ways out of the scope, and what a source may reach: servers at several addresses of loopback."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.fetch import wire
from flows.sources import site as kind
from flows.sources.registry import Source
from tests.makers.archive import Archive, story
from tests.makers.certificate import certificate
from tests.makers.web_server import Page, Site, serving


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


@pytest.fixture
def here() -> Iterator[Site]:
    with serving() as running:
        yield running


@pytest.fixture
def there() -> Iterator[Site]:
    with serving({f"/{n}": Page(story(n)) for n in range(4)}, "127.0.0.2") as running:
        running.pages["/"] = Page(b"<p>x</p>" + b"".join(b"<a href='/%d'>x</a>" % n for n in range(4)))
        yield running


def source(what: str, location: str, **options: Any) -> Source:
    quick = {"allow_private": ["127.0.0.0/8"], "backoff": 0.01, "tries": 1, "robots": False}
    return Source(id="s", kind=what, location=location, options=quick | options)


def to(target: str, status: int = 301) -> Page:
    return Page(b"<p>Moved</p>", status=status, headers=(("Location", target),), validators=False)


def captured(archive: Archive, web: Site) -> int:
    return int(archive.sql("SELECT count(*) FROM captures WHERE starts_with(uri, $1)", web.url("/"))[0][0])


@pytest.mark.parametrize("status", [301, 308])
def test_a_site_that_moved_takes_its_scope_along(archive: Archive, here: Site, there: Site, status: int) -> None:
    here.pages["/"] = to(there.url("/"), status)
    there.pages["/0"] = to(here.url("/old"))  # and a link back to the old host, which has moved too
    here.pages["/old"] = to(there.url("/9"))
    there.pages["/9"] = Page(story(9))
    archive.take(source("site", here.url("/")))
    assert captured(archive, there) == 6
    assert archive.sql("SELECT uri, error FROM rejects WHERE error = 'moved'") == [(here.url("/"), "moved")]
    assert archive.sql("SELECT count(*) FROM articles WHERE text LIKE '%Moved%'") == [(0,)]
    assert archive.differences() == []


def test_a_site_that_leads_elsewhere_for_now_does_not(archive: Archive, here: Site, there: Site) -> None:
    here.pages["/"] = to(there.url("/"), 302)
    archive.take(source("site", here.url("/")))
    assert there.asked == []
    ((message,),) = archive.sql("SELECT message FROM rejects WHERE error = 'out-of-scope'")
    assert "127.0.0.2" in message


def test_a_page_that_leads_out_of_the_scope_is_said_and_not_followed(archive: Archive, here: Site, there: Site) -> None:
    here.pages |= {"/": Page(b"<a href=/a>x</a><a href=/b>x</a>"), "/a": to(there.url("/1")), "/b": to(there.url("/2"))}
    archive.take(source("site", here.url("/")))
    assert there.asked == []
    assert archive.sql("SELECT count(*) FROM rejects WHERE error = 'out-of-scope'") == [(1,)]


def test_a_feed_that_moved_is_followed_and_it_is_said(archive: Archive, here: Site, there: Site) -> None:
    here.pages["/feed"] = to(there.url("/feed"))
    there.pages["/feed"] = Page(b"<rss version='2.0'><channel><item><link>/1</link></item></channel></rss>", "text/xml")
    archive.take(source("feed", here.url("/feed")))
    assert captured(archive, there) == 1
    assert archive.sql("SELECT uri, error FROM rejects WHERE stage = 'capture'") == [(here.url("/feed"), "moved")]


def test_a_site_that_moved_to_secure_connections(
    archive: Archive, here: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vouched = certificate(tmp_path / "both.pem", "127.0.0.1")
    trusting = ssl.create_default_context(cafile=str(vouched))
    monkeypatch.setattr(wire, "_tls", lambda: trusting)
    with serving({f"/{n}": Page(story(n)) for n in range(3)}, certificate=vouched) as safe:
        # Its links still name the former address, each of which leads to the new one.
        safe.pages["/"] = Page("".join(f"<a href='{here.url(f'/{n}')}'>x</a>" for n in range(3)).encode())
        here.pages |= {path: to(safe.url(path)) for path in ("/", "/0", "/1", "/2")}
        for _ in range(2):
            archive.take(source("site", here.url("/")))
        assert safe.url("/").startswith("https://")
        assert captured(archive, safe) == 8
        assert archive.sql("SELECT count(DISTINCT text) FROM articles WHERE text NOT LIKE '%Moved%'") == [(3,)]
        kept = "SELECT DISTINCT record_type FROM captures WHERE starts_with(uri, 'https:') ORDER BY ALL"
        assert archive.sql(kept) == [("response",), ("revisit",)]
    assert archive.differences() == []


def test_names_with_and_without_www() -> None:
    assert kind.twin("paper.example") == "www.paper.example"
    assert kind.twin("www.paper.example") == "paper.example"


@pytest.mark.parametrize(
    ("allow", "reached"),
    [(True, False), (["127.0.0.1"], False), (["127.0.0.1", "127.0.0.2/32"], True), ("127.0.0.0/8", True)],
)
def test_a_redirect_reaches_what_the_source_allows(
    archive: Archive, here: Site, there: Site, allow: Any, reached: bool
) -> None:
    here.pages |= {"/a": to(there.url("/1")), "/b": Page(story(7))}
    archive.take(source("pages", "", urls=[here.url("/a"), here.url("/b")], allow_private=allow))
    assert bool(there.asked) is reached
    assert captured(archive, here) == 2
    errors = archive.sql("SELECT error FROM rejects WHERE stage = 'capture'")
    assert errors == ([] if reached else [("address",)])


def test_entries_on_other_hosts_are_not_reached_by_leave_for_the_feed(
    archive: Archive, here: Site, there: Site
) -> None:
    items = "".join(f"<item><link>{web.url('/1')}</link></item>" for web in (here, there))
    here.pages |= {
        "/feed": Page(f"<rss version='2.0'><channel>{items}</channel></rss>".encode(), "text/xml"),
        "/1": Page(story(1)),
    }
    archive.take(source("feed", here.url("/feed"), allow_private=True))
    assert there.asked == []
    assert captured(archive, here) == 1
    assert archive.sql("SELECT uri, error FROM rejects WHERE stage = 'capture'") == [(there.url("/1"), "address")]
