"""Reading XML that a stranger wrote."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from lxml import etree

from flows.fetch.errors import FetchError

_ENTITY = re.compile(rb"<\x00?!\x00?E\x00?N\x00?T\x00?I\x00?T\x00?Y", re.IGNORECASE)


def refuse_entities(data: bytes) -> None:
    """FetchError `xml-entities` where a document declares entities, in whatever width its characters are written."""
    if _ENTITY.search(data):
        raise FetchError("xml-entities", "The XML declares entities, which can make it swell or reach elsewhere.")


def elements(data: bytes, *names: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Each element of those local names, in order, with the stripped text of its children by their local names.

    A document that breaks off yields what comes before. Raises FetchError `xml-entities`, or `xml` where it is no XML
    from the start on.
    """
    refuse_entities(data)
    # The document is read as it comes, so that a long one takes little room.
    events = etree.iterparse(
        io.BytesIO(data), events=("end",), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    seen = False
    try:
        for _, element in events:
            seen = True
            if isinstance(element.tag, str) and local(element.tag) in names:
                inner: dict[str, str] = {}
                for child in element.iter():
                    if isinstance(child.tag, str) and child is not element:
                        inner.setdefault(local(child.tag), (child.text or "").strip())
                yield local(element.tag), inner
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        if not seen:
            raise FetchError("xml", f"This is not XML: {str(error).splitlines()[0] if str(error) else ''}") from error


def local(tag: str) -> str:
    """A tag's name without its namespace."""
    return tag.rpartition("}")[2]
