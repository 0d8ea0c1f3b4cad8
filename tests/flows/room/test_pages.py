"""The pages of the room, over the samples."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import duckdb
import pytest
from lxml import html
from starlette.testclient import TestClient

from flows.room.app import application
from flows.room.words import CHINESE, chosen
from flows.settings import Settings
from tests.conftest import ROOT
from tests.jobs import ingest, rows, value

TEI = "{http://www.tei-c.org/ns/1.0}"


def client(root: Path, **more: Any) -> TestClient:
    return TestClient(application(Settings(warehouse=root), **more), base_url="http://127.0.0.1:4280")


@pytest.fixture(scope="module")
def room(sampled: Path) -> Iterator[TestClient]:
    with client(sampled) as found:
        yield found


@pytest.fixture(scope="module")
def story(sampled: Path) -> str:
    return str(value(sampled, "SELECT story_id FROM story_list ORDER BY outlets DESC, articles DESC LIMIT 1"))


@pytest.fixture(scope="module")
def article(sampled: Path) -> str:
    return str(value(sampled, "SELECT article_id FROM articles_all WHERE outlet = '東嶼時報'"))


def page(room: TestClient, where: str, status: int = 200) -> html.HtmlElement:
    answer = room.get(where)
    assert answer.status_code == status, (where, answer.text[:500])
    tree = html.document_fromstring(answer.content)
    # Whatever a page shows: one heading, no label missing, nothing from elsewhere, no script.
    assert len(tree.xpath("//h1")) == 1
    assert not tree.xpath("//script | //@style | //@onclick")
    for field in tree.xpath("//input[not(@type='hidden')] | //select | //textarea"):
        assert field.xpath("ancestor::label") or tree.xpath("//label[@for=$id]", id=field.get("id", "")), where
    for address in tree.xpath("//@href | //@src | //@action"):
        assert address.startswith(("/", "#", "?")), address
        assert not address.startswith("//")
    assert not [each for each in tree.xpath("//svg") if not each.get("aria-label")]
    return tree


def text(tree: html.HtmlElement) -> str:
    return " ".join(tree.xpath("//main")[0].text_content().split())


def test_search_finds_marks_and_counts(room: TestClient) -> None:
    tree = page(room, "/search?q=青石峽")
    assert "5 articles" in text(tree)
    assert {"青石峡", "青石峽"} == {mark.text for mark in tree.xpath("//mark")}
    assert "zh-Hant" in tree.xpath("//section[@class='facets']//li/a/text()")
    assert tree.xpath("//svg[@aria-label='Hits by month']//rect")
    narrowed = page(
        room, next(a.get("href") for a in tree.xpath("//section[@class='facets']//a") if a.text == "zh-Hant")
    )
    assert "1 articles" in text(narrowed)
    bar = tree.xpath("//svg//a/@href")[0]
    assert "5 articles" in text(page(room, bar))


def test_search_turns_pages(room: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.room.pages.search.ON_A_PAGE", 2)
    tree, seen = page(room, "/search?q=青石峡&order=oldest"), []
    while True:
        seen += tree.xpath("//a[@class='title']/@href")
        following = tree.xpath("//a[@rel='next']/@href")
        if not following:
            break
        tree = page(room, following[0])
    assert len(set(seen)) == len(seen) == 5
    assert tree.xpath("//a[@rel='prev']")


@pytest.mark.parametrize(
    ("query", "said"),
    [("q=NOT+a", "put a phrase before NOT"), ("q=zzzz", "No article has that"), ("", "What to look for")],
)
def test_search_says_what_is_wrong(room: TestClient, query: str, said: str) -> None:
    assert said in text(page(room, f"/search?{query}"))


@pytest.mark.parametrize("query", ["q=a&order=best", "q=a&since=soon", "q=a&at=-1", "q=a&at=1e3"])
def test_an_address_that_means_nothing_is_a_fault_of_the_asker(room: TestClient, query: str) -> None:
    assert page(room, f"/search?{query}", 400).xpath("//p[@role='alert']")


def test_an_article_stands_beside_its_original(room: TestClient, article: str) -> None:
    tree = page(room, f"/article/{article[:12]}")
    assert "青石峽" in tree.xpath("//h1")[0].text
    assert {"headline", "body"} <= set(tree.xpath("//span[@class='margin']/a[1]/text()"))
    assert tree.xpath("//span[starts-with(@class, 'shared')]")
    assert not tree.xpath("//mark")
    led = page(room, f"/article/{article}?q={quote('青石峡 NOT 無')}")
    assert {each.text for each in led.xpath("//mark")} == {"青石峽"}
    assert "haidong-wanbao" in text(tree)
    (frame,) = tree.xpath("//iframe")
    assert frame.get("sandbox") == ""
    shown = room.get(frame.get("src"))
    assert shown.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert "青石峽" in shown.content.decode()
    (saved,) = {each for each in tree.xpath("//a/@href") if each.startswith("/payload/")}
    answer = room.get(saved)
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "青石峽" in answer.content.decode("big5")


def test_every_sample_can_be_read(room: TestClient, sampled: Path) -> None:
    for (each,) in rows(
        sampled, "SELECT min(article_id) FROM articles JOIN documents USING (document_id) GROUP BY extractor"
    ):
        tree = page(room, f"/article/{each}")
        for frame in tree.xpath("//iframe/@src"):
            assert room.get(frame).status_code == 200


def test_a_story_shows_spread_coverage_and_variants(room: TestClient, story: str) -> None:
    tree = page(room, f"/story/{story[:10]}")
    (plot,) = tree.xpath("//svg[@aria-label='Spread over time']")
    assert len(plot.xpath(".//circle")) == 4
    assert len(plot.xpath(".//circle[@class='leader']")) == 1
    assert len(tree.xpath("//svg[@class='coverage']")) == 3
    assert "214.7" in text(tree)
    numbers = page(room, f"/story/{story}?class=number").xpath("//section[@aria-labelledby='variants']//tbody/tr")
    assert [each.xpath("./td")[0].text for each in numbers] == ["number"] * len(numbers) != []
    counted = {each.get("value"): int(each.getnext().text) for each in tree.xpath("//input[@name='class']")}
    assert counted["number"] == len(room.get(f"/story/{story}?format=json").json()["variants"]) - sum(
        n for name, n in counted.items() if name != "number"
    )


def test_witnesses_stand_side_by_side(room: TestClient, story: str, sampled: Path) -> None:
    tree = page(room, f"/story/{story}/collation")
    assert len(tree.xpath("//table/thead//th")) == 4
    told = room.get(f"/story/{story}/collation?format=json").json()
    witnesses = room.get(f"/story/{story}?format=json").json()["witnesses"]
    for number, each in enumerate(witnesses[1:], 1):
        whole = value(sampled, "SELECT text FROM articles WHERE article_id = $1", each["article_id"])
        joined = "".join(row[f"witness_{number}"] for row in told)
        assert re.sub(r"\s", "", joined) in re.sub(r"\s", "", whole)
        assert len(joined) > 0.95 * each["coverage"] * len("".join(row["leader"] for row in told))
    one = witnesses[2]["article_id"]
    assert len(page(room, f"/story/{story}/collation?with={one}").xpath("//table/thead//th")) == 2


def test_a_story_is_an_apparatus(room: TestClient, story: str, sampled: Path) -> None:
    root = ElementTree.fromstring(room.get(f"/story/{story}/tei.xml").content)
    names = {f"#{each.get('{http://www.w3.org/XML/1998/namespace}id')}" for each in root.iter(f"{TEI}witness")}
    apps = list(root.iter(f"{TEI}app"))
    assert len(names) == 4
    assert len(apps) > 5
    for app in apps:
        told = [name for each in app for name in each.get("wit", "").split()]
        assert sorted(told) == sorted(names)
        assert next(each.tag for each in app) == f"{TEI}lem"
    paragraph = root.find(f"./{TEI}text/{TEI}body/{TEI}p")
    assert paragraph is not None
    lemmas = (paragraph.text or "") + "".join((app[0].text or "") + (app.tail or "") for app in apps)
    leader = room.get(f"/story/{story}?format=json").json()["witnesses"][0]
    whole = value(sampled, "SELECT text FROM articles WHERE article_id = $1", leader["article_id"])
    assert lemmas == whole[leader["span_start"] : leader["span_end"]]


def test_a_story_is_a_graph(room: TestClient, story: str) -> None:
    root = ElementTree.fromstring(room.get(f"/story/{story}/graph.graphml").content)
    space = "{http://graphml.graphdrawing.org/xmlns}"
    assert len(list(root.iter(f"{space}node"))) == 4
    assert len(list(root.iter(f"{space}edge"))) >= 3


def test_every_page_says_itself_in_sql_csv_and_json(room: TestClient, story: str, article: str, sampled: Path) -> None:
    con = duckdb.connect(str(sampled / "catalogue.duckdb"), read_only=True)
    for where in ("/search?q=ferry", "/stories", f"/story/{story}", f"/article/{article}"):
        tree = page(room, where)
        links = {each.text: each.get("href") for each in tree.xpath("//footer//a")}
        assert list(csv.reader(io.StringIO(room.get(links["CSV"]).content.decode("utf-8-sig"))))
        assert room.get(links["JSON"]).json()
        con.execute(httpx_query(links["SQL"]))
    con.close()


def httpx_query(address: str) -> str:
    from urllib.parse import parse_qs, urlsplit

    return parse_qs(urlsplit(address).query)["q"][0]


def test_chinese_is_spoken(room: TestClient, story: str, article: str) -> None:
    for where in ("/search?q=ferry", "/stories", f"/story/{story}", f"/story/{story}/collation", f"/article/{article}"):
        answer = room.get(where, headers={"accept-language": "zh-CN,zh;q=0.9,en;q=0.5"})
        assert '<html lang="zh">' in answer.text
        assert "检索" in answer.text
        assert answer.headers["vary"] == "Accept-Language"
    assert [chosen(each) for each in ("", "de", "en,zh", "fr,zh;q=0.5,en;q=0.1", "zh;q=x", "*")] == [
        *("en", "en", "en", "zh", "en", "en")
    ]


def test_every_word_of_the_pages_is_translated() -> None:
    said = set()
    for path in (ROOT / "flows" / "room" / "templates").glob("*.html"):
        said |= set(re.findall(r"""\bt\((?:"([^"]+)"|'([^']+)')""", path.read_text("utf-8")))
    assert {one or other for one, other in said} <= set(CHINESE)


def test_a_new_snapshot_shows_without_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text("Alder falls\n\nThe old alder tree fell in the storm of last night.\n", "utf-8")
    ingest(tmp_path / "w", folder)
    with client(tmp_path / "w") as room:
        assert "1 articles" in text(page(room, "/search?q=tree+fell"))
        (folder / "b.txt").write_text("Birch falls\n\nThe old birch tree fell in the storm, too, they say.\n", "utf-8")
        ingest(tmp_path / "w", folder)
        assert "2 articles" in text(page(room, "/search?q=tree+fell"))


def test_nothing_published_is_said(tmp_path: Path) -> None:
    with client(tmp_path) as room:
        assert "dibao ingest" in text(page(room, "/search?q=a", 404))


def test_corrections_are_told(room: TestClient, article: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.report.page import article as read

    put_right = {
        "field": "headline",
        "old": "<i>old",
        "new": "<i>new",
        "why": "a misprint",
        "corrected_by": "lin",
        "corrected_at": "2024-03-05",
    }
    monkeypatch.setattr(
        "flows.room.pages.article.article", lambda con, each: read(con, each) | {"corrected": [put_right]}
    )
    tree = page(room, f"/article/{article}")
    assert tree.xpath("//ins")[0].text == "<i>new"
    assert "a misprint · lin, 2024-03-05" in text(tree)


def test_long_texts_are_shown_in_part(room: TestClient, article: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.room.pages.article.MOST_TEXT", 100)
    tree = page(room, f"/article/{article}")
    assert "The text goes on" in text(tree)
    assert len(tree.xpath("//div[starts-with(@class, 'passage')]")) == 1
