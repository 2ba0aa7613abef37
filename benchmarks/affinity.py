"""Our affinity propagation beside scikit-learn's, in one run: the same matrices, seeds and preferences.

    python -m benchmarks.affinity [--size 3000] [--seeds 3] [--matrix DIVERGENCES.npy]

Prints, for each kind of matrix and preference, whether all exemplars, labels and numbers of steps are equal, the
milliseconds a step and how many times faster ours is in wall time. Then the same for the exemplars of a library beside
scikit-learn's propagation on the same matrix (their cost, and the seconds), the tree, and how groups stay when 1 % is
added. `--seeds 20` is the whole study; it takes about twenty minutes on two cores.
"""

import argparse
import statistics
import time
import warnings
from pathlib import Path

import numpy as np
from sklearn.cluster import affinity_propagation as theirs
from sklearn.metrics import adjusted_rand_score

from leitmotiv.analysis import tree
from leitmotiv.analysis.affinity import affinity_propagation as ours
from leitmotiv.analysis.exemplars import exemplars, total_cost

LN_2 = np.log(2)
PREFERENCES = {
    "median (the default)": np.median,
    "minimum (the original's)": np.min,
    "5 x minimum": lambda similarity: 5 * similarity.min(),
}


def divergences(size: int, seed: int) -> np.ndarray:
    """Like those of photos: 40 looks of uneven sizes and widths, saturating at ln 2; (N, N) float64, nats."""
    rng = np.random.default_rng(seed)
    look = rng.choice(40, size, p=rng.dirichlet(np.ones(40)))
    places = 1.2 * rng.standard_normal((40, 8))[look]
    places += rng.standard_normal((size, 8)) * rng.uniform(0.3, 1.2, (size, 1))
    squares = (places**2).sum(axis=1)
    distance = np.maximum(squares[:, None] + squares - 2 * places @ places.T, 0)
    distance = (distance + distance.T) / 2
    np.fill_diagonal(distance, 0)
    return LN_2 * -np.expm1(-distance / 8)


def matrix_for(size: int, seed: int) -> tuple[str, np.ndarray, dict[str, int]]:
    """Similarities of a seed: plain, rounded so that they tie, scattered without structure, or cut off early."""
    kind = ("plain", "ties", "no structure", "cut off")[seed % 4]
    if kind == "no structure":
        places = np.random.default_rng(seed).uniform(size=(size, 2))
        return kind, -np.square(places[:, None] - places).sum(axis=2), {}
    similarity = -divergences(size, seed)
    if kind == "ties":
        return kind, np.round(similarity, 2), {}
    return kind, similarity, {"max_iter": 25} if kind == "cut off" else {}


def timed(function, *args, **options):
    """Result, and seconds."""
    start = time.perf_counter()
    result = function(*args, **options)
    return result, time.perf_counter() - start


def study(size: int, seeds: int) -> None:
    print(f"affinity_propagation, N = {size}, {seeds} seeds")
    print(f"{'matrix':14}{'preference':26}{'equal':>7}{'steps':>7}{'ms/step':>9}{'theirs':>8}{'faster':>9}")
    rows: dict[tuple[str, str], list[tuple[bool, int, float, float]]] = {}
    for seed in range(seeds):
        kind, similarity, options = matrix_for(size, seed)
        for name, choose in PREFERENCES.items():
            options = {**options, "preference": choose(similarity), "random_state": seed, "return_n_iter": True}
            if name.startswith("median"):
                options["preference"] = None
            mine, seconds = timed(ours, similarity, **options)
            reference, reference_seconds = timed(theirs, similarity, **options)
            equal = all(np.array_equal(a, b) for a, b in zip(mine, reference, strict=True))
            rows.setdefault((kind, name), []).append((equal, mine[2], seconds, reference_seconds))
    for (kind, name), found in rows.items():
        _print_row(kind, name, found)
    _print_row("all", "", [one for found in rows.values() for one in found])


def _print_row(kind: str, name: str, found: list[tuple[bool, int, float, float]]) -> None:
    equal, steps = sum(one[0] for one in found), statistics.mean(one[1] for one in found)
    each = [statistics.median(1e3 * one[place] / one[1] for one in found) for place in (2, 3)]
    faster = statistics.median(one[3] / one[2] for one in found)
    share = f"{equal}/{len(found)}"
    print(f"{kind:14}{name:26}{share:>7}{steps:7.0f}{each[0]:9.1f}{each[1]:8.1f}{faster:8.1f}x")


def compare_exemplars(divergence: np.ndarray) -> None:
    divergence = divergence.astype(np.float32)
    print(f"\nexemplars, N = {len(divergence)}: cost in nats (groups), seconds")
    print(f"{'preference':>10}{'ours':>20}{'s':>7}{'scikit-learn':>20}{'s':>7}")
    for price in (0.3, 1.0, 3.0):
        (rows, labels), seconds = timed(exemplars, divergence, preference=price, threads=2)
        (centres, theirs_labels), theirs_seconds = timed(
            theirs, -divergence.astype(np.float64), preference=-price, random_state=0
        )
        mine = f"{total_cost(divergence, rows, labels, price):.2f} ({len(rows)})"
        if len(centres):
            reference = f"{total_cost(divergence, centres, theirs_labels, price):.2f} ({len(centres)})"
        else:
            reference = "none"
        print(f"{price:10}{mine:>20}{seconds:7.2f}{reference:>20}{theirs_seconds:7.2f}")


def measure_tree(divergence: np.ndarray) -> None:
    divergence = divergence.astype(np.float32)
    clusters, seconds = timed(tree.cluster, divergence, threads=2)
    print(f"\ntree, N = {len(divergence)}: {seconds:.2f} s, {clusters.default_count} groups shown first")
    print(f"{'groups':>8}{'cost of the cut':>17}{'of the optimum':>16}{'cut ms':>8}")
    for price in (0.25, 0.5, 1.0, 2.0, 4.0):
        price *= clusters.preference
        rows, labels = exemplars(divergence, preference=price)
        groups, seconds = timed(tree.cut, clusters, len(rows), lambda row, others: divergence[row, others])
        cost = sum(sum(group.distances) for group in groups) + price * len(rows)
        best = total_cost(divergence, rows, labels, price)
        print(f"{len(rows):8}{cost:17.2f}{best:16.2f}{1e3 * seconds:8.1f}")


def measure_stability(divergence: np.ndarray, seeds: int = 5) -> None:
    divergence = divergence.astype(np.float32)
    size, found = len(divergence), {}
    for seed in range(seeds):
        kept = np.sort(np.random.default_rng(seed).permutation(size)[size // 100 :])
        part = divergence[np.ix_(kept, kept)]
        old = tree.cluster(part)
        rows = kept[[int(name) for name in tree.shown_exemplars(old)]]
        warm = tree.cluster(divergence, start=rows, previous=old.preference)
        cold = tree.cluster(divergence, preference=old.preference)
        for name, clusters in (("warm", warm), ("cold", cold)):
            score = adjusted_rand_score(_labels(old, part), _labels(clusters, divergence)[kept])
            found.setdefault(name, []).append(score)
    means = ", ".join(f"{name} {statistics.mean(scores):.3f}" for name, scores in found.items())
    print(f"\n1 % added, adjusted Rand index of the groups shown first with those before, {seeds} draws: {means}")


def _labels(clusters, divergence: np.ndarray) -> np.ndarray:
    labels = np.empty(len(divergence), np.int64)
    groups = tree.cut(clusters, clusters.default_count, lambda row, others: divergence[row, others])
    for number, group in enumerate(groups):
        labels[[int(member) for member in group.members]] = number
    return labels


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=3000)
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--matrix", type=Path, help="divergences of real pictures, (N, N), for the last three parts")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    ours(-divergences(50, 0))
    tree.cluster(divergences(50, 0))
    study(options.size, options.seeds)
    matrix = np.load(options.matrix) if options.matrix else divergences(options.size, 0)
    compare_exemplars(matrix)
    measure_tree(matrix)
    measure_stability(matrix)


if __name__ == "__main__":
    main()
