"""Variants: the smallest run that differs, its kind and its class."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.flows.match.corpus import Piece, sentences
from tests.flows.match.running import matched


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("会议于三月举行，", "会议于三月举行。", ("，", "。", "substitution", "punctuation")),
        ("共有１２人参加，", "共有12人参加，", ("１２", "12", "substitution", "orthography")),
        ("臺灣同胞到場，", "台湾同胞到场，", ("臺灣", "台湾", "substitution", "orthography")),
        ("到场的有312人，", "到场的有318人，", ("312", "318", "substitution", "number")),
        ("到场的有三十人，", "到场的有四十人，", ("三十", "四十", "substitution", "number")),
        ("市长陈立民讲话，", "市长周国强讲话，", ("陈立民", "周国强", "substitution", "name")),
        ("他详细了解情况，", "他详细询问情况，", ("了解", "询问", "substitution", "wording")),
        ("他详细了解情况，", "他了解情况，", ("详细", "", "deletion", "wording")),
        ("他了解情况，", "他详细了解情况，", ("", "详细", "insertion", "wording")),
        ("先看学校再看医院，", "先看医院再看学校，", ("学校", "医院", "substitution", "wording")),
    ],
)
def test_kinds_and_classes(tmp_path: Path, before: str, after: str, expected: tuple[str, ...]) -> None:
    rng = random.Random(before)
    head, tail = ("".join(sentences(rng, 6)) for _ in range(2))
    archive = matched(tmp_path, [Piece("a", head + before + tail, "a", 0), Piece("b", head + after + tail, "b", 1)])
    found = [(v["leader_text"], v["text"], v["kind"], v["class"]) for v in archive.variants("b")]
    assert expected in found
    for variant in archive.variants("b"):
        assert variant["text"] == archive.pieces["b"].text[variant["span_start"] : variant["span_end"]]
        assert variant["leader_text"] == archive.pieces["a"].text[variant["leader_start"] : variant["leader_end"]]


def test_white_space_is_no_reading(tmp_path: Path) -> None:
    told = sentences(random.Random(2), 12)
    wrapped = "\n　　".join(told).replace("大桥", "大\n桥")
    archive = matched(tmp_path, [Piece("a", "".join(told), "a", 0), Piece("b", wrapped, "b", 1)])
    assert archive.variants("b") == []


def test_what_an_abridgement_left_out_is_a_deletion(tmp_path: Path) -> None:
    told = sentences(random.Random(3), 20)
    cut = "".join([*told[:8], *told[10:16]])
    whole = "".join(told)
    archive = matched(tmp_path, [Piece("a", whole, "a", 0), Piece("b", cut, "b", 1), Piece("c", whole, "c", 2)])
    lost = "".join(v["leader_text"] for v in archive.variants("b") if v["kind"] == "deletion")
    assert told[8][2:-2] in lost
    assert told[9][2:-2] in lost
    assert told[17][2:-2] in lost


def test_a_tail_that_every_witness_cut_is_left_out(tmp_path: Path) -> None:
    """The leader's span ends where its witnesses end; what it has beyond was cut from the bottom all the same."""
    told = sentences(random.Random(13), 20)
    pieces = [
        Piece("a", "渡口改期\n" + "".join(told), "a", 0),
        Piece("b", "另题一则\n" + "".join(told[:12]), "b", 1),
        Piece("c", "".join(told[:9]), "c", 2),
    ]
    archive = matched(tmp_path, pieces)
    for name, kept in (("b", 12), ("c", 9)):
        (cut,) = [v for v in archive.variants(name) if v["kind"] == "deletion" and len(v["leader_text"]) > 20]
        assert (cut["leader_end"], cut["leader_text"][-9:]) == (len(pieces[0].text), told[-1][-9:])
        assert cut["leader_text"].startswith(told[kept][:9])
        assert cut["span_start"] == cut["span_end"]
    rows = {archive.name_of(row["article_id"]): row for row in archive.rows["stories"].values()}
    assert rows["a"]["span_end"] < len(pieces[0].text) - 80
    assert rows["b"]["coverage"] > 0.99
    assert 0.5 < rows["b"]["text_coverage"] < 0.65
    assert rows["c"]["text_coverage"] < rows["b"]["text_coverage"] <= rows["a"]["text_coverage"]


def test_a_beginning_is_left_out_and_a_headline_is_not(tmp_path: Path) -> None:
    told = sentences(random.Random(14), 14)
    archive = matched(
        tmp_path,
        [
            Piece("a", "渡口改期三月起每日两班\n" + "\n".join(told), "a", 0),
            Piece("b", "不同的题目\n" + "\n".join(told), "b", 1),
            Piece("c", "\n".join(told[4:]), "c", 2),
        ],
    )
    assert [v for v in archive.variants("b") if v["kind"] == "deletion"] == []
    (cut,) = [v for v in archive.variants("c") if v["kind"] == "deletion"]
    assert cut["leader_text"].strip() == "\n".join(told[:4])[:-1]


def test_the_rest_of_a_page_is_not_left_out_of_a_story_in_its_middle(tmp_path: Path) -> None:
    """Whatever order the articles come in: another story beside it ends what can be left out."""
    told = [sentences(random.Random(seed), 10) for seed in (15, 16, 17)]
    page = "\n".join("".join(each) for each in told)
    pieces = [
        Piece("page", page, "a", 0),
        Piece("middle", "".join(told[1]), "b", 1),
        Piece("first", "".join(told[0][:7]), "c", 1),
        Piece("second", "".join(told[1]), "d", 2),
    ]
    whole = matched(tmp_path / "whole", pieces)
    assert [v for v in whole.variants("middle") if v["kind"] == "deletion"] == []
    (cut,) = [v for v in whole.variants("first") if v["kind"] == "deletion"]
    assert cut["leader_text"] == "".join(told[0][7:])[:-1]
    parted = matched(tmp_path / "parted", [pieces[0], pieces[2]])
    (cut,) = [v for v in parted.variants("first") if v["kind"] == "deletion"]
    assert cut["leader_end"] == len(page)
    parted.feed([pieces[3]])
    parted.feed([pieces[1]])
    assert parted.digest() == whole.digest()
