"""What two articles are to each other: reprints, forms that come back, parts and phrases."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from flows.match.align.template import Digits
from tests.flows.match.corpus import Piece, sentences
from tests.flows.match.running import matched

YEAR = 366

_SESSION = (
    "{ordinal}江海商会理事会{meeting}次会议{day}日下午在望潮楼举行，会长沈砚主持。会议听取了秘书处关于{topic}的报告，"
    "审议了{other}的说明。理事会副会长分别就会议议程作了汇报，各专门委员会负责人和列席的会员代表出席了会议。"
)


def _session(ordinal: str, meeting: str, day: str, topic: str, other: str) -> str:
    return _SESSION.format(ordinal=ordinal, meeting=meeting, day=day, topic=topic, other=other)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (("第十三届", "第二", "六", "码头修缮", "灯塔经费"), ("第十四届", "第二", "九", "码头修缮", "灯塔经费")),
        (("第八届", "第四", "12", "渔船登记", "学徒章程"), ("第八届", "第五", "21", "盐仓转租", "水龙会章程")),
        (("二十届", "第三", "十八", "堤岸巡查", "义仓账目"), ("二十一届", "第三", "十八", "堤岸巡查", "义仓账目")),
    ],
)
def test_a_form_counts_numbers_in_ideographs(tmp_path: Path, one: tuple[str, ...], two: tuple[str, ...]) -> None:
    pieces = [Piece("one", _session(*one), "江海晨报", 0), Piece("two", _session(*two), "江海晨报", YEAR)]
    archive = matched(tmp_path, pieces)
    assert archive.relations() == {("one", "two"): {"template"}}
    assert archive.stories() == []


def test_a_greeting_of_every_year_is_a_form_however_much_is_said_in_between(tmp_path: Path) -> None:
    rng = random.Random(3)
    opening = (
        "值此新岁将临之际，本港各埠同人谨向海内外亲友致以诚挚问候，愿风调雨顺，舟楫平安，百业兴旺，"
        "阖家康泰，老者安其居，少者乐其业，出海的早日归航，守岸的灯火可亲。"
    )
    close = (
        "来年我们将继续秉持公心，办好这份小报，把街巷里的冷暖、潮头上的消息，一字一句送到诸位读者手中，敬请监督指正，"
        "也愿这一纸薄薄的问候，能替我们叩响每一扇临江的门。"
    )
    pieces = [Piece(f"y{n}", opening + "".join(sentences(rng, 5)) + close, "望潮日报", n * YEAR) for n in range(4)]
    archive = matched(tmp_path, pieces)
    assert set().union(*archive.relations().values()) == {"template"}
    assert archive.stories() == []


def test_the_same_text_again_is_a_reprint_at_once_elsewhere_and_after_years(tmp_path: Path) -> None:
    text = "".join(sentences(random.Random(5), 12))
    pieces = [
        Piece("first", text, "甲报", 0),
        Piece("elsewhere", text, "乙报", 1),
        Piece("late", text, "丙报", 3 * YEAR),
        Piece("home", text, "甲报", 2 * YEAR),
    ]
    archive = matched(tmp_path, pieces)
    assert set().union(*archive.relations().values()) == {"reprint"}
    assert archive.stories() == [{"first", "elsewhere", "late", "home"}]


def test_what_reports_say_in_the_same_words_of_other_events_joins_no_story(tmp_path: Path) -> None:
    rng = random.Random(7)
    phrase = (
        "与会代表一致认为，要把修堤防汛放在首位，"
        "上下同心，日夜巡守，保住沿江十八村的田舍，不负乡亲的嘱托和期望，一刻也不能松懈，一处也不能遗漏，"
    )
    pieces = []
    for day in range(3):
        text = "".join(sentences(rng, 6)) + phrase + "".join(sentences(rng, 6))
        pieces += [Piece(f"item{day}", text, "江海晨报", day), Piece(f"page{day}", text, "江海旧闻", day)]
    archive = matched(tmp_path, pieces)
    assert archive.stories() == [{f"item{day}", f"page{day}"} for day in range(3)]


def test_every_witness_has_a_real_part_of_its_leaders_text(tmp_path: Path) -> None:
    rng = random.Random(11)
    told = sentences(rng, 60)
    pieces = [Piece("whole", "".join(told), "甲报", 0), Piece("copy", "".join(told), "乙报", 1)]
    pieces.append(Piece("phrase", "".join(sentences(rng, 9)) + told[30][:70] + "".join(sentences(rng, 9)), "丙报", 2))
    archive = matched(tmp_path, pieces)
    assert all(row["coverage"] >= 0.05 for row in archive.rows["stories"].values())
    assert archive.stories() == [{"whole", "copy"}]


def test_a_part_in_two_places_of_a_page_is_compared_with_the_place_it_has(tmp_path: Path) -> None:
    rng = random.Random(13)
    told = sentences(rng, 24)
    apart = "".join(told[:12]) + "".join(sentences(rng, 20)) + "".join(told[12:])
    pieces = [Piece("page", apart, "甲报", 0), Piece("whole", "".join(told), "乙报", 1)]
    pieces += [Piece("begin", "".join(told[:12]), "丙报", 2), Piece("end", "".join(told[12:]), "丁报", 2)]
    archive = matched(tmp_path, pieces)
    assert {"page", "whole", "begin", "end"} in archive.stories()
    assert all(row["coverage"] > 0.9 for row in archive.rows["stories"].values())


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("十", "10", True),
        ("二〇一九", "2019", True),
        ("三百二十", "320", True),
        ("两万五千", "25000", True),
        ("廿一", "21", True),
        ("一亿二千万", "120000000", True),
        ("十三", "14", False),
        ("五", "4", False),
    ],
)
def test_a_number_is_the_same_in_digits_and_in_ideographs(one: str, two: str, same: bool) -> None:
    codes = np.array([ord(letter) for letter in one + "届" + two], np.uint32)
    digits = Digits(codes)
    places = [np.array([place]) for place in (0, len(one), len(one) + 1, len(codes))]
    first, last = digits.touched(places[0], places[1], places[0], places[1])
    other, other_last = digits.touched(places[2], places[3], places[2], places[3])
    assert bool(digits.equal(first, last, other, other_last)[0]) is same


_NAMES = {
    "offices": "江海商会会长、望潮楼书院山长、白鹿口海关监督、盐务总办、渔业公所董事、水龙会首领、义仓司事、"
    "灯塔管理处处长、码头巡检、青石峡矿务督办、南浦学堂监督、九叶药行行首",
    "people": "沈砚秋、陆怀舟、白鹿鸣、顾三省、祝青禾、江望潮、石敬堂、叶南浦、洪四海、杜若溪、程渡、薛梅生、"
    "韩守灯、秦有粮、周义仓、吴水龙、郑海东、何九叶、孟潮生、卢岸青、章渔舟、谢盐池、邵码头、汤闸口",
    "in English": "among them Harriet Vole, Ansel Brook, Mary Quarry, Edwin Tidewater, Lucy Saltmarsh, Owen Ferryman, "
    "Ida Lamplighter, Silas Granary, Nell Harbour, Tobias Weir, Clara Millrace, Hugh Dunes and Rose Estuary",
}


@pytest.mark.parametrize("names", _NAMES.values(), ids=_NAMES)
def test_names_in_their_order_are_no_quotation(tmp_path: Path, names: str) -> None:
    rng = random.Random(13)
    told = [f"{''.join(sentences(rng, 7))}出席的有{names}。{''.join(sentences(rng, 7))}" for _ in range(2)]
    pieces = [Piece(f"n{n}", text, f"outlet {n}", 3 * n) for n, text in enumerate(told)]
    assert matched(tmp_path, pieces).relations() == {("n0", "n1"): {"template"}}


def test_a_quotation_that_names_some_is_one(tmp_path: Path) -> None:
    rng = random.Random(14)
    said = (
        "“渡口不能再等。”沈砚秋说，“去年沉了两条船，冬天、春天、汛期都有人落水，商会、海关、盐务推来推去，谁也没有把"
        "栏杆修好，今年再不动工，我们自己动手，木料由船户凑，工钱由茶馆出，图纸请学堂的先生画，三个月总能立起来。”"
    )
    told = [f"{''.join(sentences(rng, 7))}{said}{''.join(sentences(rng, 7))}" for _ in range(2)]
    pieces = [Piece(f"n{n}", text, f"outlet {n}", 3 * n) for n, text in enumerate(told)]
    assert matched(tmp_path, pieces).relations() == {("n0", "n1"): {"quote"}}
