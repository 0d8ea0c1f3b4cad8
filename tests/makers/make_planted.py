"""Write a corpus of invented newspapers in English or Russian in which every shared passage is known.

    python -m tests.makers.make_planted OUT [--language en] [--files 3000] [--seed 1]

OUT/in/<outlet>/<yyyymmdd>-<number>.txt are the texts to take in, OUT/truth.jsonl says of each file which sentences of
which story stand where in it (`spans`: story, sentence, start, end in code points), whether it is a bulletin of a form
(`template`) and what it prints twice (`copies`). No sentence shares six words in a row with another, so files share
what was planted in them and nothing else. The same arguments give the same bytes.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.makers.planted_words import LEXICONS, Lexicon

OUTLETS = 40
"""Papers at most; each has sixty files or more."""
RUN = 6
"""Words in a row that no two sentences share."""
FIRST_DAY = date(1924, 1, 1)
STRAIGHT = str.maketrans({"“": '"', "”": '"', "’": "'", "—": "-", "«": '"', "»": '"', "…": "..."})
OLD_TYPE = (("ffi", "ﬃ"), ("fi", "ﬁ"), ("fl", "ﬂ"), ("ст", "ст"), ("ё", "е"), ("s", "ſ"))
"""Letters as old type prints them: ligatures, the long s, a Russian letter without its dots."""

Said = tuple[str, str | None, int]
"""A sentence as it is printed, the story that it is of and its number there; no story where it is nobody else's."""


@dataclass
class File:
    """A file to be: where and when it ran, its text and what is known of it."""

    outlet: int
    day: date
    kind: str
    style: dict[str, Any]
    text: str = ""
    spans: list[tuple[str, int, int, int]] = field(default_factory=list)
    template: str | None = None
    copies: list[tuple[int, int, int, int]] = field(default_factory=list)


class Sentences:
    """A spring of sentences that do not meet."""

    def __init__(self, lexicon: Lexicon, rng: random.Random) -> None:
        self._lexicon, self._rng = lexicon, rng
        self._seen: set[str] = set()

    def one(self) -> str:
        while True:
            text = self._lexicon.filled(self._rng.choice(self._lexicon.forms), self._rng)
            words = text.lower().split()
            runs = {" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}
            if self._seen.isdisjoint(runs):
                self._seen |= runs
                return text[0].upper() + text[1:]

    def some(self, least: int, most: int) -> list[Said]:
        return [(self.one(), None, 0) for _ in range(self._rng.randint(least, most))]


class Corpus:
    """Files under way."""

    def __init__(self, language: str, files: int, seed: int) -> None:
        self.rng = random.Random(f"planted {language} {seed}")
        self.lexicon = LEXICONS[language]
        self.letters = sorted({char for form in self.lexicon.forms for char in form.lower() if char.isalpha()})
        self.spring = Sentences(self.lexicon, self.rng)
        self.files: list[File] = []
        self.wanted = files
        rng = self.rng
        self.outlets = max(3, min(OUTLETS, files // 60))
        self.heads, self.feet = [], []
        for _ in range(self.outlets):
            place = self.lexicon.place(rng)
            self.heads.append(f"{place} {self.spring.one().rstrip('.').upper()[:48]}")
            self.feet.append(f"{place}: {self.spring.one()} {self.spring.one()} Tel. {rng.randint(10000, 99999)}.")
        self.stories = [
            [self.spring.one() for _ in range(rng.randint(8, 30))] for _ in range(max(10, round(files / 14)))
        ]
        self.born = [FIRST_DAY + timedelta(days=rng.randrange(1500)) for _ in self.stories]

    def misread(self, text: str, rate: float) -> str:
        """Letters read wrongly, doubled or lost, as by OCR."""
        out = []
        for char in text:
            draw = self.rng.random() if char.isalnum() else 1.0
            if draw >= rate:
                out.append(char)
            elif draw < 0.6 * rate:
                out.append(self.rng.choice(self.letters))
            elif draw < 0.8 * rate:
                out += [char, self.rng.choice(self.letters)]
        return "".join(out)

    def edited(self, text: str, rate: float) -> str:
        """Words put in, left out or replaced."""
        out = []
        for word in text.split(" "):
            draw = self.rng.random()
            if draw >= rate:
                out.append(word)
            elif draw < 0.5 * rate:
                out += [self.rng.choice(self.lexicon.small), word]
            elif draw < 0.75 * rate:
                out.append(self.rng.choice(self.lexicon.words["noun"]))
        return " ".join(out)

    def told(self, story: int, numbers: range, edits: float, errors: float = 0.0, lost: float = 0.03) -> list[Said]:
        """Sentences of a story as somebody prints them."""
        return [
            (self.misread(self.edited(self.stories[story][n], edits), errors), f"s{story:04d}", n)
            for n in numbers
            if self.rng.random() >= lost
        ]

    def printed(
        self, parts: list[list[Said]], kind: str, day: date, outlet: int | None = None, plain: bool = False
    ) -> File:
        """Set a file in type."""
        rng = self.rng
        outlet = rng.randrange(self.outlets) if outlet is None else outlet
        style = {
            "half": rng.random() < 0.4,
            "trad": rng.random() < 0.1 and not plain,
            "wrap": 0 if plain else rng.choice([0, 0, 0, 0, 0, 34, 52]),
            "furniture": rng.random() < 0.6,
        }
        file = File(outlet, day, kind, style)
        text = f"{self.heads[outlet]} No. {rng.randint(1, 999)}\n\n" if style["furniture"] else ""
        column = 0
        for number, part in enumerate(parts):
            if number and rng.random() < 0.7:
                text, column = text.rstrip() + "\n\n", 0
            for said, story, place in part:
                said, column = self._set(said, style, column)
                if story is not None:
                    file.spans.append((story, place, len(text), len(text) + len(said)))
                text += said
                if style["wrap"] or rng.random() >= 0.2:
                    text, column = text + " ", column + 1
                else:
                    text, column = text + "\n", 0
        file.text = text.rstrip() + (f"\n\n{self.feet[outlet]}" if style["furniture"] else "") + "\n"
        self.files.append(file)
        return file

    def _set(self, said: str, style: dict[str, Any], column: int) -> tuple[str, int]:
        """A sentence in the type of its paper, from a column on; and the column after it."""
        if style["half"]:
            said = said.translate(STRAIGHT)
        if style["trad"]:
            for plain, old in OLD_TYPE:
                said = said.replace(plain, old)
        if not style["wrap"]:
            return said, 0
        out = ""
        for word in said.split(" "):
            if column and column + len(word) > style["wrap"]:
                out, column = out.rstrip(" ") + "\n", 0
            out, column = out + word + " ", column + len(word) + 1
        return out.rstrip(" "), column - 1

    def carried(self, story: int) -> None:
        """One file that carries a story, in one of the ways in which papers do."""
        rng = self.rng
        size = len(self.stories[story])
        draw, edits = rng.random(), rng.choice([0, 0.01, 0.02, 0.04])
        day = self.born[story] + timedelta(days=rng.choice([0, 0, 1, 1, 2, 3, 5, rng.randrange(400)]))
        whole = range(size)
        if draw < 0.33:
            self.printed([self.told(story, whole, edits)], "full", day)
        elif draw < 0.52:
            length = max(4, int(size * rng.uniform(0.25, 0.7)))
            start = rng.randint(0, max(0, size - length))
            self.printed([self.told(story, whole[start : start + length], edits)], "abridged", day)
        elif draw < 0.72:
            parts = [self.spring.some(3, 9), self.told(story, whole, edits), self.spring.some(3, 8)]
            other = rng.randrange(len(self.stories))
            if rng.random() < 0.5 and other != story:
                there = len(self.stories[other])
                parts.append(self.told(other, range(rng.randint(0, there // 2), there), edits))
                day = max(day, self.born[other])
            self.printed(parts, "page", day)
        elif draw < 0.82:
            self.printed([self.told(story, whole, 0, rng.choice([0.05, 0.08]))], "ocr", day)
        elif draw < 0.89:
            half = size // 2
            parts = [
                self.told(story, whole[:half], edits),
                self.spring.some(3, 7),
                self.told(story, whole[half:], edits),
            ]
            self.printed(parts, "split", day)
        elif draw < 0.93:
            self._twice(story, edits, day)
        else:
            start = rng.randint(0, size - 3)
            parts = [self.spring.some(4, 8), self.told(story, whole[start : start + rng.randint(2, 3)], edits, 0, 0)]
            self.printed([*parts, self.spring.some(3, 8)], "quote", day)

    def _twice(self, story: int, edits: float, day: date) -> None:
        """A file that prints the end of a story twice."""
        size = len(self.stories[story])
        length = max(2, min(6, size // 3))
        tail = self.told(story, range(size - length, size), edits, 0, 0)
        parts = [self.told(story, range(size - length), edits), tail, self.spring.some(2, 5), tail]
        file = self.printed(parts, "selfcopy", day)
        spans = [span for span in file.spans if span[1] >= size - length]
        first, second = spans[:length], spans[length:]
        file.copies = [(first[0][2], first[-1][3], second[0][2], second[-1][3])]

    def bulletins(self, count: int) -> None:
        """Issues of forms in one outlet each; one in eight runs elsewhere too."""
        rng, lexicon = self.rng, self.lexicon
        made = issue = 0
        while made < count:
            form, outlet = rng.choice(sorted(lexicon.bulletins)), rng.randrange(self.outlets)
            day = FIRST_DAY + timedelta(days=rng.randrange(1200))
            for _ in range(min(count - made, rng.randint(6, 24))):
                day += timedelta(days=rng.randint(1, 9))
                kept = {"date": lexicon.date(day.day, day.month)}
                lines: list[Said] = [
                    (lexicon.filled(line, rng, kept), f"b{issue:05d}", number)
                    for number, line in enumerate(lexicon.bulletins[form])
                ]
                issue += 1
                places = [(outlet, day)]
                if rng.random() < 0.125:
                    places.append(
                        ((outlet + rng.randint(1, self.outlets - 1)) % self.outlets, day + timedelta(rng.randint(0, 2)))
                    )
                for where, when in places:
                    self.printed([lines], "bulletin", when, where, plain=True).template = form
                    made += 1

    def fill(self) -> None:
        """All files, in an order of chance."""
        rng, wanted = self.rng, self.wanted
        sizes = [max(6, round(wanted * share)) for share in (0.02, 0.0075, 0.004)]
        sizes += [rng.choice([2, 2, 2, 3, 3, 4, 5, 6, 8, 12, 20, 30]) for _ in self.stories[len(sizes) :]]
        jobs = [story for story, size in enumerate(sizes) for _ in range(size)][: round(wanted * 0.6)]
        rng.shuffle(jobs)
        for story in jobs:
            self.carried(story)
        self.bulletins(round(wanted * 0.08))
        while len(self.files) < wanted:
            day = FIRST_DAY + timedelta(days=rng.randrange(1500))
            self.printed([self.spring.some(5, 22)], "lone", day)
        rng.shuffle(self.files)

    def write(self, out: Path) -> None:
        shutil.rmtree(out / "in", ignore_errors=True)
        rows = []
        for number, file in enumerate(self.files):
            path = f"paper{file.outlet:02d}/{file.day:%Y%m%d}-{number:06d}.txt"
            target = out / "in" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.text.encode())
            row: dict[str, Any] = {"path": path, "outlet": f"paper{file.outlet:02d}", "date": f"{file.day:%Y-%m-%d}"}
            row |= {"encoding": "utf-8", "kind": file.kind, "style": file.style, "template": file.template}
            rows.append(json.dumps(row | {"copies": file.copies, "spans": file.spans}, ensure_ascii=False))
        (out / "truth.jsonl").write_text("\n".join(rows) + "\n", "utf-8")


def planted(out: Path, language: str, files: int, seed: int) -> Corpus:
    """Write a corpus to a folder, whose `in` is replaced."""
    corpus = Corpus(language, files, seed)
    corpus.fill()
    corpus.write(out)
    return corpus


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("out", type=Path)
    cli.add_argument("--language", choices=sorted(LEXICONS), default="en")
    cli.add_argument("--files", type=int, default=3000)
    cli.add_argument("--seed", type=int, default=1)
    args = cli.parse_args()
    corpus = planted(args.out, args.language, args.files, args.seed)
    print(
        f"{len(corpus.files)} files, {len(corpus.stories)} stories, {sum(len(f.text) for f in corpus.files)} characters"
    )


if __name__ == "__main__":
    main()
