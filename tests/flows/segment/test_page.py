"""Kinds of lines, plain texts, wrapped texts, furniture."""

from __future__ import annotations

import random
import textwrap
from pathlib import Path

import pytest

from flows.segment.heads import head
from flows.segment.lines import typed
from flows.segment.profiles import CAPTION, FURNITURE, JUMP_LEAD, JUMP_TAIL, LEAD
from tests.flows.segment.pages import placed
from tests.makers.planted_words import LEXICONS


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("中共江口市委主管主办", "masthead"),
        ("江口日报社出版", "masthead"),
        ("读者热线:0999-7654321", "masthead"),
        ("责任编辑:林晓舟 版式:周一帆", "masthead"),
        ("2024年3月1日 星期五 农历正月廿一", "masthead"),
        ("今日8版 第12871期", "masthead"),
        ("电子信箱:desk@paper.example.org", "masthead"),
        ("VOL. XII No. 40 Friday", "masthead"),
        ("文明江口公益广告", "advert"),
        ("设计制作:林小舟", "advert"),
        ("春茶节开园 门票五折 详询0999-5550177", "advert"),
        ("ADVERTISEMENT", "advert"),
        ("本报记者 林晓舟 周一帆 通讯员 赵平", "byline"),
        ("新华社记者", "byline"),
        ("By Anna Rivers and John Fields", "byline"),
        ("新华社记者 林晓舟 摄", "credit"),
        ("Photo by Anna Rivers", "credit"),
        ("图为渡口的最后一班船。", "caption"),
        ("(新华社江口3月1日电)", "dateline"),
        ("（本报江口3月1日电）", "dateline"),
        ("(上接1版)", "jump"),
        ("（下转第三版）", "jump"),
        ("Continued on Page A4", "jump"),
        ("赵大河说,船停了,人不能停。", None),
        ("渡口老船工的最后一班船", None),
        ("3月1日,他来到了渡口。", None),
        ("第一批过江的乘客", None),
        ("第12871期", "masthead"),
        ("第3号渡口的最后一班船", None),
    ],
)
def test_furniture(text: str, kind: str | None) -> None:
    found = FURNITURE.fullmatch(text)
    assert (found.lastgroup if found else None) == kind


def test_leads_and_jumps_in_a_paragraph() -> None:
    assert LEAD.match("新华社江口3月1日电 大桥通车。")
    assert LEAD.match("本报讯(记者 林晓舟)大桥通车。")
    assert LEAD.match("HARBOUR, March 1 (Reuters) - The bridge")
    assert not LEAD.match("大桥通车的消息传来,新华社记者来到江口。")
    assert JUMP_LEAD.match("(上接1版)大桥通车")
    assert JUMP_TAIL.search("大桥通车,两岸(下转3版)")
    assert not JUMP_TAIL.search("接下来的三版图纸")
    assert CAPTION.match("图为三月一日,渡口的最后一班船靠岸,乘客们没有急着下船,有人带来了锣鼓。")


def kinds(texts: list[str], gaps: list[int]) -> list[str]:
    return [line.kind for line in typed(texts, gaps)]


def test_a_credit_makes_the_line_above_a_caption_only_if_nothing_parts_them() -> None:
    texts = ["标题一行", "赵大河在渡口检修渡船。", "本报记者 林晓舟 摄", "第一段在这里。", "第二段在这里。"]
    assert kinds(texts, [0, 2, 1, 2, 2])[1:3] == ["caption", "caption"]
    assert kinds(texts, [0, 2, 2, 2, 2])[1:3] == ["body", "caption"]


def test_lines_among_furniture_are_furniture() -> None:
    texts = [
        "江口日报",
        "2024年3月1日 星期五",
        "老窖,敬每一段路",
        "文明江口公益广告",
        "让一让 路更宽",
        "设计制作:林小舟",
        "大桥通车了。",
    ]
    assert kinds(texts, [0] + [2] * 6) == ["masthead", "masthead", "advert", "advert", "advert", "advert", "body"]


def test_wrapped_lines_go_on_without_a_break() -> None:
    paragraph = (
        "清晨五点渡口的灯还亮着六十二岁的船工赵大河已经把渡船擦洗了一遍等着第一批过江的乘客老乘客都叫他大河师傅" * 3
    )
    lines = [paragraph[i : i + 20] for i in range(0, len(paragraph), 20)]
    heads, blocks = placed("\n".join(lines))
    assert len(heads) == 1
    assert [b["glued"] for b in blocks] == [False] + [True] * (len(lines) - 1)
    assert {b["kind"] for b in blocks} == {"body"}


def test_english_lines_keep_their_breaks() -> None:
    line = "the ferryman rowed his boat across the river and back"
    _, blocks = placed("\n".join([line] * 12))
    assert not any(b["glued"] for b in blocks)


@pytest.mark.parametrize("width", [34, 52, 72])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_text_that_was_wrapped_between_words_is_one_article_in_its_order(language: str, width: int) -> None:
    rng = random.Random(width)
    paragraphs = [
        textwrap.fill(" ".join(LEXICONS[language].filled(form, rng) for form in LEXICONS[language].forms[:6]), width)
        for _ in range(4)
    ]
    heads, blocks = placed("The Cornmere Gazette and Advertiser, No. 12\n\n" + "\n\n".join(paragraphs))
    assert len(heads) == 1
    places = [int(str(block["place"])) for block in blocks if block["article"] is not None]
    assert places == sorted(places)
    assert len(places) >= sum(len(paragraph.splitlines()) for paragraph in paragraphs)


def test_the_pieces_of_a_line_beyond_measure_are_glued() -> None:
    heads, blocks = placed("渡口的灯还亮着。" * 6000)
    assert [b["glued"] for b in blocks] == [False, True, True]
    assert len(heads) == 1


def test_furniture_alone_is_a_text() -> None:
    heads, blocks = placed("中共江口市委主管主办\n\n江口日报社出版")
    assert len(heads) == 1
    assert [(b["kind"], b["place"]) for b in blocks] == [("body", 0), ("body", 1)]


def test_repeated_lines_of_a_plain_text_stay_in_it() -> None:
    verse = "渡口的灯还亮着,船工已经把渡船擦洗了一遍。"
    _, blocks = placed(f"渡口\n\n{verse}\n\n乘客来了。\n\n{verse}\n")
    assert [b["place"] for b in blocks] == [0, 1, 2, 3]
    assert blocks[3]["flags"] == ["duplicate"]


def test_heads() -> None:
    found = head(
        0,
        [("headline", "甲"), ("headline", "乙"), ("body", "江海社临江3月2日电(记者 陆望)大桥通车。")],
        title=None,
        complete=True,
    )
    assert (found.headline, found.agency, found.dateline_place, found.dateline_date) == (
        "甲 乙",
        "江海社",
        "临江",
        "3月2日",
    )
    assert found.byline == "记者 陆望"
    assert head(0, [("body", "本报临江3月2日电 通车。")], title="题", complete=False).agency is None


def test_the_sample_page(samples: Path) -> None:
    page = next((samples / "lanchuan-ribao").glob("*.txt")).read_text(encoding="utf-8")
    heads, blocks = placed(page)
    assert [h["complete"] for h in heads] == [True, False]
    assert sum(bool(b["glued"]) for b in blocks) == 3
    assert sum(b["flags"] == ["duplicate"] for b in blocks) == 1
    assert {b["kind"] for b in blocks if b["article"] is None} == {"masthead", "advert"}


def test_a_very_long_page_is_read_in_stretches() -> None:
    lines = []
    for n in range(400):
        lines += [
            f"第{n}号渡口的最后一班船",
            "本报记者 林晓舟",
            f"渡口{n}的灯还亮着,{n}号船工已经把渡船擦洗了一遍,等着第一批乘客。",
        ]
        lines += [f"{n}号船工说,船停了,人不能停,他要去{n}号大桥的养护队报到。", "(本报江口3月1日电)"]
    heads, blocks = placed("\n\n".join(lines))
    assert len(heads) == 400
    assert [b["article"] for b in blocks] == [n for n in range(400) for _ in range(5)]
