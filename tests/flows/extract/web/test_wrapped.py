"""Lines broken by hand: those of a paragraph are put together, verse, lists and paragraphs stay apart."""

from __future__ import annotations

import pytest

from flows.extract.html import read, root_of

TITLE = "<title>Fees</title><h1>Fees</h1>"


LATIN = [
    [
        "The harbour office has raised the fee for visiting boats by a fifth,",
        "the first rise in nine years, and says that the money",
        "will pay for dredging.",
    ],
    ["Skippers complained at a meeting in the town hall that the berths", "have not been repaired since the storm."],
]
HAN = [
    [
        "港口办公室宣布来访船只的费用提高两成，这是九年来",
        "第一次上调，所得款项将用于疏浚航道和修理码头的两盏",
        "路灯。船长们在会上抱怨说，风暴过后泊位一直没有修。",
    ]
]
CYRILLIC = [
    [
        "Портовое управление повысило плату для приходящих судов",
        "на пятую часть, впервые за девять лет, и говорит, что деньги",
        "пойдут на углубление дна.",
    ]
]


@pytest.mark.parametrize(("parts", "glue"), [(LATIN, " "), (HAN, ""), (CYRILLIC, " ")])
def test_a_wrapped_paragraph_is_one(parts: list[list[str]], glue: str) -> None:
    page = f"{TITLE}<div>{'<br><br>'.join('<br>'.join(lines) for lines in parts)}</div>"
    blocks = [b for b in read(page.encode(), {}).blocks if b.kind == "body"]
    assert [b.text for b in blocks] == [glue.join(lines) for lines in parts]
    root = root_of(page)
    assert root is not None
    for block in blocks:
        nodes = root.xpath(block.selector)
        found = "".join(n if isinstance(n, str) else "".join(map(str, n.itertext())) for n in nodes)
        assert "".join(found.split()) == "".join(block.text.split())


@pytest.mark.parametrize(
    "lines",
    [
        ["The tide comes in,", "the tide goes out,", "the ferry waits", "and turns about."],
        ["Die Gebühr für Boote steigt um ein Fünftel, sagt das Hafenamt am Montag.", "Die Schiffer klagen über Stege."],
        [
            "第一段写到这里，办公室宣布费用提高两成，这是九年来第一次。",
            "第二段另起一行，船长们抱怨泊位没有修好。",
        ],
        ["Harbour Office", "12 Mole Street", "Low Quay", "Open from nine to five, but for Mondays and for holidays"],
    ],
)
def test_verse_lists_and_paragraphs_stay_apart(lines: list[str]) -> None:
    long = "The harbour office has raised the fee for visiting boats by a fifth, the first rise in nine years."
    page = f"{TITLE}<div>{long}<br><br>{'<br>'.join(lines)}<br><br>{long} It says so.</div>"
    texts = [b.text for b in read(page.encode(), {}).blocks]
    assert [line for line in lines if line in texts] == lines
