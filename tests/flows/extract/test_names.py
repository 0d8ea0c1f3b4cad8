"""Names in lists of authors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.extract.names import is_alone, is_name, is_organisation, is_person, split_names


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("林晓舟，周望；陈其云", ["林晓舟", "周望", "陈其云"]),
        ("王 伟 李小川", ["王伟", "李小川"]),
        ("记者 林晓舟 通讯员周望", ["林晓舟", "周望"]),
        ("江口日报见习记者 林晓舟", ["林晓舟"]),
        ("江口观察专栏作者 周望", ["周望"]),
        ("见习编辑 李小川", ["李小川"]),
        ("江口周刊记者周望王晓明陈其", ["周望", "王晓明", "陈其"]),
        ("林晓舟_JK4471", ["林晓舟"]),
        ("江口周刊记者 林晓舟 江口周刊实习生 周望", ["林晓舟", "周望"]),
        ("林晓舟（渡口管理所职工）", ["林晓舟"]),
        ("qingxi（来自论坛", ["qingxi"]),
        ("林晓舟 《江口日报》总编辑", ["林晓舟"]),
        ("渡口编辑组", ["渡口编辑组"]),
        ("林晓舟 PK155", ["林晓舟"]),
        ("林晓舟 整理", ["林晓舟"]),
        ("【江口新闻╱报道】", ["江口新闻"]),
        ("林晓舟摄", []),
        ("打印", []),
        ("2019-04-18", []),
        ("渡口停了。明天再来", []),
        ("AP0017", []),
        ("Ada Whitlow & Tom Garrow", ["Ada Whitlow", "Tom Garrow"]),
        ("By Ada Whitlow, MD", ["Ada Whitlow"]),
        ("(AFP) –", ["AFP"]),
        ("Vera Lugova и Пётр Залесов", ["Vera Lugova", "Пётр Залесов"]),
        ("Increase Text Size", []),
        ("Tom Garrow says", []),
        ("http://x.example/a", []),
    ],
)
def test_split(printed: str, names: list[str]) -> None:
    assert split_names(printed) == names


def test_kinds_of_names() -> None:
    assert is_person("Ada M. Whitlow")
    assert is_person("Nick van Mead")
    assert not is_person("Northern Ledger News")
    assert not is_person("Related Stories")
    assert not is_person("林晓舟 周望")
    assert is_organisation("江口日报社")
    assert not is_organisation("林晓舟")
    assert is_alone("林晓舟")
    assert not is_alone("打印")
    assert is_name("Herbert Read")
    assert not is_name("\ufffd\ufffd舟")


@given(st.text(max_size=80))
def test_any_list(printed: str) -> None:
    assert all(is_name(name) for name in split_names(printed))
