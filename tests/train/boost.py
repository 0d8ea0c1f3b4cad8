"""Gradient boosting with oblivious trees, in numpy (Friedman 2001; Prokhorenkova et al. 2018)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

BINS = 48


@dataclass(frozen=True)
class Settings:
    """How many trees, how many questions in each, and how cautiously."""

    rounds: int = 250
    depth: int = 4
    rate: float = 0.1
    ridge: float = 10.0
    rows: float = 0.5
    columns: float = 0.2
    seed: int = 0


Tree = tuple[list[tuple[int, float]], np.ndarray]


def cut_points(matrix: np.ndarray) -> list[np.ndarray]:
    """Thresholds that part each column's values, at most BINS - 1."""
    out = []
    for column in matrix.T:
        values = np.unique(np.round(column.astype(np.float64), 6))
        if len(values) <= BINS:
            out.append((values[1:] + values[:-1]) / 2)
        else:
            out.append(np.unique(np.quantile(column.astype(np.float64), np.linspace(0, 1, BINS + 1)[1:-1])))
    return out


def binned(matrix: np.ndarray, cuts: list[np.ndarray]) -> np.ndarray:
    """The bin of every value, one row a feature."""
    columns = [np.searchsorted(points, matrix[:, j], side="left") for j, points in enumerate(cuts)]
    return np.array(columns, dtype=np.uint8)


def _question(
    bins: dict[int, np.ndarray],
    leaf: np.ndarray,
    leaves: int,
    cuts: list[np.ndarray],
    g: np.ndarray,
    h: np.ndarray,
    ridge: float,
) -> tuple[int, int]:
    """The (feature, bin) that parts all leaves best by the second-order gain."""
    best, answer = -1.0, (0, 0)
    for feature, values in bins.items():
        width = len(cuts[feature]) + 1
        place = leaf * width + values
        gains = np.bincount(place, g, leaves * width).reshape(leaves, width).cumsum(1)
        weights = np.bincount(place, h, leaves * width).reshape(leaves, width).cumsum(1)
        left, right = gains[:, :-1], gains[:, -1:] - gains[:, :-1]
        scores = (left**2 / (weights[:, :-1] + ridge) + right**2 / (weights[:, -1:] - weights[:, :-1] + ridge)).sum(0)
        k = int(scores.argmax())
        if scores[k] > best:
            best, answer = float(scores[k]), (feature, k)
    return answer


def fit(
    bins: np.ndarray, cuts: list[np.ndarray], target: np.ndarray, weight: np.ndarray, settings: Settings
) -> tuple[float, list[Tree]]:
    """Base log odds, and trees that tell `target` (0 or 1); a tree's first question is its leaf's highest bit."""
    random = np.random.default_rng(settings.seed)
    usable = [j for j, points in enumerate(cuts) if len(points)]
    base = float(np.log((weight * target).sum() / (weight * (1 - target)).sum()))
    score = np.full(len(target), base)
    trees: list[Tree] = []
    for _ in range(settings.rounds):
        chance = 1 / (1 + np.exp(-score))
        gradient = weight * (target - chance)
        curvature = weight * np.maximum(chance * (1 - chance), 1e-6)
        rows = np.flatnonzero(random.random(len(target)) < settings.rows)
        features = random.permutation(usable)[: max(1, int(len(usable) * settings.columns))].tolist()
        g, h = gradient[rows], curvature[rows]
        leaf = np.zeros(len(rows), dtype=np.int64)
        here = {j: bins[j][rows].astype(np.int64) for j in features}
        asked: list[tuple[int, int]] = []
        for depth in range(settings.depth):
            feature, k = _question(here, leaf, 1 << depth, cuts, g, h, settings.ridge)
            asked.append((feature, k))
            leaf = leaf * 2 + (here[feature] > k)
        leaves = 1 << settings.depth
        values = settings.rate * np.bincount(leaf, g, leaves) / (np.bincount(leaf, h, leaves) + settings.ridge)
        everywhere = np.zeros(len(target), dtype=np.int64)
        for feature, k in asked:
            everywhere = everywhere * 2 + (bins[feature] > k)
        score += values[everywhere]
        trees.append(([(feature, float(cuts[feature][k])) for feature, k in asked], values))
    return base, trees
