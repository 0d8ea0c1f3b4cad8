"""What the stage finds, in six languages, and what it keeps apart."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.flows.match.corpus import WORDS, Piece, bulletin, noisy, planted, sentence, sentences
from tests.flows.match.running import Archive, matched


def test_the_tables_have_the_schemas_of_the_contract(tmp_path: Path) -> None:
    from schemas.tables import table

    archive = Archive(tmp_path)
    change = archive.feed(planted(1).pieces)
    for name in ("alignments", "stories", "variants"):
        part = getattr(change, name)
        assert part.add.schema.equals(table(name).arrow)
        assert part.add.num_rows > 0
        assert part.remove.num_rows == 0


@pytest.mark.parametrize("language", sorted(WORDS))
def test_planted_stories_are_found_in_every_language(tmp_path: Path, language: str) -> None:
    corpus = planted(3, language=language)
    archive = matched(tmp_path, corpus.pieces)
    assert {frozenset(names) for names in archive.stories()} == {frozenset(n) for n in corpus.stories.values()}


@pytest.mark.parametrize("language", sorted(WORDS))
def test_offsets_are_in_the_printed_text_and_spans_are_the_planted_ones(tmp_path: Path, language: str) -> None:
    rng = random.Random(language)
    told = "".join(sentences(rng, 12, language))
    before, after = ("".join(sentences(rng, 8, language)) for _ in range(2))
    pieces = [Piece("first", told, "one", 0), Piece("page", before + told + after, "two", 1)]
    archive = matched(tmp_path, pieces)
    (row,) = archive.rows["alignments"].values()
    assert row["left_article_id"] == pieces[0].article_id
    assert row["relation"] == "excerpt"
    assert row["left_start"] <= 2
    assert row["left_end"] >= len(told.rstrip()) - 3
    assert abs(row["right_start"] - len(before)) <= 4
    assert abs(row["right_end"] - len(before) - len(told)) <= 4
    assert row["identity"] > 0.98
    assert row["similarity"] > 0.97


def test_relations(tmp_path: Path) -> None:
    rng = random.Random(7)
    told = sentences(rng, 30)
    tail = "".join(sentences(rng, 5))
    pieces = [
        Piece("whole", "".join(told), "one", 0),
        Piece("again", "".join(told), "two", 1),
        Piece("cut", "".join(told[5:15]), "three", 2),
        Piece("quoting", "".join([*sentences(rng, 15), *told[20:23], *sentences(rng, 15)]), "four", 3),
        Piece("twice", "".join([*sentences(rng, 6), tail, *sentences(rng, 6), tail]), "five", 4),
        Piece("form1", bulletin(rng), "six", 5),
        Piece("form2", bulletin(rng), "six", 6),
    ]
    relations = matched(tmp_path, pieces).relations()
    assert relations["again", "whole"] == {"reprint"}
    assert relations["cut", "whole"] == {"excerpt"}
    assert relations["quoting", "whole"] == {"quote"}
    assert relations["twice", "twice"] == {"self-copy"}
    assert relations["form1", "form2"] == {"template"}
    assert len(relations) == 7


@pytest.mark.parametrize("language", ["zh", "en"])
def test_bulletins_of_one_form_are_no_story_and_their_reprints_are(tmp_path: Path, language: str) -> None:
    rng = random.Random(11)
    texts = [bulletin(rng, language) for _ in range(12)]
    pieces = [Piece(f"issue{n}", text, "one", n) for n, text in enumerate(texts)]
    pieces += [Piece(f"reprint{n}", texts[n], "two", n) for n in (2, 5)]
    archive = matched(tmp_path, pieces)
    assert archive.stories() == [{"issue2", "reprint2"}, {"issue5", "reprint5"}]
    for (left, right), relations in archive.relations().items():
        same = right == left.replace("issue", "reprint")
        assert relations == ({"reprint"} if same else {"template"})


def test_a_noisy_reading_is_no_form(tmp_path: Path) -> None:
    rng = random.Random(5)
    told = "".join(f"{sentence(rng)[:-1]}{rng.randint(1000, 9999)}。" for _ in range(20))
    pieces = [Piece("print", told, "one", 0), *(Piece(f"scan{n}", noisy(rng, told, 0.08), "two", n) for n in (1, 2, 3))]
    archive = matched(tmp_path, pieces)
    assert archive.stories() == [{"print", "scan1", "scan2", "scan3"}]
    assert all(relations == {"reprint"} for relations in archive.relations().values())


def test_a_sentence_put_in_and_words_misread_make_no_form(tmp_path: Path) -> None:
    """What differs is sought between the places that agree: over the whole passage the letters of the sentence that
    was put in would be matched with those around it, and look like words against words."""
    first = (
        "The forgotten press at the harbour showed the ragged pump which the foreman had carefully loaded in March. "
    )
    put_in = "What the neglected tinkers showed was a school of the miller's, since the heath at the weir was drained. "
    second = (
        "The league told cobblers that it had overlooked 5232 northern signalmen and one schoolhouse before Easter. "
    )
    last = "Librarians quietly chartered {} draughty ferry although the tunnel beside the mill {} its shabby tramway."
    pieces = [
        Piece("print", first + second + last.format("a", "opened"), "one", 0),
        Piece("again", first + put_in + second + last.format("petition", "loan"), "two", 1),
    ]
    assert matched(tmp_path, pieces).relations() == {("again", "print"): {"reprint"}}


def test_a_page_with_two_stories_joins_nothing(tmp_path: Path) -> None:
    rng = random.Random(13)
    one, two = ("".join(sentences(rng, 14)) for _ in range(2))
    pieces = [
        *(Piece(f"one{n}", one, outlet, n) for n, outlet in enumerate(["a", "b", "c"])),
        *(Piece(f"two{n}", two, outlet, n) for n, outlet in enumerate(["d", "e", "f"])),
        Piece("page", one + two, "g", 9),
    ]
    archive = matched(tmp_path, pieces)
    assert archive.stories() == [{"one0", "one1", "one2", "page"}, {"two0", "two1", "two2", "page"}]


def test_a_story_that_began_as_a_part_is_one_story_for_those_that_share_it(tmp_path: Path) -> None:
    rng = random.Random(17)
    told = sentences(rng, 24)
    pieces = [
        Piece("early", "".join(told[8:14]), "a", 0),
        *(Piece(f"full{n}", "".join(told), outlet, n) for n, outlet in enumerate(["b", "c", "d"], 1)),
        Piece("end", "".join(told[16:]), "e", 5),
    ]
    archive = matched(tmp_path, pieces)
    # The end shares nothing with the earliest witness, and has a story of its own with those that have both.
    assert archive.stories() == [{"early", "full1", "full2", "full3"}, {"end", "full1", "full2", "full3"}]


def test_the_leader_is_the_earliest_and_of_one_date_the_fullest(tmp_path: Path) -> None:
    rng = random.Random(19)
    told = sentences(rng, 20)
    cut, whole = "".join(told[:9]), "".join(told)
    archive = matched(tmp_path / "a", [Piece("x", whole, "a", 2), Piece("y", cut, "b", 1), Piece("z", whole, "c", 3)])
    leaders = [row["article_id"] for row in archive.rows["stories"].values() if row["leader"]]
    assert [archive.name_of(each) for each in leaders] == ["y"]
    for full in ("pq", "rs", "ps"):
        archive = matched(tmp_path / full, [Piece(n, whole if n in full else cut, n, None) for n in "pqrs"])
        leaders = [row["article_id"] for row in archive.rows["stories"].values() if row["leader"]]
        assert [archive.name_of(each) for each in leaders] == [min(full, key=lambda n: archive.pieces[n].article_id)]


def test_furniture_is_no_evidence(tmp_path: Path) -> None:
    rng = random.Random(23)
    foot = "".join(sentences(rng, 8))
    pieces = [Piece(f"a{n}", "".join(sentences(rng, 10)) + foot, "one", n) for n in range(12)]
    pieces += [Piece(f"b{n}", "".join(sentences(rng, 10)), "two", n) for n in range(4)]
    archive = matched(tmp_path, pieces)
    assert archive.stories() == []
    fewer = matched(tmp_path / "fewer", pieces[:5])
    assert fewer.relations()["a0", "a1"] == {"quote"}


def test_a_text_that_ran_whole_is_one_story_though_parts_of_it_ran_apart(tmp_path: Path) -> None:
    rng = random.Random(29)
    told = sentences(rng, 30)
    pieces = [
        Piece("first", "".join(told), "one", 0),
        Piece("part", "".join(told[3:9]), "one", 1),
        Piece("other part", "".join(told[15:22]), "one", 2),
        Piece("whole", "".join(told), "one", 3),
    ]
    assert matched(tmp_path, pieces).stories() == [{"first", "part", "other part", "whole"}]


def test_two_editions_of_a_page_join_no_stories_that_others_carry_apart(tmp_path: Path) -> None:
    rng = random.Random(41)
    one, two = ("".join(sentences(rng, 14)) for _ in range(2))
    pieces = [Piece(f"edition{n}", one + two, "paper", n) for n in range(2)]
    pieces += [Piece(f"one{n}", one, outlet, 5 + n) for n, outlet in enumerate("ab")]
    pieces += [Piece(f"two{n}", two, outlet, 5 + n) for n, outlet in enumerate("cd")]
    stories = matched(tmp_path, pieces).stories()
    assert stories == [{"edition0", "edition1", "one0", "one1"}, {"edition0", "edition1", "two0", "two1"}]


def test_furniture_leads_to_its_earliest_carrier_and_into_no_story(tmp_path: Path) -> None:
    rng = random.Random(43)
    head, foot, other = ("".join(sentences(rng, 4)) for _ in range(3))
    pieces = [Piece(f"a{n}", head + "".join(sentences(rng, 12)) + foot, "one", n) for n in range(12)]
    pieces += [Piece(f"b{n}", "".join(sentences(rng, 12)) + other, "two", n) for n in range(12)]
    pieces.append(Piece("elsewhere", "".join(sentences(rng, 12)) + foot, "three", 1))
    archive = matched(tmp_path, pieces)
    assert archive.stories() == []
    rows = [row for row in archive.rows["alignments"].values() if row["relation"] == "furniture"]
    pairs = sorted((archive.name_of(row["left_article_id"]), archive.name_of(row["right_article_id"])) for row in rows)
    assert pairs == sorted(
        [*(("a0", f"a{n}") for n in range(1, 12) for _ in range(2)), *(("b0", f"b{n}") for n in range(1, 12))]
    )
    for row in rows:
        for side in ("left", "right"):
            text = archive.text(row[f"{side}_article_id"])[row[f"{side}_start"] : row[f"{side}_end"]]
            assert any(text in each for each in (head, foot, other))
        assert row["similarity"] == 1.0
    # An earlier carrier that arrives late takes its place.
    first = Piece("a-first", head + "".join(sentences(rng, 12)) + foot, "one", -5)
    archive.feed([first])
    assert archive.relations()["a-first", "a0"] == {"furniture"}
    assert ("a0", "a1") not in archive.relations()


@pytest.mark.parametrize("speech_day", [0, 9])
def test_a_speech_is_no_witness_of_its_report_but_is_related_to_it(tmp_path: Path, speech_day: int) -> None:
    rng = random.Random(47)
    said = sentences(rng, 5)
    speech = "".join(sentence + "".join(sentences(rng, 2)) for sentence in said) + "".join(sentences(rng, 4))
    report = "".join(sentences(rng, 9)) + "".join(said) + "".join(sentences(rng, 9))
    pieces = [Piece(f"report{n}", report, f"o{n}", 4 + n) for n in range(3)]
    archive = matched(tmp_path, [*pieces, Piece("speech", speech, "office", speech_day)])
    assert archive.stories() == [{"report0", "report1", "report2"}]
    related = [relations for pair, relations in archive.relations().items() if "speech" in pair]
    assert related == [{"quote"}] * 3
