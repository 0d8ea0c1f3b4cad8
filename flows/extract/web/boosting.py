"""Boosted oblivious trees: a table of weights that turns features into a score.

A tree asks the same few questions of every block and adds the number that stands for the answers (Prokhorenkova et
al., "CatBoost: unbiased boosting with categorical features", 2018). The sum is the log odds that the block belongs to
the article. The table is JSON: per tree the questions (feature, threshold; the answer is "greater than"), and
2^questions numbers, the first question being the highest bit.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

CHUNK = 256
"""Blocks scored at once, to stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Model:
    """Trees as arrays.

    `feature` and `threshold` are the questions that differ, `asked` which of them each tree asks (questions of a tree,
    trees), `value` its numbers (trees, 2^questions).
    """

    base: float
    feature: NDArray[np.int64]
    threshold: NDArray[np.float32]
    asked: NDArray[np.int64]
    value: Array

    def score(self, matrix: NDArray[np.float32]) -> Array:
        """Log odds for each column of a matrix whose rows are the names that the model was read with."""
        out = np.full(matrix.shape[1], self.base)
        begins = np.arange(0, self.value.size, self.value.shape[1])[:, None]
        for start in range(0, matrix.shape[1], CHUNK):
            part = matrix[:, start : start + CHUNK]
            answers = (part.take(self.feature, axis=0) > self.threshold[:, None]).view(np.uint8)
            leaf = np.zeros((len(self.value), part.shape[1]), dtype=np.uint8)
            for question in self.asked:
                leaf += leaf
                leaf |= answers.take(question, axis=0)
            out[start : start + CHUNK] += self.value.take(leaf + begins).sum(axis=0)
        return out


def from_table(table: dict[str, Any], names: tuple[str, ...]) -> Model:
    """A model from its table. KeyError where it asks for a feature that `names` lacks."""
    place = {name: i for i, name in enumerate(names)}
    trees = table["trees"]
    number: dict[tuple[int, float], int] = {}
    asked = [[number.setdefault((place[n], limit), len(number)) for n, limit in tree["if"]] for tree in trees]
    return Model(
        base=float(table["base"]),
        feature=np.array([feature for feature, _ in number], dtype=np.int64),
        threshold=np.array([limit for _, limit in number], dtype=np.float32),
        asked=np.array(asked, dtype=np.int64).T.copy(),
        value=np.array([tree["add"] for tree in trees], dtype=np.float64),
    )


def load(path: Path, names: tuple[str, ...]) -> Model:
    """A model from its JSON file."""
    return from_table(json.loads(path.read_text(encoding="utf-8")), names)


def dump(base: float, trees: list[tuple[list[tuple[str, float]], list[float]]], about: str) -> str:
    """The JSON of a model, one tree a line."""
    lines = [
        json.dumps({"if": [[n, round(t, 5)] for n, t in questions], "add": [round(v, 4) for v in values]})
        for questions, values in trees
    ]
    head = f'{{"about": {json.dumps(about)},\n"base": {round(base, 5)},\n"trees": [\n'
    return head + ",\n".join(lines) + "\n]}\n"
