"""Lines of credits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.extract.web.credits import posted_by, read_credits, signed


@pytest.mark.parametrize(
    ("line", "authors", "source"),
    [
        ("2019-04-18 09:26　来源：江口日报　作者：林晓舟", ["林晓舟"], "江口日报"),
        ("作者：林晓舟、周望 责任编辑：陈其云", ["林晓舟", "周望"], None),
        ("来源:江口在线 2019年04月18日 字号：大 中 小", [], "江口在线"),
        ("文/林晓舟 图/周望", ["林晓舟"], None),
        ("本报记者 王 伟 李小川", ["王伟", "李小川"], None),
        ("2019年4月18日09:26 [ 林晓舟 ] 来源：[ 江口日报 ]", ["林晓舟"], "江口日报"),
        ("qingxi88 发表于 2019-4-18 11:46:00", ["qingxi88"], None),
        ("By Ada Whitlow, Staff Writer | 18 April 2019", ["Ada Whitlow"], None),
        ("April 18, 2019 By Ada Whitlow and Tom Garrow", ["Ada Whitlow", "Tom Garrow"], None),
        ("作者： 林晓舟 (Alan Lin)", ["林晓舟 (Alan Lin)"], None),
        ("来源： 作者： 手机版 点击：次", [], None),
        ("来源：江口日报关键字：渡口 作者：  2019-04-18 09:26", [], "江口日报"),
        ("作者：见习编辑 李小川", ["李小川"], None),
        ("【文/江口观察专栏作者 周望】", ["周望"], None),
        ("采写：江口日报见习记者 周望", ["周望"], None),
        ("执笔/林晓舟、周望", ["林晓舟", "周望"], None),
        ("文 林晓舟", ["林晓舟"], None),
        ("〔記者林曉舟／青溪報導〕渡口昨日完工", ["林曉舟"], None),
        ("资料图：渡口。江口社记者 林晓舟 摄", [], None),
        ("2019年4月18日 19:44 江口财经[微博]", [], None),
        ("posted @ 2019-04-18 09:26 qingxi88 阅读(44)", ["qingxi88"], None),
        ("Published 18 April 2019 by Ada Whitlow", ["Ada Whitlow"], None),
        ("Ada Whitlow", [], None),
        ("By Ada Whitlow  Northern Ledger", ["Ada Whitlow"], None),
        ("Автор: Вера Лугова", ["Вера Лугова"], None),
        ("Του Νίκου Βαλέτα", ["Νίκου Βαλέτα"], None),
        ("της πόλης και του λιμανιού", [], None),
        ("Von Karla Anders", ["Karla Anders"], None),
        ("采访/林晓舟 整理/周望", ["林晓舟", "周望"], None),
        ("江口日报记者 林晓舟 摄影报道", ["林晓舟"], None),
        ("2019-04-1809:26来源：江口日报作者：林晓舟", ["林晓舟"], "江口日报"),
        ("文・高瀬みのり", ["高瀬みのり"], None),
        ("한소미 기자입력 2019.04.18 09:26", ["한소미"], None),
        ("Ada Whitlow • April 18th, 2019 • 4 min read", ["Ada Whitlow"], None),
        ("ONLINE EDITION 18 April 2019", [], None),
        ("18 April 2019, 7:42 am Author: Ada Whitlow", ["Ada Whitlow"], None),
        ("Ein Bericht von Karla Anders", ["Karla Anders"], None),
        ("来源：转载", [], None),
        ("作者：佚名", [], None),
    ],
)
def test_a_line(line: str, authors: list[str], source: str | None) -> None:
    credit = read_credits([line])
    assert credit.authors == authors
    assert credit.source == source


def test_editors_are_kept_apart() -> None:
    credit = read_credits(["来源：江口日报 编辑：陈其云"])
    assert credit.authors == []
    assert credit.editors == ["陈其云"]


def test_among_other_lines_only_labels_count() -> None:
    other = "渡口完工(组图)【江口社】2019-04-18 18:25"
    assert read_credits([other], labelled=True).authors == []
    assert read_credits(["作者：林晓舟 2019-04-18"], labelled=True).authors == ["林晓舟"]


def test_posted() -> None:
    assert posted_by("由青溪人张贴 @ 2019-04-18 03:25:55 (370) 共 11 篇评论") == ["青溪人"]
    assert posted_by("渡口的消息发表于旧时的报上") == []
    assert posted_by("发表于 2019-4-18 07:42:10", "青溪人") == ["青溪人"]
    assert posted_by("发表于 2019-4-18 07:42:10", "渡口 停航") == []


def test_long_lines_are_not_credits() -> None:
    assert read_credits(["作者：林晓舟。" + "渡口" * 100]).authors == []


@pytest.mark.parametrize(
    ("paragraphs", "names"),
    [
        (["本报实习生 林晓舟", "本报记者 周望 陈其云", "渡口改建工程昨日提前完工。" * 5], ["林晓舟", "周望", "陈其云"]),
        (["江口电（记者 林晓舟）渡口改建工程昨日提前完工。" * 3], ["林晓舟"]),
        (["渡口改建工程昨日提前完工。" * 5, "末班船推迟到晚上十点。（记者 林晓舟）"], ["林晓舟"]),
        (["渡口改建工程昨日提前完工。" * 5, "（林晓舟 江口报道）"], ["林晓舟"]),
        (["渡口改建工程昨日提前完工。" * 5, "末班船推迟到晚上十点。（林晓舟摄）"], []),
        (["江口社记者采访了原作者。" * 3, "渡口改建工程昨日提前完工。" * 5], []),
        (["渡口の工事は昨日終わった。" * 5, "（高瀬みのり）"], ["高瀬みのり"]),
        (["The harbour bridge closes on Monday."] * 3 + ["Ada Whitlow"], ["Ada Whitlow"]),
        (["The harbour bridge closes on Monday."] * 3 + ["Harbour Bridge Repairs"], []),
        (
            ["The harbour bridge closes on Monday."] * 3 + ["Ada Whitlow is a staff writer at the Ledger."],
            ["Ada Whitlow"],
        ),
        (["林晓舟", "渡口改建工程昨日提前完工。" * 5], ["林晓舟"]),
        (["渡口改建工程昨日提前完工。" * 5], []),
    ],
)
def test_signed(paragraphs: list[str], names: list[str]) -> None:
    assert signed(paragraphs) == names


@given(st.lists(st.text(max_size=200), max_size=5))
def test_any_lines(lines: list[str]) -> None:
    credit = read_credits(lines)
    assert all(name.strip() for name in credit.authors + credit.editors)
    assert all(name.strip() for name in signed(lines))


LABELS = (
    "作者",
    "撰稿人",
    "采写",
    "执笔",
    "整理",
    "通讯员",
    "文",
    "发文机关",
    "发布机构",
    "本报记者",
    "发稿人",
    "記者",
)


@pytest.mark.parametrize("label", LABELS)
def test_labels(label: str) -> None:
    assert read_credits([f"{label}：林晓舟"]).authors == ["林晓舟"]
    assert read_credits([f"{label} / 林晓舟"]).authors == ["林晓舟"]
