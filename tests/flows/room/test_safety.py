"""Attacks: by the name of the host, by the address, by what was archived."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from lxml import html
from starlette.testclient import TestClient

from flows.room.app import application
from flows.room.replay import replayed
from flows.room.safety import is_loopback
from flows.settings import Settings
from tests.jobs import ingest, rows

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg onload=alert(3)>"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of pages that mean harm: in titles, bylines, texts, addresses and names of files."""
    folder = tmp_path_factory.mktemp("hostile")
    source = folder / "in" / "<b onmouseover=alert(9)>outlet"
    source.mkdir(parents=True)
    escaped = HOSTILE.replace("<", "&lt;").replace(">", "&gt;")
    body = "".join(f"<p>The mayor opened the new bridge on day {n} of the fair. {escaped}</p>" for n in range(5))
    head = f'<title>{escaped}</title><meta name="author" content="{escaped.replace(chr(34), "&quot;")}">'
    (source / "a'\"><script>alert(4)<\\script>.html").write_text(
        f"<html><head>{head}</head><body><h1>{escaped}</h1>{body}<script>alert(5)</script></body></html>", "utf-8"
    )
    (source / "b.txt").write_text(f"{HOSTILE}\n\n" + "The mayor opened the new bridge of the fair.\n" * 4, "utf-8")
    root = folder / "w"
    ingest(root, folder / "in")
    return root


@pytest.fixture(scope="module")
def room(hostile: Path) -> Iterator[TestClient]:
    with TestClient(application(Settings(warehouse=hostile)), base_url="http://localhost:4280") as found:
        yield found


def harmless(text: str, where: str) -> None:
    tree = html.document_fromstring(text)
    assert not tree.xpath("//script"), where
    assert not [name for name in tree.xpath("//@*/..") for name in name.attrib if str(name).startswith("on")], where
    assert not [
        each for each in tree.xpath("//@href | //@src") if re.match(r"\s*(javascript|data|vbscript):", each, re.I)
    ]


def test_what_was_archived_is_never_markup(room: TestClient, hostile: Path) -> None:
    where = ["/search?q=mayor", f"/search?q={HOSTILE.replace('&', '')}", "/stories", "/stories?text=%3Cscript%3E"]
    for article, document in rows(hostile, "SELECT article_id, document_id FROM articles"):
        where += [f"/article/{article}", f"/original/{document}"]
    where += ["/outlets", "/sources", "/today?since=2000-01-01", "/sql"]
    where += [f"/page?uri={quote(uri)}" for (uri,) in rows(hostile, "SELECT uri FROM captures")]
    where += [f"/provenance/{each}" for (each,) in rows(hostile, "SELECT min(passage_id) FROM passages GROUP BY kind")]
    for story in {each for (each,) in rows(hostile, "SELECT story_id FROM stories")}:
        where += [f"/story/{story}", f"/story/{story}/collation"]
    assert len(where) > 6
    for each in where:
        answer = room.get(each)
        assert answer.status_code in (200, 400), each
        harmless(answer.text, each)


def test_every_answer_is_guarded(room: TestClient) -> None:
    for where in ("/search", "/nothing", "/style.css", "/article/x"):
        headers = room.get(where).headers
        assert "script" not in headers["content-security-policy"]
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "10.0.0.1",
        "",
        "[::1",
        "localhost:x",
        "localhost, evil.example",
    ],
)
def test_other_names_are_refused(room: TestClient, host: str) -> None:
    assert room.get("/search", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost", "localhost:1", "127.0.0.1:4280", "[::1]:4280", "LOCALHOST."])
def test_own_names_are_not(room: TestClient, host: str) -> None:
    assert room.get("/search", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_nothing_is_written(room: TestClient, method: str) -> None:
    assert room.request(method, "/search").status_code == 405


@pytest.mark.parametrize(
    "where",
    [
        "/../../etc/passwd",
        "/style.css/../../app.py",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/article/..%2f..%2fetc%2fpasswd",
        "/article/%00",
        "/article/' OR 1=1 --",
        "/original/..%5c..%5c",
        "/media/" + "a" * 64,
        "/story/" + "a" * 32 + "/../../x",
        "/static/x",
    ],
)
def test_paths_lead_nowhere_else(room: TestClient, where: str) -> None:
    answer = room.get(where)
    assert answer.status_code == 404
    assert "root:" not in answer.text


def test_no_header_can_be_put_in(room: TestClient, hostile: Path) -> None:
    for (document,) in rows(hostile, "SELECT document_id FROM documents"):
        answer = room.get(f"/payload/{document}")
        assert re.fullmatch(r'attachment; filename="[A-Za-z0-9._-]+"', answer.headers["content-disposition"])
        assert answer.headers["content-type"] == "application/octet-stream"
    answer = room.get("/search?q=a%0d%0aSet-Cookie:%20x=1&format=csv")
    assert "set-cookie" not in answer.headers


def test_long_addresses_are_refused(room: TestClient) -> None:
    assert room.get("/search?q=" + "a" * 20_000).status_code == 414
    assert room.get("/search?q=" + "a" * 3_000).status_code == 200


def test_cells_are_no_formulas(room: TestClient) -> None:
    assert "\n=" not in room.get("/search?q=mayor&format=csv").text


def test_other_machines_need_the_token(hostile: Path) -> None:
    guarded = application(Settings(warehouse=hostile), names=frozenset({"archive.example"}), token="s3cret-token")
    with TestClient(guarded, base_url="http://archive.example", follow_redirects=False) as outside:
        assert outside.get("/search").status_code == 403
        assert outside.get("/search?token=wrong").status_code == 403
        assert outside.get("/search", headers={"cookie": "dibao=wrong"}).status_code == 403
        assert outside.get("/search", headers={"cookie": 'dibao="; x'}).status_code == 403
        entered = outside.get("/search?q=mayor&token=s3cret-token")
        assert (entered.status_code, entered.headers["location"]) == (303, "/search?q=mayor")
        assert {"httponly", "samesite=strict"} <= set(entered.headers["set-cookie"].lower().split("; "))
        shown = outside.get("/search?q=mayor")
        assert shown.status_code == 200
        assert "s3cret" not in shown.text
        assert outside.get("/search", headers={"host": "evil.example"}).status_code == 421
        assert outside.get("/search", headers={"host": "192.0.2.7:4280"}).status_code == 200
        away = outside.get("//evil.example/?token=s3cret-token")
        assert not away.headers.get("location", "/").startswith("//")


def test_loopback_is_known() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.8.8.8", "::1", "localhost")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "192.168.1.2", "archive.example", "")))


@pytest.mark.parametrize(
    "harm",
    [
        "<script>x</script>",
        "<scr<script>ipt>x</script>",
        "<img src=x onerror=x>",
        "<img src='https://evil.example/a.png'>",
        "<svg><script>x</script></svg>",
        "<math><mtext><script>x</script></mtext></math>",
        "<iframe src='https://evil.example'></iframe>",
        "<object data='x'></object><embed src='x'>",
        "<meta http-equiv='refresh' content='0;url=https://evil.example'>",
        "<base href='https://evil.example/'>",
        "<link rel='dns-prefetch' href='//evil.example'>",
        "<a href='https://evil.example' ping='https://evil.example'>x</a>",
        "<a href='javascript:x'>x</a>",
        "<form action='https://evil.example'><input name=x><button formaction='//evil.example'>x</button></form>",
        "<p style='background:url(https://evil.example/x)'>x</p>",
        "<p style='background:\\75rl(https://evil.example/x)'>x</p>",
        "<style>@import 'https://evil.example/x.css';</style>",
        "<style>p{background:url(//evil.example)}</style>",
        "<style></style><img src=x onerror=x></style>",
        "<video poster='https://evil.example/x'><source src='//evil.example'></video>",
        "<body onload=x background='https://evil.example/x'>",
        "<table background='//evil.example'><td>x</table>",
        "<noscript><img src='https://evil.example'></noscript>",
        "<template><script>x</script></template>",
        "<a xlink:href='https://evil.example'>x</a><x:y onclick=x>z</x:y>",
        "<!--[if IE]><script>x</script><![endif]--><?php x ?>",
        "<input type=image src='https://evil.example'><frameset><frame src='//evil.example'></frameset>",
        "<div srcset='//evil.example' href='//evil.example' src='//evil.example' data='//evil.example'>x</div>",
    ],
)
def test_a_replayed_page_reaches_nothing(harm: str) -> None:
    shown = replayed(f"<p>before</p>{harm}<p>after</p>", "https://paper.example/a", {}, "http://127.0.0.1:1").decode()
    assert "before" in shown
    assert "evil.example" not in shown
    assert "script" not in shown.replace("noscript", "")
    assert not re.search(r"<[^>]*\son\w+\s*=", shown)
    assert not re.search(
        r"<(iframe|object|embed|form|input|button|meta http|base|link|svg|math|video|template)\b", shown
    )


def test_a_replayed_page_shows_the_archives_pictures() -> None:
    known = {"https://paper.example/i/a.png": "c" * 32}
    shown = replayed(
        "<img src='/i/a.png' width=3><img data-src='../b.png'>", "https://paper.example/x/", known, "http://h"
    ).decode()
    assert f'src="http://h/media/{"c" * 32}"' in shown
    assert shown.count("src=") == 1


@pytest.mark.parametrize(
    "odd", ["", "\x00", "<", "<p>" * 3000, "\ud800", "<!doctype html>", "<?xml version='1.0' encoding='x'?><p>a</p>"]
)
def test_odd_pages_are_replayed(odd: str) -> None:
    assert replayed(odd, "file:///a b", {}, "http://h").startswith(b"<!doctype html>")
