"""Which question is it, and how sure are we.

Opinions, averaged as log-probabilities: a linear softmax, and two with a hidden layer (it joins
languages better), each from its own beginning, for what one of them errs in the other often knows. To
these is added how near the two nearest examples of a question are (they know the rare ways of
asking). Trained with Adam on the vectors of the examples; deterministic.

Nearness is a cosine between vectors of the directions in which the examples differ most, a quarter
of all: as right as with all of them, and a third of the time and the memory.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Mapping, NamedTuple, Optional, Sequence

import numpy as np
from threadpoolctl import threadpool_limits

_CANDIDATES = 12
"""Questions whose examples are compared with a message: the best by the other two opinions."""
_BATCH = 256
_EVENNESS = 0.2
"""How far the directions are evened out: 0 not at all, 0.5 until the examples vary as much in each.
What all messages have in common (their language, their length) lies in the widest few."""


class Layers(NamedTuple):
    """Weights and biases, one pair a layer: (in, out) and (out,)."""

    weights: list[np.ndarray]
    biases: list[np.ndarray]


class Settings(NamedTuple):
    """How to learn. `hidden`: width of the hidden layer; `epochs`: times over the examples;
    `nearness`: what a cosine of 1 with its nearest examples adds to a question's log-probability;
    `directions`: in how many that cosine is taken."""

    hidden: int = 1024
    epochs: int = 10
    nearness: float = 7.0
    directions: int = 256


class QuestionModel:
    """`names` of the k questions; `axes` (d, c) turn a vector of length 1 to what is compared;
    `examples` (n, c) rows in steps of int8, those of question i are `starts[i]:starts[i + 1]` and
    have the length 1 when multiplied by their `steps` (n,)."""

    def __init__(
        self,
        names: Sequence[str],
        opinions: Sequence[Layers],
        axes: np.ndarray,
        examples: np.ndarray,
        steps: np.ndarray,
        starts: np.ndarray,
        nearness: float,
    ) -> None:
        self.names, self.opinions = list(names), list(opinions)
        self.axes, self.examples, self.steps, self.starts = axes, examples, steps, starts
        self.nearness = float(nearness)

    @classmethod
    def learn(
        cls,
        rows: np.ndarray,
        names: Sequence[str],
        importance: np.ndarray,
        settings: Settings = Settings(),
        weights: Optional[Mapping[str, float]] = None,
    ) -> QuestionModel:
        """`rows` (n, d), the question of each row, and its weight; rows of weight 1 are compared with.

        Every question weighs the same, however many examples it has, but those of `weights`."""
        known = sorted(set(names))
        index = {name: i for i, name in enumerate(known)}
        owner = np.array([index[name] for name in names])
        shares = np.array([(weights or {}).get(name, 1.0) for name in known])
        weight = importance * (shares / np.bincount(owner, importance, len(known)))[owner]
        weight = (weight / weight.mean()).astype(np.float32)

        def opinion(hidden: int, seed: int) -> Layers:
            return _learn(rows, owner, len(known), weight, settings.epochs, hidden, seed)

        # Side by side, with one thread each: sums in the same order on any number of cores.
        with threadpool_limits(1):
            with ThreadPoolExecutor(2) as threads:
                widths = (0, settings.hidden, settings.hidden)
                opinions = list(threads.map(opinion, widths, range(len(widths))))
            kept = np.flatnonzero(importance >= 1)
            kept = kept[np.argsort(owner[kept], kind="stable")]
            axes = _axes(_unit(np.asarray(rows[kept], np.float32)), settings.directions)
            examples = _unit(rows[kept] @ axes)
        starts = np.searchsorted(owner[kept], np.arange(len(known) + 1))
        steps = (np.abs(examples).max(axis=1) / 127).astype(np.float32)
        examples = np.rint(examples / steps[:, None]).astype(np.int8)
        return cls(known, opinions, axes, examples, steps, starts, settings.nearness)

    def log_confidences(self, rows: np.ndarray) -> np.ndarray:
        """(n, k) logarithms of probabilities."""
        rows = np.asarray(rows, np.float32)
        scores = sum(_log_softmax(_outputs(o, rows)) for o in self.opinions) / len(self.opinions)
        if self.nearness:
            for row, score in zip(_unit(rows @ self.axes), scores):
                score += self.nearness * self._nearness(row, score)
        return _log_softmax(scores)

    def _nearness(self, row: np.ndarray, score: np.ndarray) -> np.ndarray:
        """(k,) mean cosine with the two nearest examples; the least of the candidates' for the rest."""
        count = min(_CANDIDATES, len(score))
        best = np.argpartition(-score, count - 1)[:count]
        near = np.array([self._two_nearest(row, i) for i in best], np.float32)
        result = np.full(len(score), near.min(), np.float32)
        result[best] = near
        return result

    def _two_nearest(self, row: np.ndarray, question: int) -> float:
        part = slice(self.starts[question], self.starts[question + 1])
        cosines = self.examples[part].astype(np.float32) @ row * self.steps[part]
        if len(cosines) > 2:
            cosines = np.partition(cosines, -2)[-2:]
        return float(cosines.mean()) if len(cosines) else -1.0

    def arrays(self) -> dict[str, np.ndarray]:
        """Everything but the names, for saving."""
        saved = {
            "axes": self.axes,
            "examples": self.examples,
            "steps": self.steps,
            "starts": self.starts,
            "nearness": np.array(self.nearness),
        }
        for i, opinion in enumerate(self.opinions):
            for j, (weights, bias) in enumerate(zip(*opinion)):
                saved[f"weights_{i}_{j}"], saved[f"bias_{i}_{j}"] = weights, bias
        return saved

    @classmethod
    def from_arrays(cls, names: Sequence[str], saved: dict[str, np.ndarray]) -> QuestionModel:
        """What `arrays` saved."""
        opinions = []
        while f"weights_{len(opinions)}_0" in saved:
            i, layers = len(opinions), Layers([], [])
            while f"weights_{i}_{len(layers.weights)}" in saved:
                j = len(layers.weights)
                layers.weights.append(saved[f"weights_{i}_{j}"])
                layers.biases.append(saved[f"bias_{i}_{j}"])
            opinions.append(layers)
        rest = (saved[name] for name in ("axes", "examples", "steps", "starts", "nearness"))
        return cls(names, opinions, *rest)


def _learn(
    rows: np.ndarray,
    owner: np.ndarray,
    classes: int,
    weight: np.ndarray,
    epochs: int,
    hidden: int,
    seed: int,
) -> Layers:
    """Softmax regression, with one hidden layer of ReLUs and dropout when `hidden` is not 0."""
    random = np.random.default_rng(seed)
    rows = np.ascontiguousarray(rows, np.float32)
    count, size = rows.shape
    if hidden:
        first = random.standard_normal((size, hidden)).astype(np.float32) * 3 * np.sqrt(2 / size)
        last = random.standard_normal((hidden, classes)).astype(np.float32) * 0.01
        layers = Layers(
            [first.astype(np.float32), last], [np.zeros(hidden, np.float32), _zeros(classes)]
        )
        rates = [0.0126, 0.0042, 0.0126, 0.0126]
    else:
        layers = Layers([np.zeros((size, classes), np.float32)], [_zeros(classes)])
        rates = [0.07, 0.07]
    parameters = [p for pair in zip(*layers) for p in pair]
    momentum = [np.zeros_like(p) for p in parameters]
    variance = [np.zeros_like(p) for p in parameters]
    steps, step = epochs * -(-count // _BATCH), 0
    for _ in range(epochs):
        order = random.permutation(count)
        for start in range(0, count, _BATCH):
            chosen = order[start : start + _BATCH]
            x = rows[chosen]
            mask = None
            inside = x
            if hidden:
                inside = np.maximum(x @ layers.weights[0] + layers.biases[0], 0)
                mask = (random.random(inside.shape, dtype=np.float32) > 0.5).astype(np.float32) * 2
                mask *= inside > 0
                inside = inside * mask
            error = np.exp(_log_softmax(inside @ layers.weights[-1] + layers.biases[-1]))
            error[np.arange(len(chosen)), owner[chosen]] -= 1
            error *= (weight[chosen] / len(chosen))[:, None]
            slopes = [inside.T @ error, error.sum(axis=0)]
            if mask is not None:
                back = (error @ layers.weights[-1].T) * mask
                slopes = [x.T @ back, back.sum(axis=0), *slopes]
            step += 1
            slowing = 1 - (step - 1) / steps
            for p, slope, m, v, rate in zip(parameters, slopes, momentum, variance, rates):
                slope = slope + 1e-5 * p
                m += 0.1 * (slope - m)
                v += 0.01 * (slope * slope - v)
                p -= (rate * slowing / (1 - 0.9**step)) * m / (np.sqrt(v / (1 - 0.99**step)) + 1e-8)
    return layers


def _axes(rows: np.ndarray, directions: int) -> np.ndarray:
    """(d, directions) float32: in which `rows` vary most, evened out by _EVENNESS."""
    widths, axes = np.linalg.eigh(rows.T @ rows)
    widths, axes = widths[-directions:], axes[:, -directions:]
    even = (widths[-1] / np.maximum(widths, 1e-6 * widths[-1])) ** _EVENNESS
    return (axes * even).astype(np.float32)


def _outputs(layers: Layers, rows: np.ndarray) -> np.ndarray:
    for weights, bias in zip(layers.weights[:-1], layers.biases[:-1]):
        rows = np.maximum(rows @ weights + bias, 0)
    return rows @ layers.weights[-1] + layers.biases[-1]


def _log_softmax(scores: np.ndarray) -> np.ndarray:
    scores = scores - scores.max(axis=1, keepdims=True)
    return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))


def _unit(rows: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1)


def _zeros(size: int) -> np.ndarray:
    return np.zeros(size, np.float32)
