"""A floor under the reading of hard-to-tell encodings, on the development gold; to be raised, never lowered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flows.extract.charset import decode, looks_binary
from tests.gate.kit import folder_sha256, scorer

GOLD = "de3ee7c496158b889b8186610499562489b4d163d0e0f2ef85893614f71a21b2"
TEXT_FLOOR = 1.0
CHARSET_FLOOR = 1.0


@pytest.mark.corpus
def test_encodings(shared: Path) -> None:
    folder = shared / "gold" / "encodings"
    assert folder_sha256(folder) == GOLD
    kit = scorer(shared, "score_encodings")
    entries = json.loads((folder / "index.json").read_text(encoding="utf-8"))["files"]
    texts = charsets = 0
    for entry in entries:
        body = (folder / entry["file"]).read_bytes()
        markup = entry["file"].endswith(".html")
        decoded = decode(body, markup=markup)
        found = "\n".join(kit.html.unescape(p) for p in kit.re.findall(r"<p>(.*?)</p>", decoded.text, kit.re.S))
        recall = kit.overlap(kit.grams(found if markup else decoded.text), kit.grams(kit.true_text(body, entry)))[1]
        texts += recall >= kit.ENOUGH
        charsets += kit.same_family(decoded.charset_used, entry["charset"])
        assert not looks_binary(body), entry["file"]
    assert texts / len(entries) >= TEXT_FLOOR
    assert charsets / len(entries) >= CHARSET_FLOOR
