"""Collation: variants are whole tokens, the smallest that differ, and turn the leader's text into the witness's."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.match.align.agree import agreed, blocks
from flows.match.collate.differences import collate
from flows.match.collate.printed import Text, end_to_end
from flows.match.collate.side import as_text
from schemas.tables.variants import VARIANT_CLASSES, VARIANT_KINDS
from tests.flows.match.corpus import WORDS

Found = tuple[str, str, str, str]


def _collated(left: str, right: str) -> tuple[Text, Text, list[tuple[tuple[int, int, int, int], str, str]]]:
    leader, witness = as_text(left), as_text(right)
    found = collate(leader, witness, agreed([blocks(leader.letters, witness.letters)], [0], [0]))
    rows = [
        ((a, b, c, d), VARIANT_KINDS[kind], VARIANT_CLASSES[reading])
        for (a, b, c, d), kind, reading in zip(
            found.spans.tolist(), found.kind.tolist(), found.reading.tolist(), strict=True
        )
    ]
    return leader, witness, sorted(rows)


def _variants(left: str, right: str) -> list[Found]:
    leader, witness, rows = _collated(left, right)
    return [(leader.printed[a:b], witness.printed[c:d], kind[:3], reading) for (a, b, c, d), kind, reading in rows]


def _applied(left: str, right: str) -> str:
    """The leader's text with every variant put in."""
    _, _, rows = _collated(left, right)
    out, at = [], 0
    for (start, end, other, other_end), _, _ in rows:
        assert start >= at
        out += [left[at:start], right[other:other_end]]
        at = end
    return "".join([*out, left[at:]])


def _ink(text: str) -> str:
    return "".join(text.split())


HEAD, TAIL = "alpha 起始 начало ", " omega 结束 конец"


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("The pipe is 217.4 km long.", "The pipe is 214.7 km long.", [("217.4", "214.7", "sub", "number")]),
        ("It cost 1,204 crowns.", "It cost 1,304 crowns.", [("1,204", "1,304", "sub", "number")]),
        ("It cost 1,204 crowns.", "It cost 1204 crowns.", [("1,204", "1204", "sub", "orthography")]),
        ("A depth of 21.74 metres", "A depth of 217.4 metres", [("21.74", "217.4", "sub", "number")]),
        ("At −5 degrees", "At 5 degrees", [("−5", "5", "sub", "number")]),
        ("河口－5harbour", "河口－5河口", [("－5harbour", "－5河口", "sub", "wording")]),
        ("共有３２人到场", "共有３5人到场", [("３２", "３5", "sub", "number")]),
        ("共有二百一十七人到场", "共有二百七十一人到场", [("二百一十七", "二百七十一", "sub", "number")]),
        ("投资1.2亿元", "投资1.3亿元", [("1.2亿", "1.3亿", "sub", "number")]),
        ("They rang an old bell at dawn", "They rang the bell at dawn", [("an old", "the", "sub", "wording")]),
        ("They rang a bell at dawn", "They rang a loud bell at dawn", [("", "loud", "ins", "wording")]),
        ("they came home", "they said they came home", [("", "said they", "ins", "wording")]),
        ("Some forty-one boats left", "Some forty boats left", [("forty-one", "forty", "sub", "number")]),
        ("Then four boats left", "Then seven boats left", [("four", "seven", "sub", "number")]),
        (
            "told Anna Brenner so",
            "told Hanna Brandt so",
            [("Anna", "Hanna", "sub", "name"), ("Brenner", "Brandt", "sub", "name")],
        ),
        ("He left. Some stayed on", "He left. Others stayed on", [("Some", "Others", "sub", "wording")]),
        ("the harbour was shut", "the harbor was shut", [("harbour", "harbor", "sub", "wording")]),
        ("the well-known mole", "the well known mole", [("well-known", "well known", "sub", "orthography")]),
        ("the Café opened", "the Cafe opened", [("Café", "Cafe", "sub", "orthography")]),
        (
            "он приехал в Заозёрье вчера",
            "он приехал в Заозерье вчера",
            [("Заозёрье", "Заозерье", "sub", "orthography")],
        ),
        ("он приехал в среду домой", "он приехал в субботу домой", [("среду", "субботу", "sub", "wording")]),
        ("пришли семь лодок вчера", "пришли пять лодок вчера", [("семь", "пять", "sub", "number")]),
        ("στο λιμάνι της Σύρας χθες", "στο λιμάνι της Πάρου χθες", [("Σύρας", "Πάρου", "sub", "name")]),
        ("رست أربع سفن أمس", "رست خمس سفن أمس", [("أربع", "خمس", "sub", "number")]),
        ("قال السيد سليم أمس", "قال السيد كريم أمس", [("سليم", "كريم", "sub", "name")]),
        (
            "他在這裡等着。",
            "他在这里等著。",
            [("這裡", "这里", "sub", "orthography"), ("着", "著", "sub", "orthography")],
        ),
        (
            "里裏裡都是一樣",
            "裡里裏都是一样",
            [("里裏裡", "裡里裏", "sub", "orthography"), ("樣", "样", "sub", "orthography")],
        ),
        ("説說说爲為为", "说説說为爲為", [("説說说爲為为", "说説說为爲為", "sub", "orthography")]),
        ("気象図を見た", "氣象圖を見た", [("気", "氣", "sub", "orthography"), ("図", "圖", "sub", "orthography")]),
        ("ﾀﾜｰが見えた", "タワーが見えた", [("ﾀﾜｰ", "タワー", "sub", "orthography")]),
        (
            "管道长二百米。“好”",
            "管道长二百公尺。「好」",
            [
                ("米", "公尺", "sub", "wording"),
                ("“", "「", "sub", "punctuation"),
                ("”", "」", "sub", "punctuation"),
            ],
        ),
        ("全市各县都有", "我市各县都有", [("全", "我", "sub", "wording")]),
        ("会议一定要开", "会议必定要开", [("一", "必", "sub", "wording")]),
        ("于10日在此开会", "于在此开会", [("10日", "", "del", "number")]),
        ("河口五㊀在此", "河口在此", [("五㊀", "", "del", "number")]),
        ("ROAD TO THE NORTH SHUT", "ROAD TO THE SOUTH SHUT", [("NORTH", "SOUTH", "sub", "wording")]),
    ],
)
def test_variants_are_whole_tokens(left: str, right: str, expected: list[Found]) -> None:
    assert _variants(HEAD + left + TAIL, HEAD + right + TAIL) == expected


@pytest.mark.parametrize("white", [" ", "\u3000", "\u00a0", "\u2003", "\t", "\n", "\r\n", " \u3000", ""])
@pytest.mark.parametrize("other", [" ", "\u3000", "\u2009", "\n\n"])
def test_white_space_of_another_kind_beside_a_variant_is_no_variant(white: str, other: str) -> None:
    text, expected = "识别干{}表现突出{}的要", [("扬", "部对", "sub", "wording")]
    assert _variants(text.format("扬" + white, white), text.format("部对" + other, other)) == expected
    assert _variants(text.format(white + "扬", white), text.format(other + "部对", other)) == expected
    assert _variants(text.format(white, white), text.format(other, other)) == []


def test_where_texts_part_inside_a_word_there_is_no_variant() -> None:
    left, right = "χθεσινά Ύστερα έφυγαν όλα τα πλοία. Και μετά", "παλια Ύστερα έφυγαν όλα τα πλοία. Και μεσα"
    leader, witness = as_text(left), as_text(right)
    start, other = leader.letters.index("ρα") - 5, witness.letters.index("ρα") - 5
    assert leader.letters[start] == witness.letters[other] == "α"
    part = agreed([blocks(leader.letters[start:-2], witness.letters[other:-2])], [start], [other])
    assert len(collate(leader, witness, part).spans) == 0


_TOKENS = st.sampled_from(
    [word for words in WORDS.values() for word in words[:40]]
    + [
        "217.4",
        "1,204",
        "３２",
        "二百一十七",
        "3千",
        "12",
        "120",
        "forty-one",
        "don’t",
        "Straße",
        "STRASSE",
        "é",
        "e\u0301",
    ]
    + [
        "㍿",
        "着",
        "著",
        "裡",
        "里",
        "ﬁ",
        "－5",
        "か\u3099",
        "が",
        "ﾀﾜｰ",
        "。",
        "，",
        ",",
        "“",
        "「",
        "—",
        "-",
        "\n",
        "\u3000",
        " ",
        "\u2003",
        "\u00a0",
        "ﷺ",
    ]
)


@st.composite
def _pairs(draw: st.DrawFn) -> tuple[str, str]:
    rng = random.Random(draw(st.integers(0, 2**32)))
    tokens = draw(st.lists(_TOKENS, min_size=1, max_size=25))
    joint = draw(st.sampled_from(["", " "]))
    other: list[str] = []
    for token in tokens:
        fate = rng.random()
        if fate < 0.15:
            continue
        other.append(draw(_TOKENS) if fate < 0.35 else token)
        if fate > 0.85:
            other.append(draw(_TOKENS))
    return HEAD + joint.join(tokens) + TAIL, HEAD + joint.join(other) + TAIL


@settings(max_examples=400, deadline=None)
@given(_pairs())
def test_the_variants_put_into_the_leader_give_the_witness(pair: tuple[str, str]) -> None:
    assert _ink(_applied(*pair)) == _ink(pair[1])


def test_a_text_may_end_in_a_character_of_two_letters() -> None:
    assert _variants("Am Ende der Straß", "Am Ende der Stras-s") == [("Straß", "Stras-s", "sub", "orthography")]
    assert _variants("Ein langer Weg, Ⅷ", "Ein langer Weg, VII.I") == [("Ⅷ", "VII.I", "sub", "orthography")]


def test_what_stands_round_a_reading_is_of_its_article() -> None:
    texts = [as_text("一二三四五"), as_text("甲乙丙丁")]
    codes = [np.frombuffer(text.letters.encode("utf-32-le"), np.uint32) for text in texts]
    whole, _ = end_to_end([text.raw for text in texts], codes, [text.origin for text in texts])
    second = whole.edges[0][1]
    assert [whole.around(2, 3, size) for size in (1, 48)] == [("二", "四"), ("一二", "四五")]
    assert whole.around(second + 1, second + 2, 48) == ("甲", "丙丁")
    assert whole.around(second, second, 48) == ("", "甲乙丙丁")


_OPENS = st.tuples(*[st.sampled_from(["", "-5, ", "-5; ", "x. ", "x— ", "12) ", "12] ", "\u0301é "])] * 2)
_CLOSES = st.tuples(*[st.sampled_from(["", ",x", ";x", " 1,204", " (12", " [12", "。一", "，一", " don’"])] * 2)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(_OPENS, _pairs(), _CLOSES), min_size=1, max_size=4))
def test_pairs_that_are_collated_together_read_as_each_alone(told: list[tuple[tuple[str, str], ...]]) -> None:
    # Articles begin and end with what might run into the next one.
    texts = [as_text("".join(parts)) for pair in told for parts in zip(*pair, strict=True)]
    codes = [np.frombuffer(text.letters.encode("utf-32-le"), np.uint32) for text in texts]
    whole, start = end_to_end([text.raw for text in texts], codes, [text.origin for text in texts])
    letters = [whole.letters[at : at + len(text.letters)] for text, at in zip(texts, start.tolist(), strict=True)]
    parts = [blocks(left, right) for left, right in zip(letters[::2], letters[1::2], strict=True)]
    together = collate(whole, whole, agreed(parts, start[::2].tolist(), start[1::2].tolist()))
    for number, (leader, witness) in enumerate(zip(texts[::2], texts[1::2], strict=True)):
        alone = collate(leader, witness, agreed([blocks(leader.letters, witness.letters)], [0], [0]))
        here = together.run == number
        first, other_first = whole.edges[0][2 * number : 2 * number + 2]
        spans = together.spans[here] - np.array([first, first, other_first, other_first])
        assert spans.tolist() == alone.spans.tolist()
        assert together.kind[here].tolist() == alone.kind.tolist()
        assert together.reading[here].tolist() == alone.reading.tolist()


@settings(max_examples=200, deadline=None)
@given(_pairs())
def test_no_variant_cuts_a_token_or_differs_in_nothing(pair: tuple[str, str]) -> None:
    leader, witness, rows = _collated(*pair)
    for (start, end, other, other_end), _, _ in rows:
        assert _ink(pair[0][start:end]) != _ink(pair[1][other:other_end])
        for text, places in ((leader, (start, end)), (witness, (other, other_end))):
            for place in places:
                assert not text.glue[place]
