"""A story for other programs: a critical apparatus in TEI, and its witnesses as a graph in GraphML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from typing import Any

from lxml import etree

from flows.report.visible import visible
from flows.room.collation import Witness

_TEI = "http://www.tei-c.org/ns/1.0"
_GRAPHML = "http://graphml.graphdrawing.org/xmlns"
_XML = "{http://www.w3.org/XML/1998/namespace}"


def _fit(text: Any) -> str:
    """Text that XML can hold."""
    return visible(str(text)).replace("\ufffe", "").replace("\uffff", "")


def tei(story_id: str, leader: dict[str, Any], others: Sequence[Witness]) -> bytes:
    """The story as TEI with parallel segmentation: the leader's text, and `app` with `rdg` where any witness differs.

    Source: TEI Guidelines P5, chapter 12. Readings of what agrees but for punctuation are kept.
    """
    root = etree.Element(f"{{{_TEI}}}TEI", nsmap={None: _TEI})  # type: ignore[dict-item]
    header = etree.SubElement(root, f"{{{_TEI}}}teiHeader")
    file = _element(header, "fileDesc")
    _element(_element(file, "titleStmt"), "title", leader["headline"] or story_id)
    _element(_element(file, "publicationStmt"), "p", f"Dibao, story {story_id}")
    listed = _element(_element(file, "sourceDesc"), "listWit")
    names = [f"w{number}" for number in range(len(others) + 1)]
    for name, told in zip(names, [leader, *(each.told for each in others)], strict=True):
        facts = f"{', '.join(told['outlets'])}, {told['printed'] or 'undated'}, article {told['article_id']}"
        _element(listed, "witness", facts).set(f"{_XML}id", name)
    encoding = _element(header, "encodingDesc")
    _element(encoding, "variantEncoding").attrib.update({"method": "parallel-segmentation", "location": "internal"})
    place = _element(_element(_element(root, "text"), "body"), "p")
    text = str(leader["article"])
    at = int(leader["span_start"])
    last: Any = None

    def write(said: str) -> None:
        said = _fit(said)
        if last is None:
            place.text = (place.text or "") + said
        else:
            last.tail = (last.tail or "") + said

    for first, stop in _differing(leader, others):
        write(text[at:first])
        app = _element(place, "app")
        lemma = text[first:stop]
        readings: dict[str, list[str]] = {lemma: [names[0]]}
        for name, each in zip(names[1:], others, strict=True):
            readings.setdefault(each.reading(first, stop), []).append(name)
        for number, (reading, whose) in enumerate(readings.items()):
            _element(app, "rdg" if number else "lem", reading).set("wit", " ".join(f"#{name}" for name in whose))
        last = app
        at = stop
    write(text[at : int(leader["span_end"])])
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=False))


def _element(above: Any, name: str, text: str | None = None) -> Any:
    found = etree.SubElement(above, f"{{{_TEI}}}{name}")
    if text:
        found.text = _fit(text)
    return found


def _differing(leader: dict[str, Any], others: Sequence[Witness]) -> list[tuple[int, int]]:
    """Stretches of the leader's span in which any witness differs; those that meet are one."""
    start, stop = int(leader["span_start"]), int(leader["span_end"])
    out: list[tuple[int, int]] = []
    spans = {(v["leader_start"], v["leader_end"]) for each in others for v in each.variants}
    for first, last in sorted((max(start, a), min(stop, b)) for a, b in spans if a <= stop and b >= start):
        if out and (first < out[-1][1] or first == out[-1][0]):
            out[-1] = (out[-1][0], max(out[-1][1], last))
        else:
            out.append((first, last))
    return out


def shared(others: Sequence[Witness]) -> list[tuple[int, int, int]]:
    """Pairs of witnesses and how many readings against their leader both have, that change what is said.

    What all have, or more than COMMON of them, tells nothing of who took from whom.
    """
    carriers: dict[tuple[int, int, str], list[int]] = {}
    for number, each in enumerate(others):
        for reading in {
            (v["leader_start"], v["leader_end"], v["text"]) for v in each.variants if v["class"] not in _FORM
        }:
            carriers.setdefault(reading, []).append(number)
    found: Counter[tuple[int, int]] = Counter()
    for who in carriers.values():
        if 2 <= len(who) <= COMMON and (len(who) < len(others) or len(others) == 2):
            found.update(combinations(who, 2))
    return [(one, other, count) for (one, other), count in sorted(found.items())]


COMMON = 50
"""Witnesses that may share a reading that still tells something; more of them have it from the leader's own source."""
_FORM = ("punctuation", "orthography")


def graphml(leader: dict[str, Any], others: Sequence[Witness]) -> bytes:
    """The witnesses as nodes; edges from the leader, and between those that share readings against it."""
    root = etree.Element(f"{{{_GRAPHML}}}graphml", nsmap={None: _GRAPHML})  # type: ignore[dict-item]
    keys = {
        "outlet": ("node", "string"),
        "date": ("node", "string"),
        "headline": ("node", "string"),
        "article": ("node", "string"),
        "coverage": ("edge", "double"),
        "shared": ("edge", "int"),
    }
    for name, (what, kind) in keys.items():
        etree.SubElement(root, f"{{{_GRAPHML}}}key").attrib.update(
            {"id": name, "for": what, "attr.name": name, "attr.type": kind}
        )
    graph = etree.SubElement(root, f"{{{_GRAPHML}}}graph")
    graph.set("edgedefault", "directed")

    def data(above: Any, name: str, value: Any) -> None:
        if value not in (None, ""):
            found = etree.SubElement(above, f"{{{_GRAPHML}}}data")
            found.set("key", name)
            found.text = _fit(value)

    for number, told in enumerate([leader, *(each.told for each in others)]):
        node = etree.SubElement(graph, f"{{{_GRAPHML}}}node")
        node.set("id", f"w{number}")
        data(node, "outlet", ", ".join(told["outlets"]))
        data(node, "date", told["printed"])
        data(node, "headline", told["headline"])
        data(node, "article", told["article_id"])

    def edge(one: int, other: int, name: str, value: Any) -> None:
        found = etree.SubElement(graph, f"{{{_GRAPHML}}}edge")
        found.attrib.update({"source": f"w{one}", "target": f"w{other}"})
        data(found, name, value)

    for number, each in enumerate(others, 1):
        edge(0, number, "coverage", each.told["coverage"])
    for one, other, count in shared(others):
        edge(one + 1, other + 1, "shared", count)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))
