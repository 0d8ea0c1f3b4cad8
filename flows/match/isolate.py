"""One fault never stops the rest: what an exception concerns is set apart and told, and everything else goes on.

Pairs, witnesses, texts and outlets are worked on in blocks, as arrays. Where a block raises, it is halved down to the
one that does; what comes out for each hangs on nothing but itself, so the others come out as if it had not been there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pyarrow as pa

from flows.faults import sentence, told
from schemas.ids import content_id
from schemas.tables.rejects import REJECTS

Result = TypeVar("Result")
Culprit = Callable[[int, Exception], None]
"""Told of the place of a thing that raised, and what."""

PAIR, COMPARISON, OUTLET, ARTICLE = "pair", "comparison", "outlet", "article"
"""What a fault may concern."""

_WORDS = {
    PAIR: "Two articles could not be aligned with one another",
    COMPARISON: "A witness could not be compared with the leader of its story",
    OUTLET: "What an outlet prints again and again could not be told from its news",
    ARTICLE: "An article could not be matched and is left out of matching",
}
_ATTEMPTS = 64
"""Attempts at finding what a whole run fails on; what is not cleared of it by then is left out."""


@dataclass(frozen=True, order=True)
class Fault:
    """What could not be done. `place` says of a witness where it stands (letters of its article)."""

    what: str
    articles: tuple[str, ...]
    message: str
    traceback: str
    outlet: str = ""
    place: tuple[int, ...] = ()

    def row(self) -> dict[str, Any]:
        """A row of `rejects`."""
        of = f" (outlet {self.outlet})" if self.outlet else ""
        message = f"{_WORDS[self.what]}{of}: {self.message}"
        return {
            "reject_id": content_id("match", self.what, *self.articles, *map(str, self.place), message),
            "source_id": "",
            "stage": "match",
            "error": "crash",
            "message": message,
            "traceback": self.traceback,
            "article_ids": list(self.articles),
        }


def fault(
    error: BaseException, what: str, articles: Sequence[str], outlet: str = "", place: Sequence[int] = ()
) -> Fault:
    """An exception as a fault of some articles."""
    return Fault(what, tuple(articles), sentence(error), told(error), outlet, tuple(place))


def as_fault(told: dict[str, Any]) -> Fault:
    """A fault from what JSON made of one."""
    return Fault(**{**told, "articles": tuple(told["articles"]), "place": tuple(told["place"])})


def as_rows(faults: Sequence[Fault]) -> pa.Table:
    """Faults as rows of `rejects`, each once, in order."""
    rows = {row["reject_id"]: row for row in (each.row() for each in sorted(faults))}
    return REJECTS.rows(list(rows.values()))


@dataclass
class Faults:
    """The faults of one run, collected as they come."""

    found: list[Fault] = field(default_factory=list)

    def add(self, error: BaseException, what: str, articles: Sequence[str], **more: Any) -> None:
        self.found.append(fault(error, what, articles, **more))


def halved(work: Callable[[int, int], Result], start: int, stop: int, culprit: Culprit) -> Iterator[Result]:
    """What `work` makes of things from `start` to before `stop`: of all at once, or of the parts that do not raise.

    `culprit` is called with each thing that raises by itself. A file that cannot be read or written is no thing's
    fault, and OSError goes on to the caller.
    """
    if start == stop:
        return
    try:
        result = work(start, stop)
    except OSError:
        raise
    except Exception as error:
        if stop - start <= 1:
            culprit(start, error)
            return
    else:
        yield result
        return
    middle = (start + stop) // 2
    yield from halved(work, start, middle, culprit)
    yield from halved(work, middle, stop, culprit)


def cleared(work: Callable[[frozenset[str]], object], names: Sequence[str], first: Exception) -> list[Fault]:
    """The faults of those of some articles, as few as it takes, without which `work` does not raise.

    It is given what to leave out, and raised `first` with all of them. Raises what it raises with all left out.
    """
    work(frozenset(names))
    good, attempts, faults = set[str](), 0, Faults()
    waiting: list[tuple[Sequence[str], Exception]] = [(sorted(names), first)]
    while waiting:
        some, error = waiting.pop()
        if len(some) <= 1 or attempts >= _ATTEMPTS:
            for name in some:
                faults.add(error, ARTICLE, [name])
            continue
        middle = len(some) // 2
        failed: list[tuple[Sequence[str], Exception]] = []
        for part in (some[:middle], some[middle:]):
            attempts += 1
            try:
                work(frozenset(names) - good - set(part))
                good |= set(part)
            except OSError:
                raise
            except Exception as raised:
                failed.append((part, raised))
        waiting += reversed(failed)
    return faults.found
