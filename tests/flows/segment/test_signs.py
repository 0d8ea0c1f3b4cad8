"""What shows that a text is a newspaper page, and what does not."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence

import pytest

from flows.extract.text import read
from flows.segment.lines import typed
from flows.segment.signs import ENOUGH, weight
from flows.segment.stage import segment
from tests.flows.match.corpus import sentences
from tests.flows.segment.pages import tables
from tests.flows.segment.test_threads import FERRY, FERRY_HEAD, WHEAT, WHEAT_HEAD


def paragraphs(count: int, language: str, seed: int) -> list[str]:
    rng = random.Random(seed)
    return [" ".join(sentences(rng, 3, language)) for _ in range(count)]


ZH, EN = paragraphs(6, "zh", 1), paragraphs(6, "en", 2)


def weighed(lines: Sequence[str]) -> float:
    texts = [block.text for block in read("\n\n".join(lines).encode(), {}).blocks]
    return weight(typed(texts, [0, *[2] * (len(texts) - 1)]))


PAGES = {
    "two reports": ["渡口晚秋", *ZH[:2], "茶市开秤", f"本报青岚3月1日电 {ZH[2]}", ZH[3]],
    "closing datelines": ["渡口晚秋", *ZH[:2], "(新华社江口3月1日电)", "茶市开秤", *ZH[2:4]],
    "staff below text": ["渡口晚秋", *ZH[:2], "茶市开秤", "本报记者 林晓舟", *ZH[2:4]],
    "jump": ["渡口晚秋", *ZH[:2], f"(上接1版){ZH[2]}", ZH[3]],
    "mastheads": ["中共江口市委主管主办", "江口日报社出版", "渡口晚秋", *ZH[:3]],
    "adverts": ["珍惜粮食公益广告", "一粒米的来处", "设计制作:林小舟", "渡口晚秋", *ZH[:3]],
    "english mastheads": ["Vol. 12 No. 301", "Established 1874", "The Last Ferry", *EN[:3]],
    "english bylines": ["The Last Ferry", "By Ned Pike", *EN[:2], "Tea Sales Begin", "By Ida Quill", *EN[2:4]],
    "english reports": [
        "The Last Ferry",
        *EN[:2],
        "Tea Sales Begin",
        f"ASHBY FELL, May 2 (AP) - {EN[2]}",
        "A Dry Spring",
        f"NORTHWICK (Reuters) - {EN[3]}",
        EN[4],
    ],
    "english jumps": ["The Last Ferry", *EN[:2], "Continued on page 4", *EN[2:4], f"(Continued from page 1) {EN[4]}"],
}

TEXTS = {
    "one report": [
        "渡口晚秋",
        "本报记者 林晓舟",
        f"新华社江口3月1日电 {ZH[0]}",
        *ZH[1:4],
        "(新华社江口3月1日电)",
        "责任编辑:周一帆",
    ],
    "anthology": ["渡口晚秋的灯", "作者:林晓舟", *ZH[:2], "茶市开秤的早晨", "作者:周一帆", *ZH[2:4]],
    "english report": ["The Last Ferry", "By Ned Pike, Staff Writer", f"ASHBY FELL (AP) - {EN[0]}", *EN[1:4]],
    "read on": ["Continued from page 1", "The Last Ferry", *EN[:4], "Continued on page 3"],
    "teasers": ["The Last Ferry", *EN[:3], "Tea Sales Begin", "By Ida Quill", "A Dry Spring", "By Tom Hale", *EN[3:5]],
    "newsletter": ["Vol. 4 No. 3 Current Issue:", "Volume 4, Issue 3", "November 17, 2008", *EN[:3], "Notes", *EN[3:]],
    "weblog": [
        "Notes From The Quay",
        "Monday, 12 March 2007",
        *EN[:2],
        "Friday, 13 April 2007",
        "The Last Ferry",
        *EN[2:],
    ],
    "companies": [
        f"QUAY OIL COMPANY - {EN[0]}",
        "ROPES",
        f"PIKE AND SONS - {EN[1]}",
        f"HALE (Saltmarsh) - {EN[2]}",
        *EN[3:],
    ],
    "one guest": ["The Last Ferry", *EN[:2], "A Word From The Master", "By Ida Quill", *EN[2:5]],
    "labels": ["渡口", "作者:林晓舟", "广告", *ZH[:2], "下一章", *ZH[2:]],
}


@pytest.mark.parametrize("name", PAGES)
def test_a_newspaper_page_shows_that_it_is_one(name: str) -> None:
    assert weighed(PAGES[name]) >= ENOUGH


@pytest.mark.parametrize("name", TEXTS)
def test_other_texts_do_not_look_like_one(name: str) -> None:
    assert weighed(TEXTS[name]) < ENOUGH


@pytest.mark.parametrize(
    ("leads", "told", "kind", "articles"),
    [
        (("本报江口3月1日电 ", "本报青岚3月1日电 "), None, "newspaper", 2),
        (("本报江口3月1日电 ", "本报青岚3月1日电 "), "article", "article", 1),
        (("", ""), None, "article", 1),
        (("", ""), "newspaper", "newspaper", 2),
    ],
)
def test_the_source_may_say_what_its_texts_are(
    leads: tuple[str, str], told: str | None, kind: str, articles: int
) -> None:
    parser = json.dumps({"page_kind": told}) if told else None
    lines = [FERRY_HEAD, leads[0] + FERRY[0], *FERRY[1:], WHEAT_HEAD, leads[1] + WHEAT[0], *WHEAT[1:]]
    documents, heads, _ = segment(*tables({"d": "\n\n".join(lines)}, parser=parser))
    assert documents["page_kind"].to_pylist() == [kind]
    assert heads.num_rows == articles
