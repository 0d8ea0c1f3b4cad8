"""Newspaper pages whose articles are printed in turns."""

from __future__ import annotations

from flows.segment import letters
from flows.segment.affinity import Affinity, depth, headline_form, rarity, subhead_style
from tests.flows.segment.pages import page, placed

FERRY = [
    "本报江口3月1日电 清晨五点,渡口的灯还亮着。六十二岁的船工赵大河已经把渡船擦洗了一遍,等着第一批过江的乘客。",
    "赵大河十九岁接过父亲的船桨,四十三年里,他的渡船换了四条,渡口没有换过。老乘客都叫他大河师傅,赶集的、上学的,都坐过他的船。",
    "大桥通车以后,渡口就要停航。赵大河说,船停了,人不能停,他要去大桥的养护队报到,接着守这条江,也守着渡口的老乘客。",
    "最后一班船靠岸时,乘客们没有急着下船。有人带来了锣鼓,有人给赵大河披上了红花。渡船的汽笛响了三声,传出很远。",
]
WHEAT = [
    "眼下正是小麦返青的时节,安河县的农技员孙麦香每天要走二十多块麦田,查苗情、测墒情,给农户的手机发去田管建议。",
    "孙麦香介绍,去冬雨雪偏少,部分麦田出现旱象,县里已经组织三百台水泵浇返青水,农技员分片包干,一块麦田也不落下。",
    "农户老吴种了四十亩小麦。他说,往年浇水凭经验,今年农技员把墒情仪插进了麦田,什么时候浇、浇多少,手机上看得清清楚楚。",
    "安河县农业农村局提供的数据显示,全县一类二类麦田苗情比上年提高了三个百分点,小麦返青水已经浇了八成。",
]
FERRY_HEAD, WHEAT_HEAD = "渡口老船工的最后一班船", "小麦返青 农技员下田忙"


def woven() -> list[tuple[str, str]]:
    """Two articles in turns, both cut in the middle of a paragraph."""
    return [
        ("h0", FERRY_HEAD),
        ("b0", "本报记者 林晓舟"),
        ("B0", FERRY[0]),
        ("B0", FERRY[1]),
        ("B0", FERRY[2][:23]),
        ("h1", WHEAT_HEAD),
        ("B1", WHEAT[0]),
        ("B1", WHEAT[1]),
        ("B1", WHEAT[2][:31]),
        ("B0+", FERRY[2][23:]),
        ("B0", FERRY[3]),
        ("d0", "(本报江口3月1日电)"),
        ("B1+", WHEAT[2][31:]),
        ("B1", WHEAT[3]),
    ]


def check(lines: list[tuple[str, str]]) -> None:
    heads, blocks = placed(page(lines))
    assert [b["article"] for b in blocks] == [int(code[1]) for code, _ in lines]
    assert [b["glued"] for b in blocks] == [code.endswith("+") for code, _ in lines]
    assert [h["headline"] for h in heads] == [FERRY_HEAD, WHEAT_HEAD]
    for article, paragraphs in ((0, FERRY), (1, WHEAT)):
        rows = sorted(
            (b for b in blocks if b["article"] == article and b["place"] is not None), key=lambda b: str(b["place"])
        )
        text = "".join(str(b["text"]) if b["glued"] else "\n" + str(b["text"]) for b in rows)
        assert all(paragraph in text for paragraph in paragraphs)


def test_articles_in_turns_are_taken_apart_and_their_cut_paragraphs_joined() -> None:
    check(woven())


def test_an_article_that_is_whole_at_the_edge_of_its_column_goes_on_too() -> None:
    lines = woven()
    lines[4:5] = []
    at = next(i for i, (code, _) in enumerate(lines) if code == "B0+")
    lines[at] = ("B0", FERRY[2])
    check(lines)


def test_a_box_in_the_middle_of_an_article() -> None:
    lines = woven()
    whole = [(code.replace("+", ""), text) for code, text in lines if code[1] == "1"]
    whole[3:5] = [("B1", WHEAT[2])]
    whole.insert(1, ("b1", "本报记者 周一帆"))
    check(
        [
            *lines[:5],
            *whole,
            *(line for line in lines[5:] if line[1] in (FERRY[2][23:], FERRY[3], "(本报江口3月1日电)")),
        ]
    )


def test_what_breaks_off_is_flagged_and_the_article_is_not_complete() -> None:
    lines = [line for line in woven() if line[0] != "B0+"]
    lines[4] = ("B0", FERRY[2][:33])
    heads, blocks = placed(page(lines))
    cut = next(b for b in blocks if b["text"] == FERRY[2][:33])
    assert cut["flags"] == ["gap"]
    assert [h["complete"] for h in heads] == [False, True]
    assert not any(b["glued"] for b in blocks if b["article"] == 0)


def test_a_short_piece_of_a_paragraph_is_no_headline() -> None:
    lines = woven()
    at = next(i for i, (code, _) in enumerate(lines) if code == "B0+")
    lines[4], lines[at] = ("B0", FERRY[2][:9]), ("B0+", FERRY[2][9:])
    check(lines)
    _, blocks = placed(page(lines))
    assert blocks[4]["kind"] == "body"


def test_second_printings_are_flagged_and_left_out_of_the_text() -> None:
    lines = [*woven(), ("B1", WHEAT[1]), ("B0", FERRY[3].replace("锣鼓", "锣放"))]
    _, blocks = placed(page(lines))
    assert [b["flags"] for b in blocks[-2:]] == [["duplicate"], ["duplicate"]]
    assert [(b["article"], b["place"]) for b in blocks[-2:]] == [(1, None), (0, None)]
    assert not any(b["flags"] for b in blocks[:-2])


def test_subheads_stay_in_their_article() -> None:
    lines = [("h0", FERRY_HEAD), ("b0", "本报记者 林晓舟"), *(("B0", p) for p in FERRY[:2]), ("h0", "守江人")]
    lines += [
        *(("B0", p) for p in FERRY[2:]),
        ("d0", "(本报江口3月1日电)"),
        ("h1", WHEAT_HEAD),
        *(("B1", p) for p in WHEAT),
    ]
    heads, blocks = placed(page(lines))
    assert [b["article"] for b in blocks] == [int(code[1]) for code, _ in lines]
    assert [h["headline"] for h in heads] == [FERRY_HEAD, WHEAT_HEAD]


def test_a_jump_line_says_that_the_article_began_elsewhere() -> None:
    lines = woven()
    lines[6] = ("B1", "(上接1版)" + WHEAT[0])
    heads, _ = placed(page(lines))
    assert [h["complete"] for h in heads] == [True, False]


def test_an_english_page() -> None:
    lines = [
        ("h0", "Ferry makes its last crossing"),
        ("b0", "By Anna Rivers"),
        ("B0", "HARBOUR (Reuters) - The ferryman rowed his boat across the river for the last time on Monday."),
        ("B0", "The ferryman said the new bridge would take his passengers, but not his memories of the river."),
        ("j0", "Continued on Page 4"),
        ("h1", "Wheat growers hope for rain"),
        ("b1", "By John Fields"),
        ("B1", "The wheat in the valley has turned yellow, and growers said they needed rain within a week."),
        ("B1", "Pumps were brought to the wheat fields, and growers shared the water of the canal."),
    ]
    heads, blocks = placed(page(lines))
    assert [b["article"] for b in blocks] == [int(code[1]) for code, _ in lines]
    assert [b["kind"] for b in blocks if b["place"] is None] == ["byline", "jump", "byline"]
    assert [(h["byline"], h["agency"], h["complete"]) for h in heads] == [
        ("By Anna Rivers", "Reuters", False),
        ("By John Fields", None, True),
    ]


def test_affinity_prefers_what_goes_on_and_what_is_alike() -> None:
    texts = [FERRY[2][:23], FERRY[2][23:], WHEAT[0], FERRY[3]]
    affinity = Affinity(texts)
    assert affinity.joins(0, 1) > max(affinity.joins(0, 2), affinity.joins(0, 3))
    both = affinity.coherence(3, 0b0011, 0b0010, 0, 60)
    assert both > affinity.coherence(3, 0b0100, 0b0100, 0, 60)
    assert affinity.coherence(3, 0b0011, 0b0010, 0, 60) == both


def test_what_is_rare_or_of_one_article_alone_tells_more_than_what_all_say() -> None:
    assert rarity("渡船") > rarity("我们")
    common = "我们没有这个问题，"
    texts = [common + "船工检修渡船", common + "农户返青麦田", common + "渡船靠岸"]
    ferry, wheat = (Affinity(texts).coherence(2, mask, mask, 0, 15) for mask in (0b01, 0b10))
    assert ferry > wheat
    # The more lines of other articles have the word too, the less it says.
    alone = Affinity(["渡船停航", "麦田返青", "渡船靠岸"]).coherence(2, 0b01, 0b01, 0, 4)
    assert alone > Affinity(["渡船停航", "渡船返青", "渡船靠岸"]).coherence(2, 0b01, 0b01, 0, 4)


def test_a_question_that_ends_a_cut_paragraph_is_no_headline() -> None:
    asked = "大桥通车以后,渡口就要停航。老乘客拉着赵大河的手,一遍一遍地问他,往后这条江、这条渡"
    lines = woven()
    lines[4], lines[9] = ("B0", asked), ("B0+", "船还有没有人来守？")
    _, blocks = placed(page(lines))
    assert [b["article"] for b in blocks] == [int(code[1]) for code, _ in lines]
    assert (blocks[9]["kind"], blocks[9]["glued"]) == ("body", True)


def test_forms() -> None:
    assert headline_form("小麦返青 农技员下田忙") > 0 > headline_form("他说,往年浇水凭经验,今年农技员把")
    assert (depth("“他说"), depth("(一)"), depth("他”说")) == (1, 0, -1)
    assert letters.start("据介绍") > letters.start("的时候")
    assert letters.tie("中", "国") > letters.tie("中", "渡")
    assert letters.folded("3月１2日,好；") == "#月１#日，好;"


def test_a_tail_printed_twice_ends_its_article_in_both_places() -> None:
    lines = [
        ("h0", FERRY_HEAD),
        ("b0", "本报记者 林晓舟"),
        ("B0", FERRY[0]),
        ("B0", FERRY[1]),
        ("B0", FERRY[3]),
        ("h1", WHEAT_HEAD),
        ("b1", "本报记者 周一帆"),
        ("B1", WHEAT[0]),
        ("B0", FERRY[2]),
        ("=0", FERRY[3]),
        ("B1", "江对岸也有种小麦的。农户们说,浇返青水的那几天,一天要过两趟江,墒情仪装上以后,就不用总往麦田里跑了。"),
    ]
    _, blocks = placed(page(lines))
    assert [b["article"] for b in blocks] == [int(code[1]) for code, _ in lines]
    assert [b["flags"] for b in blocks] == [["duplicate"] if code[0] == "=" else [] for code, _ in lines]


def test_subheads_set_alike_belong_together() -> None:
    assert subhead_style("“守得住、等得起”") == "quoted"
    assert subhead_style("从渡口到大桥——") == "dashed"
    assert subhead_style("二、渡口的去留") == "numbered"
    assert subhead_style("“守”字当头 “等”在心里") is None
    assert subhead_style(FERRY_HEAD) is None
