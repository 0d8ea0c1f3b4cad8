"""Count which Chinese letters follow each other: the table that tells whether a line goes on in another.

    python -m tests.makers.make_letters FOLDER... > flows/segment/letters.txt

Reads the paragraphs of all markdown and text files below the folders. Writes one row per letter: its share among all
letters, its share among the first letters of paragraphs, the letters that follow it, and those that follow it there;
shares are in half bits (-2 log2 p, rounded), followers are grouped by them. Rare letters and pairs are left out.
"""

from __future__ import annotations

import math
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from flows.segment.letters import folded

_MARKUP = re.compile(r"</?(?:p|br|div|li|h\d)[^>]*>")
_TAGS = re.compile(r"<[^>]+>|!?\[([^\]]*)\]\([^)]*\)")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_PARAGRAPH_END = re.compile(r"[。！？”]$")
_LETTERS_FROM, _PAIRS_FROM, _STARTS_FROM = 20, 20, 5


def paragraphs(folders: list[Path]) -> Iterator[str]:
    """Every different paragraph with at least twenty Han letters that ends like a sentence."""
    seen: set[str] = set()
    for path in sorted(p for folder in folders for p in folder.rglob("*") if p.suffix in (".md", ".txt")):
        text = path.read_text(encoding="utf-8", errors="ignore")
        text = text.split("\n---", 1)[-1] if text.startswith("---") else text
        for line in _TAGS.sub(r"\1", _MARKUP.sub("\n", text)).split("\n"):
            line = line.strip().strip("#*> \u3000")
            if line not in seen and len(_HAN.findall(line)) >= 20 and _PARAGRAPH_END.search(line):
                seen.add(line)
                yield folded(line)


def half_bits(share: float) -> int:
    return round(-2 * math.log2(share))


def grouped(shares: dict[str, float]) -> str:
    """Letters by their share in half bits, the commonest first."""
    groups: dict[int, list[str]] = defaultdict(list)
    for letter, share in sorted(shares.items()):
        groups[half_bits(share)].append(letter)
    return " ".join(f"{bits}{''.join(letters)}" for bits, letters in sorted(groups.items()))


def main() -> None:
    """Write the table to standard output."""
    letters: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    starts: Counter[str] = Counter()
    starting: Counter[str] = Counter()
    for paragraph in paragraphs([Path(folder) for folder in sys.argv[1:]]):
        letters.update(paragraph)
        pairs.update(a + b for a, b in pairwise(paragraph))
        starts[paragraph[0]] += 1
        starting[paragraph[:2]] += 1
    total, begun = letters.total(), starts.total()
    print(f"# letters {total}, paragraphs {begun}; columns: letter, share, at starts, followers, followers at starts")
    usable = {c for c, n in letters.items() if n >= _LETTERS_FROM and not c.isspace() and not c.isascii()} | set(
        "#，.%(-"
    )
    for letter in sorted(usable & set(letters), key=lambda c: (-letters[c], c)):
        after = {
            p[1]: n / letters[letter]
            for p, n in pairs.items()
            if p[0] == letter and n >= _PAIRS_FROM and p[1] in usable
        }
        first = {
            p[1]: n / starts[letter]
            for p, n in starting.items()
            if p[0] == letter and n >= _STARTS_FROM and p[1] in usable
        }
        share = half_bits(starts[letter] / begun) if starts[letter] else ""
        print(letter, half_bits(letters[letter] / total), share, grouped(after), grouped(first), sep="\t")


if __name__ == "__main__":
    main()
