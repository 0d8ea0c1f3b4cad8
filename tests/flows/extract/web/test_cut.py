"""Cutting a page into blocks, and joining the rows of data tables."""

from __future__ import annotations

from flows.extract.web import marks
from flows.extract.web.blocks import Cut, cut
from flows.extract.web.dom import parse
from flows.extract.web.tables import merge_rows


def blocks(markup: str, *, rows: bool = False) -> Cut:
    root = parse(markup)
    assert root is not None
    out = cut(root)
    if rows:
        merge_rows(out)
    return out


def test_white_space_is_set_as_a_browser_does() -> None:
    page = blocks("<p>  一 \n\t 二&nbsp;三　四 </p><pre>a\n  b\n</pre>")
    assert page.texts == ["一二\u00a0三\u3000四", "a\n  b"]


def test_inline_elements_stay_in_their_paragraph_and_breaks_part_it() -> None:
    page = blocks("<p>甲<b>乙</b><a href=x>丙</a>丁<br>戊<br/><br>己</p>")
    assert page.texts == ["甲乙丙丁", "戊", "己"]
    assert page.links.tolist() == [1, 0, 0]
    assert page.bold.tolist() == [1, 0, 0]
    assert [page.selector(i) for i in range(3)] == [
        "/html/body/p[1]/node()[position()>=1 and position()<=4]",
        "/html/body/p[1]/node()[6]",
        "/html/body/p[1]/node()[9]",
    ]


def test_scripts_styles_and_titles_are_not_text_and_hidden_text_is_marked() -> None:
    page = blocks(
        "<title>题</title><script>var a='<p>x</p>'</script><style>p{}</style><div "
        "style='display:none'>藏</div><p>显</p>"
    )
    assert page.texts == ["藏", "显"]
    assert bool(page.frame(0).inherited & marks.CONCEALED)
    assert not page.frame(1).inherited & marks.CONCEALED


def test_ranges_of_frames_hold_their_blocks() -> None:
    page = blocks("<div><p>一</p><div><p>二</p><p>三</p></div></div><p>四</p>")
    ranges = {page.places.path(frame.element): page.texts[frame.first : frame.last] for frame in page.all_frames}
    assert ranges["/html/body"] == ["一", "二", "三", "四"]
    assert ranges["/html/body/div[1]"] == ["一", "二", "三"]
    assert ranges["/html/body/div[1]/div[1]"] == ["二", "三"]


def test_comments_count_as_nodes() -> None:
    page = blocks("<p>一<!-- x --><br>二</p>")
    root = parse("<p>一<!-- x --><br>二</p>")
    assert root is not None
    assert root.xpath(page.selector(1)) == ["二"]


TABLE = (
    "<table><tr><th>年</th><th>渡船</th></tr><tr><td>2017</td><td>六</td></tr><tr><td>2018</td><td>九</td></tr></table>"
)


def test_rows_of_a_data_table_are_blocks() -> None:
    page = blocks(f"<p>前</p>{TABLE}<p>后</p>", rows=True)
    assert page.texts == ["前", "年\t渡船", "2017\t六", "2018\t九", "后"]
    assert page.selector(2) == "/html/body/table[1]/tr[2]"
    table = next(frame for frame in page.all_frames if frame.tag == "table")
    assert page.texts[table.first : table.last] == ["年\t渡船", "2017\t六", "2018\t九"]


def test_a_data_table_inside_a_layout_table_is_found_and_the_layout_is_not() -> None:
    page = blocks(f"<table><tr><td>左</td><td>{TABLE}</td></tr><tr><td>下</td><td>右下</td></tr></table>", rows=True)
    assert page.texts == ["左", "年\t渡船", "2017\t六", "2018\t九", "下", "右下"]


def test_menus_and_text_laid_out_in_tables_are_left_alone() -> None:
    menu = "<table>" + "<tr><td><a href=1>首页</a></td><td><a href=2>新闻</a></td></tr>" * 3 + "</table>"
    assert len(blocks(menu, rows=True).texts) == 6
    text = "<table>" + f"<tr><td>甲</td><td>{'很长的一段正文。' * 80}</td></tr>" * 3 + "</table>"
    assert len(blocks(text, rows=True).texts) == 6


def test_a_link_around_paragraphs_and_an_anchor_are_no_links() -> None:
    line = "过江的人只好绕路，多走二十里。" * 10
    around = blocks(f"<div><a href=x>{line}<br>{line}<br>{line}<br></a><a href=y>更多</a></div>")
    assert [links > 0 for links in around.links.tolist()] == [False, False, False, True]
    assert blocks(f"<a name=top>{line}</a>").links.tolist() == [0]
    card = blocks("<a href=x><h3>题目</h3><p>摘要一句。</p><p>昨天</p></a>")
    assert all(card.links)


def test_a_heading_that_leads_to_its_own_anchor_is_no_link() -> None:
    page = blocks('<h2 id=a><a href="#a">Problem</a></h2><h2><a href="/b">More</a></h2><p><a href="#a">Up</a></p>')
    assert [links > 0 for links in page.links.tolist()] == [False, True, True]


def test_cells_keep_their_columns() -> None:
    page = blocks(
        "<table><tr><th>Pier</th><th>2022</th><th>2023</th><th>2024</th></tr><tr><td>North</td><td>4.1</td><td></td>"
        "<td>4.4</td></tr><tr><td></td><td></td><td>&nbsp;</td><td>3.8</td></tr></table>",
        rows=True,
    )
    assert page.texts == ["Pier\t2022\t2023\t2024", "North\t4.1\t\t4.4", "\t\t\t3.8"]


def test_cells_that_take_up_several_places_keep_the_others_in_theirs() -> None:
    page = blocks(
        "<table><tr><td>&nbsp;</td><th>Pier</th><th colspan=2>Year</th></tr>"
        "<tr><td></td><th></th><th>22</th><th>23</th></tr><tr><td></td><td rowspan=2>North</td>"
        "<td>1</td><td>2</td></tr><tr><td></td><td>3</td><td>4</td></tr></table>",
        rows=True,
    )
    assert page.texts == ["Pier\tYear", "\t22\t23", "North\t1\t2", "\t3\t4"]
