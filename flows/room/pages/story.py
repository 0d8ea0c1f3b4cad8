"""Story: how it spread, what each witness has of it, where they differ, and witnesses side by side."""

from __future__ import annotations

from typing import Any

from flows.report import stories
from flows.room import exports
from flows.room.collation import Witness, gaps, rows
from flows.room.desk import Desk
from flows.room.shown import Asked, File, Shown

CLASSES = ("number", "name", "wording", "orthography", "punctuation")
MOST_VARIANTS = 500
MOST_WITNESSES = 1000
BESIDE = 3
"""Witnesses that stand beside the leader where none are chosen."""
MOST_BESIDE = 6


def listing(desk: Desk, asked: Asked) -> Shown:
    """The stories that most outlets carried."""
    since, until, outlet = asked.day("since"), asked.day("until"), asked.one("outlet")
    with desk.reading() as con:
        found = stories.listed(con, since, until, outlet, asked.one("text"), 200)
    return Shown(
        "stories",
        "",
        {"found": found, "since": since, "until": until, "outlet": outlet, "text": asked.one("text")},
        "FROM story_list ORDER BY outlets DESC, articles DESC, story_id",
        found,
        name="stories",
    )


def _told(desk: Desk, asked: Asked) -> tuple[str, dict[str, Any], list[Witness]]:
    """A story: its id, the leader and the other witnesses."""
    with desk.reading() as con:
        story_id = stories.resolved(con, asked.path["id"])
        found = stories.story(con, story_id)
    leader, *others = found["witnesses"]
    return story_id, leader, [Witness(each, leader) for each in others[:MOST_WITNESSES]]


def page(desk: Desk, asked: Asked) -> Shown:
    story_id, leader, others = _told(desk, asked)
    chosen = [each for each in asked.all("class") if each in CLASSES] or list(CLASSES[:3])
    variants = [
        {
            "outlets": each.told["outlets"],
            "printed": each.told["printed"],
            "article_id": each.told["article_id"],
            **{name: v[name] for name in ("class", "kind", "leader_text", "text", "leader_start")},
        }
        for each in others
        for v in each.variants
    ]
    counts = {name: sum(each["class"] == name for each in variants) for name in CLASSES}
    variants.sort(key=lambda each: (each["leader_start"], each["article_id"]))
    shown = [each for each in variants if each["class"] in chosen]
    witnesses = [
        {
            name: told[name]
            for name in (
                "article_id",
                "outlets",
                "printed",
                "published_on",
                "published_at",
                "headline",
                "chars",
                "leader",
                "coverage",
                "text_coverage",
                "span_start",
                "span_end",
            )
        }
        for told in [leader, *(each.told for each in others)]
    ]
    return Shown(
        "story",
        leader["headline"] or leader["text"][:40],
        {
            "story_id": story_id,
            "leader": leader,
            "others": others,
            "witnesses": witnesses,
            "bars": [(each.told, gaps(each, leader)) for each in others],
            "classes": CLASSES,
            "chosen": chosen,
            "counts": counts,
            "variants": _grouped(shown)[:MOST_VARIANTS],
            "left": max(0, len(_grouped(shown)) - MOST_VARIANTS),
            "shared": sorted(exports.shared(others), key=lambda each: -each[2])[:20],
        },
        f"FROM variants_of('{story_id}')",
        variants,
        {"story_id": story_id, "witnesses": witnesses, "variants": variants},
        f"story-{story_id[:12]}",
    )


def _grouped(variants: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Equal readings in one row, with who has them."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for each in variants:
        key = (each["leader_start"], each["leader_text"], each["text"], each["class"])
        row = found.setdefault(key, {name: each[name] for name in ("class", "leader_text", "text")} | {"whose": []})
        row["whose"].append((", ".join(each["outlets"]) or "—", each["article_id"]))
    return list(found.values())


def collation(desk: Desk, asked: Asked) -> Shown:
    """The leader and some witnesses side by side, sentence by sentence."""
    story_id, leader, others = _told(desk, asked)
    wanted = asked.all("with")[:MOST_BESIDE]
    beside = [each for each in others if each.told["article_id"] in wanted] if wanted else others[:BESIDE]
    beside = beside[:MOST_BESIDE]
    lines = rows(leader, beside)
    told = [
        {"leader": "".join(run.text for run in mine)}
        | {f"witness_{number}": "".join(run.text for run in runs) for number, runs in enumerate(theirs, 1)}
        for mine, theirs in lines
    ]
    return Shown(
        "collation",
        leader["headline"] or "",
        {"story_id": story_id, "leader": leader, "others": others, "beside": beside, "lines": lines},
        f"FROM variants_of('{story_id}')",
        told,
        name=f"collation-{story_id[:12]}",
    )


def tei_file(desk: Desk, asked: Asked) -> File:
    story_id, leader, others = _told(desk, asked)
    return _file(exports.tei(story_id, leader, others), "application/tei+xml", f"story-{story_id[:12]}.tei.xml")


def graph_file(desk: Desk, asked: Asked) -> File:
    story_id, leader, others = _told(desk, asked)
    return _file(exports.graphml(leader, others), "application/graphml+xml", f"story-{story_id[:12]}.graphml")


def _file(data: bytes, kind: str, name: str) -> File:
    return File(
        data, kind, {"content-disposition": f'attachment; filename="{name}"', "content-security-policy": "sandbox"}
    )
