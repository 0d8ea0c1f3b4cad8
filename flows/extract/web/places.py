"""Where the elements of a page stand, and the XPaths that lead back to them."""

from __future__ import annotations

MAX_PATH = 200
"""Deeper elements are selected by their ancestor at this depth."""


class Places:
    """The elements of a page in document order, as parallel lists, and their XPaths, made when they are asked for.

    `above` holds the number of an element's parent (-1 for the root), `tags` its name, `nodes` its own number among all
    nodes of its parent, from 1, and `depths` the count of elements above it. Elements without children are left out.
    """

    __slots__ = ("_paths", "_positions", "above", "depths", "nodes", "tags")

    def __init__(self) -> None:
        self.above: list[int] = []
        self.tags: list[str] = []
        self.nodes: list[int] = []
        self.depths: list[int] = []
        self._positions: list[int] = []
        self._paths: dict[int, str] = {-1: ""}

    def path(self, element: int) -> str:
        """XPath of an element, or of its ancestor at MAX_PATH."""
        paths, above = self._paths, self.above
        known = paths.get(element)
        if known is not None:
            return known
        if not self._positions:
            self._count()
        chain = [element]
        while (path := paths.get(element := above[element])) is None:
            chain.append(element)
        for step in reversed(chain):
            depth = self.depths[step]
            if depth <= MAX_PATH:
                path += f"/{self.tags[step]}[{self._positions[step]}]" if depth > 1 else f"/{self.tags[step]}"
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

    def _count(self) -> None:
        """Number the elements among their parent's elements of their name, from 1."""
        codes: dict[str, int] = {}
        seen: dict[int, int] = {}
        positions = self._positions
        for parent, tag in zip(self.above, self.tags, strict=True):
            key = parent << 20 | codes.setdefault(tag, len(codes))
            seen[key] = count = seen.get(key, 0) + 1
            positions.append(count)
