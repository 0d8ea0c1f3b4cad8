"""Questions: phrases, and what is said of several by AND, OR, NOT and NEAR, taken apart and told as SQL.

    question = choice;  choice = all {OR all};  all = one {[AND] one}
    one = [NOT] (phrase [NEAR[/n] phrase] | ( choice ))

Words that follow one another are a phrase. Operators are in capitals; between quotation marks they are words. A last
word that ends in * may go on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flows.search.scan import Scanned
from flows.search.terms import Term, phrase
from schemas.render.sql import literal
from warehouse.errors import WarehouseError

NEAR = 40
"""Letters between two phrases that are near where nothing else is said: two lines of a column."""
LONGEST = 2_000
"""Characters of the longest question."""
MOST = 64
"""Phrases of the longest question."""


class BadQuestionError(WarehouseError):
    """A question that asks nothing, or is not well formed."""


@dataclass(frozen=True)
class Phrase:
    """Words that follow one another."""

    text: str
    begun: bool = False


@dataclass(frozen=True)
class Near:
    """Two phrases with at most so many folded letters between them, in whatever order."""

    one: Phrase
    other: Phrase
    letters: int = NEAR


@dataclass(frozen=True)
class Some:
    """All of several, or any of them."""

    parts: tuple[Question, ...]
    every: bool


@dataclass(frozen=True)
class Not:
    part: Question


Question = Phrase | Near | Some | Not

_TOKEN = re.compile(r'\s*(?:"([^"]*)"(\*?)|“([^”]*)”(\*?)|([()])|(NEAR/\d{1,6})(?=[\s("“]|$)|([^\s()"“]+))')
_OPERATORS = ("AND", "OR", "NOT", "NEAR")


def parsed(text: str) -> Question:
    """A question from what a person wrote. Raises BadQuestionError, which says what to do."""
    if len(text) > LONGEST:
        raise BadQuestionError(f"The question is longer than {LONGEST} characters; `dibao find` takes whole texts.")
    tokens = _tokens(text)
    reader = _Reader(tokens)
    found = reader.choice()
    if reader.at < len(tokens):
        raise BadQuestionError("A ) has no ( before it; put words with brackets between quotation marks.")
    leaves = phrases(found)
    if len(leaves) > MOST:
        raise BadQuestionError(f"The question has more than {MOST} phrases; ask for fewer at a time.")
    for each in leaves:
        if not Scanned(each.text).folded:
            raise BadQuestionError(f"{each.text.strip() or 'Nothing'!s} has no letter and no number to look for.")
    if not positive(found):
        raise BadQuestionError("A question must ask for something that is there; put a phrase before NOT.")
    return found


def _tokens(text: str) -> list[str | Phrase]:
    out: list[str | Phrase] = []
    at = 0
    while found := _TOKEN.match(text, at):
        at = found.end()
        quoted, star, quoted_so, star_so, bracket, near, word = found.groups()
        if quoted is not None or quoted_so is not None:
            out.append(Phrase(quoted if quoted is not None else quoted_so, bool(star or star_so)))
        elif bracket or near or word in _OPERATORS:
            out.append(bracket or near or word)
        else:
            last = out[-1] if out else None
            begun = len(word) > 1 and word.endswith("*")
            word = word.rstrip("*") if begun else word
            if (
                isinstance(last, Phrase)
                and not last.begun
                and text[found.start() :][:1] not in '"“'
                and not _quoted(last)
            ):
                out[-1] = _Loose(f"{last.text} {word}", begun)
            else:
                out.append(_Loose(word, begun))
    if text[at:].strip():  # a quotation mark without its other
        raise BadQuestionError("A quotation mark is not closed; close it or leave it out.")
    return out


class _Loose(Phrase):
    """Words without quotation marks, which may be joined by more."""


def _quoted(each: Phrase) -> bool:
    return not isinstance(each, _Loose)


class _Reader:
    def __init__(self, tokens: list[str | Phrase]) -> None:
        self._tokens = tokens
        self.at = 0

    def _next(self) -> str | Phrase | None:
        return self._tokens[self.at] if self.at < len(self._tokens) else None

    def choice(self) -> Question:
        parts = [self._every()]
        while self._next() == "OR":
            self.at += 1
            parts.append(self._every())
        return parts[0] if len(parts) == 1 else Some(tuple(parts), False)

    def _every(self) -> Question:
        parts = [self._one()]
        while (each := self._next()) is not None and each not in ("OR", ")"):
            if each == "AND":
                self.at += 1
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else Some(tuple(parts), True)

    def _one(self) -> Question:
        each = self._next()
        self.at += 1
        if each == "NOT":
            return Not(self._one())
        if each == "(":
            found = self.choice()
            if self._next() != ")":
                raise BadQuestionError("A ( is not closed; close it, or put words with brackets in quotation marks.")
            self.at += 1
            return found
        if not isinstance(each, Phrase):
            what = f"beside {each}" if each else "at the end"
            raise BadQuestionError(f"A phrase is missing {what}; put words that are no operators in quotation marks.")
        near = self._next()
        if isinstance(near, str) and near.startswith("NEAR"):
            self.at += 1
            other = self._next()
            if not isinstance(other, Phrase):
                raise BadQuestionError("NEAR stands between two phrases, as in: bridge NEAR/30 opened.")
            self.at += 1
            return Near(each, other, int(near[5:]) if near[4:] else NEAR)
        return each


def phrases(question: Question) -> list[Phrase]:
    """Every phrase of a question, in order."""
    if isinstance(question, Phrase):
        return [question]
    if isinstance(question, Near):
        return [question.one, question.other]
    if isinstance(question, Not):
        return phrases(question.part)
    return [each for part in question.parts for each in phrases(part)]


def positive(question: Question) -> bool:
    """Whether whatever answers a question has something of it."""
    if isinstance(question, Not):
        return False
    if isinstance(question, Some):
        return (any if question.every else all)(map(positive, question.parts))
    return True


def wanted(question: Question, *, barred: bool = False) -> list[Phrase]:
    """The phrases that an answer may have, and that are marked in it."""
    if isinstance(question, Not):
        return wanted(question.part, barred=not barred)
    if isinstance(question, Some):
        return [each for part in question.parts for each in wanted(part, barred=barred)]
    return [] if barred else phrases(question)


def sql(question: Question) -> str:
    """SQL for the articles that answer: `doc`, `places` (how many), `score`."""
    leaves: list[str] = []
    condition = _condition(question, leaves)
    good = [number for number, each in enumerate(_leaves(question)) if each]
    counted = ", ".join(str(number) for number in good) or "-1"
    hits = " UNION ALL ".join(
        f"SELECT {number} AS leaf, doc, start FROM ({each})" for number, each in enumerate(leaves)
    )
    return f"""
        WITH hit AS (
            SELECT leaf, doc, count(*) AS places, count(*) OVER (PARTITION BY leaf) AS docs
            FROM ({hits}) GROUP BY leaf, doc
        ), size AS (SELECT count(*) AS docs, avg(letters) AS letters FROM search_docs)
        SELECT h.doc, sum(h.places) FILTER (h.leaf IN ({counted}))::BIGINT AS places,
            sum(ln(1 + z.docs / h.docs) * h.places / (h.places + 0.3 + 0.9 * d.letters / z.letters))
                FILTER (h.leaf IN ({counted})) AS score
        FROM hit AS h JOIN search_docs AS d USING (doc) CROSS JOIN size AS z
        GROUP BY h.doc HAVING {condition}"""


def _leaves(question: Question, barred: bool = False) -> list[bool]:
    """For each leaf of a question whether it counts for an answer, in the order of `_condition`."""
    if isinstance(question, Not):
        return _leaves(question.part, not barred)
    if isinstance(question, Some):
        return [each for part in question.parts for each in _leaves(part, barred)]
    return [not barred]


def _condition(question: Question, leaves: list[str]) -> str:
    """What must hold of the leaves that an article has; adds the SQL of each leaf to `leaves`."""
    if isinstance(question, Not):
        return f"NOT {_condition(question.part, leaves)}"
    if isinstance(question, Some):
        told = [_condition(part, leaves) for part in question.parts]
        return "(" + (" AND " if question.every else " OR ").join(told) + ")"
    leaves.append(_near(question) if isinstance(question, Near) else _met(question))
    return f"bool_or(h.leaf = {len(leaves) - 1})"


def _near(question: Near) -> str:
    lengths = [len(Scanned(each.text).folded) for each in (question.one, question.other)]
    return (
        f"SELECT DISTINCT a.doc, a.start FROM ({_met(question.one)}) AS a JOIN ({_met(question.other)}) AS b "
        f"ON a.doc = b.doc AND CASE WHEN a.start <= b.start THEN b.start - a.start - {lengths[0]} "
        f"ELSE a.start - b.start - {lengths[1]} END BETWEEN 0 AND {question.letters}"
    )


def _met(asked: Phrase) -> str:
    """SQL for where a phrase is met: `doc`, `start`."""
    terms = phrase(asked.text, begun=asked.begun)
    parts = []
    exact = [each for each in terms if not each.open]
    if exact:
        values = ", ".join(f"({literal(each.text)}, {each.at}::INTEGER)" for each in exact)
        listed = ", ".join(sorted({literal(each.text) for each in exact}))
        parts.append(
            "SELECT p.doc, p.pos - v.place AS start FROM search_postings AS p "
            f"JOIN (VALUES {values}) AS v(term, place) USING (term) WHERE p.term IN ({listed})"
        )
    parts += [_begun(each) for each in terms if each.open]
    if len(terms) == 1:
        return parts[0]
    return f"SELECT doc, start FROM ({' UNION ALL '.join(parts)}) GROUP BY doc, start HAVING count(*) = {len(terms)}"


def _begun(term: Term) -> str:
    """SQL for where terms are met that begin so."""
    last = ord(term.text[-1]) + 1
    after = term.text[:-1] + chr(0xE000 if 0xD800 <= last < 0xE000 else last)  # surrogates are no letters
    return (
        f"SELECT doc, pos - {term.at}::INTEGER AS start FROM search_postings "
        f"WHERE term >= {literal(term.text)} AND term < {literal(after)}"
    )
