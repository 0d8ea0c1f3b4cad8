"""Where the elements of a page stand, and the XPaths that lead back to them."""

from __future__ import annotations

from dataclasses import dataclass, field

MAX_PATH = 200
"""Deeper elements are selected by their ancestor at this depth."""


@dataclass(slots=True)
class Places:
    """The elements of a page in document order, as parallel lists, and their XPaths, made when they are asked for.

    `above` holds the number of an element's parent (-1 for the root), `tags` its name, `nodes` its own number among all
    nodes of its parent and `positions` that among the elements of its name, from 1, and `depths` the count of elements
    above it. Elements that never have children are left out.
    """

    above: list[int] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    nodes: list[int] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    depths: list[int] = field(default_factory=list)
    _paths: dict[int, str] = field(default_factory=lambda: {-1: ""})

    def path(self, element: int) -> str:
        """XPath of an element, or of its ancestor at MAX_PATH."""
        paths, above = self._paths, self.above
        chain = []
        while (path := paths.get(element)) is None:
            chain.append(element)
            element = above[element]
        for step in reversed(chain):
            depth = self.depths[step]
            if depth <= MAX_PATH:
                path += f"/{self.tags[step]}[{self.positions[step]}]" if depth > 1 else f"/{self.tags[step]}"
            paths[step] = path
        return path

    def range(self, first: int, start: int, last: int, end: int) -> str:
        """XPath of the shortest run of sibling nodes from node `start` of one element to node `end` of another."""
        above, nodes = self.above, self.nodes
        while first != last:  # the one that comes later in the document is not above the other
            if first > last:
                start, first = nodes[first], above[first]
            else:
                end, last = nodes[last], above[last]
        if self.depths[first] > MAX_PATH:
            return self.path(first)
        if start == end:
            return f"{self.path(first)}/node()[{start}]"
        return f"{self.path(first)}/node()[position()>={start} and position()<={end}]"
