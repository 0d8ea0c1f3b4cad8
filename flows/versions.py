"""Versions of the stages, each raised here and nowhere else.

A stage takes what it has not yet done at its present version: raising a reader, the segmenter or the cleaner reads the
payloads in question anew, raising the matcher matches everything anew, raising the restorer restores everything anew.
Rows that come out the same stay, with their ids. The code that does the work writes the version into what it makes:
`documents` name those that made them, `stages` those that made everything.

A version is raised whenever a stage's output may change. `tests/flows/test_versions.py` notices where it was forgotten.
"""

from __future__ import annotations

DIBAO = "0.1.0"
"""Version of the distribution."""

READERS: dict[str, str] = {
    "text": "5",
    "markdown": "5",
    "html": "9",
    "record": "5",
    "mail": "1",
    "mhtml": "1",
    "subtitles": "1",
    "rtf": "1",
    "docx": "1",
    "odt": "1",
    "epub": "1",
    "xml": "1",
    "hocr": "1",
    "pdf": "1-pdfium-5.15.2",
    "container": "1",
}
"""Version of each extractor."""

SEGMENT = "7"
CLEAN = "5"
MATCH = "11"
RESTORE = "5"
SEARCH = "1"
"""Version of the index of words, which is no table: it stands in the names of its segments."""


def present() -> dict[str, tuple[str, str]]:
    """Kind and version of every stage, by name."""
    return {name: ("reader", version) for name, version in sorted(READERS.items())} | {
        "segment": ("segmenter", SEGMENT),
        "clean": ("cleaner", CLEAN),
        "match": ("matcher", MATCH),
        "restore": ("restorer", RESTORE),
    }
