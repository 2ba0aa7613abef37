"""How well a personal taste is learnt, by simulated raters: `python -m benchmarks.taste LIBRARY`.

Simulated raters, and called so: each one's worth of a picture is what everybody thinks plus a taste of their own,
smooth in what the backbone sees; of a pair the worthier is preferred by a logistic. Figures are shares of held-out
pairs of held-out pictures that are told rightly, means over raters with 95 % intervals over them; the baseline is
everybody's order.
"""

import sys
import time
from pathlib import Path

import numpy as np

from leitmotiv.analysis import taste
from leitmotiv.settings import Settings
from leitmotiv.workflows.session import Session

RATERS, PAIRS, OWN = 12, (10, 20, 40), 1.2


def main() -> None:
    with Session(Settings(library=Path(sys.argv[1])), create=False) as session:
        _, seen = session.library.activations.matrix()
    rng = np.random.default_rng(0)
    everybody = 5.5 + 0.8 * _drawn(seen, rng)
    found: dict[tuple[str, int], list[float]] = {}
    took = []
    for rater in range(RATERS):
        draws = np.random.default_rng([1, rater])
        worth = everybody + OWN * _drawn(seen, draws)
        order = draws.permutation(len(seen))
        known, held = order[: len(order) // 2], order[len(order) // 2 :]
        axes = taste.axes(seen, everybody)
        tests = _pairs(held, worth, draws, 2000)
        for way in ("asked", "drawn"):
            asked: list[tuple[int, int]] = []
            for count in range(max(PAIRS) + 1):
                start = time.perf_counter()
                learnt = taste.learn(axes.places, known[:0], np.zeros(0), np.array(asked, np.int64).reshape(-1, 2))
                took.append(time.perf_counter() - start)
                if count in (0, *PAIRS):
                    mine, _ = taste.worth(learnt, axes.places)
                    told = float((mine[tests[:, 0]] > mine[tests[:, 1]]).mean())
                    found.setdefault((way, count), []).append(told)
                pair = tuple(draws.choice(len(known), 2, replace=False))
                if way == "asked":
                    pair = taste.ask_next(learnt, axes.places[known], set(), seed=count, tried=1000) or pair
                asked.append(tuple(_pairs(known[list(pair)], worth, draws, 1)[0]))
    print(f"{len(seen):,} pictures, {RATERS} simulated raters")
    print(f"learning took {np.median(took):.3f} s, at most {max(took):.3f} s")
    for (way, count), shares in sorted(found.items(), key=lambda one: (one[0][1], one[0][0])):
        half = 1.96 * np.std(shares) / np.sqrt(len(shares))
        print(f"{count:4} pairs {way}: {np.mean(shares):.3f} ± {half:.3f} of held-out pairs told rightly")


def _drawn(seen: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    values = seen.astype(np.float64) @ rng.normal(0, 1, seen.shape[1])
    return (values - values.mean()) / values.std()


def _pairs(rows: np.ndarray, worth: np.ndarray, rng: np.random.Generator, count: int) -> np.ndarray:
    left = rng.integers(len(rows), size=count)
    right = (left + 1 + rng.integers(len(rows) - 1, size=count)) % len(rows)
    pairs = np.column_stack([rows[left], rows[right]])
    chance = 1 / (1 + np.exp(-(worth[pairs[:, 0]] - worth[pairs[:, 1]]) / taste.PAIR_SCALE))
    swapped = rng.random(count) > chance
    pairs[swapped] = pairs[swapped][:, ::-1]
    return pairs


if __name__ == "__main__":
    main()
