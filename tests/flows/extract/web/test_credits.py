"""Lines of credits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.extract.web.credits import is_organisation, is_person, read_credits, signed, split_names, western_byline


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


def test_long_lines_are_not_credits() -> None:
    assert read_credits(["作者：林晓舟。" + "渡口" * 100]).authors == []


@pytest.mark.parametrize(
    ("paragraphs", "names"),
    [
        (["本报实习生 林晓舟", "本报记者 周望 陈其云", "渡口改建工程昨日提前完工。" * 5], ["林晓舟", "周望", "陈其云"]),
        (["江口电（记者 林晓舟）渡口改建工程昨日提前完工。" * 3], ["林晓舟"]),
        (["渡口改建工程昨日提前完工。" * 5, "末班船推迟到晚上十点。（记者 林晓舟）"], ["林晓舟"]),
        (["渡口改建工程昨日提前完工。" * 5, "（林晓舟 江口报道）"], ["林晓舟"]),
        (["林晓舟", "渡口改建工程昨日提前完工。" * 5], ["林晓舟"]),
        (["渡口改建工程昨日提前完工。" * 5], []),
    ],
)
def test_signed(paragraphs: list[str], names: list[str]) -> None:
    assert signed(paragraphs) == names


def test_names() -> None:
    assert split_names("林晓舟，周望；陈其云") == ["林晓舟", "周望", "陈其云"]
    assert split_names("Ada Whitlow & Tom Garrow") == ["Ada Whitlow", "Tom Garrow"]
    assert split_names("http://x.example/a") == []
    assert western_byline("by the way, nothing") == []
    assert is_person("Ada M. Whitlow")
    assert not is_person("Northern Ledger News")
    assert is_organisation("江口日报社")
    assert not is_organisation("林晓舟")


@given(st.lists(st.text(max_size=200), max_size=5))
def test_any_lines(lines: list[str]) -> None:
    credit = read_credits(lines)
    assert all(name.strip() for name in credit.authors + credit.editors)
    assert all(name.strip() for name in signed(lines))
