"""How the parts of the look were chosen: on half of the categories, and reported on the others; and what trends gain.

    python -m benchmarks.look FOLDER [--threads 2]

FOLDER has a folder for each category. The first table has the mean average precision on every second category, where
one would choose, and on the others, for each weight of the centred space and each correction for hubs. The second has
the trends by the plain and by the relative divergence: how many, the adjusted mutual information with the categories
and the purity, at the number shown first and at as many as there are categories, and the adjusted Rand index with
themselves before 1 % of the pictures were added.
"""

import argparse
from pathlib import Path

import numpy as np
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

from benchmarks.affinity import _labels
from benchmarks.spaces import find, fit
from leitmotiv.analysis import divergence, hubness, tree
from leitmotiv.analysis.retrieval import scores
from leitmotiv.workflows.correcting import corrected

WEIGHTS = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 1.0)
CORRECTIONS = {
    "none": lambda matrix: matrix,
    "relative": lambda matrix: corrected(matrix, "relative"),
    "local, 10 nearest": hubness.local_scaling,
    "local, 20 nearest": lambda matrix: hubness.local_scaling(matrix, 20),
    "mutual proximity": hubness.mutual_proximity,
}


def choose(parts: np.ndarray, truth: np.ndarray) -> None:
    halves = [np.flatnonzero(truth % 2 == half) for half in (0, 1)]
    print(f"{'mAP: chosen on / reported on':28}" + "".join(f"{name:>20}" for name in CORRECTIONS))
    for weight in WEIGHTS:
        matrix = (parts @ np.array([weight, 1 - weight])).astype(np.float32)
        cells = []
        for correct in CORRECTIONS.values():
            both = [scores(correct(matrix[np.ix_(rows, rows)]), truth[rows])[:, 2].mean() for rows in halves]
            cells.append(f"{both[0]:.3f} / {both[1]:.3f}")
        print(f"{'centred counts ' + str(weight):28}" + "".join(f"{cell:>20}" for cell in cells), flush=True)


def purity(labels: np.ndarray, truth: np.ndarray) -> float:
    return sum(np.bincount(truth[labels == label]).max() for label in np.unique(labels)) / len(truth)


def labels_at(clusters, matrix: np.ndarray, count: int) -> np.ndarray:
    labels = np.empty(len(matrix), np.int64)
    for number, group in enumerate(tree.cut(clusters, count, lambda row, others: matrix[row, others])):
        labels[[int(member) for member in group.members]] = number
    return labels


def stability(matrix: np.ndarray, threads: int, draws: int = 5) -> float:
    found = []
    for seed in range(draws):
        kept = np.sort(np.random.default_rng(seed).permutation(len(matrix))[len(matrix) // 100 :])
        part = np.ascontiguousarray(matrix[np.ix_(kept, kept)])
        old = tree.cluster(part, threads=threads)
        rows = kept[[int(name) for name in tree.shown_exemplars(old)]]
        new = tree.cluster(matrix, start=rows, previous=old.preference, threads=threads)
        found.append(adjusted_rand_score(_labels(old, part), _labels(new, matrix)[kept]))
    return float(np.mean(found))


def trends(matrix: np.ndarray, truth: np.ndarray, threads: int) -> None:
    count = int(truth.max()) + 1
    print(
        f"\n{'trends by':12}{'groups':>8}{'AMI':>8}{'purity':>8}{'largest':>9}{'AMI at ' + str(count):>12}{'stable':>8}"
    )
    for correction in ("none", "relative"):
        values = corrected(matrix, correction)
        clusters = tree.cluster(values, threads=threads)
        labels = _labels(clusters, values)
        information = adjusted_mutual_info_score(truth, labels)
        fixed = adjusted_mutual_info_score(truth, labels_at(clusters, values, count))
        print(
            f"{correction:12}{clusters.default_count:8}{information:8.3f}{purity(labels, truth):8.3f}"
            f"{np.bincount(labels).max():9}{fixed:12.3f}{stability(values, threads):8.3f}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    categories, mixtures = fit(find([arguments.folder]), arguments.threads)
    truth = np.unique(categories, return_inverse=True)[1]
    parts = divergence.js_parts(mixtures, threads=arguments.threads)
    choose(parts, truth)
    trends(divergence.DEFAULT.combine(parts), truth, arguments.threads)


if __name__ == "__main__":
    main()
