"""Groups of up to a million points along their graph: time and memory against their number, and two charts.

    python -m benchmarks.geometric [--sizes 1000 3000 10000 30000 100000 300000 1000000] [--into docs/charts]

No pictures are needed: points lie in space, in about as many heaps as the square root of their number, of uneven size
and width, and a fifth of them anywhere. Their divergence is ln 2 (1 - exp(-r^2 / 8)), r in units of a usual heap's
width, and a little less at most. The graph has the 50 nearest of each, found exactly. Each size is a process of its
own, so that its peak of memory is its own; `before` is what the process held with the graph, before anything was
clustered.

Prints seconds of the processor for each part: messages, local search, new edges (shortlists and members of the
middle), the tree, the bound; then the cost, its gap and how far the groups are those that were made (adjusted Rand
index over the points in heaps). Last comes the exponent with which time and memory grow above 10,000 points.
"""

import argparse
import json
import math
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree
from sklearn.metrics import adjusted_rand_score

from benchmarks.charts import chart
from leitmotiv.analysis import bound, candidates, graph, sparse_exemplars, sparse_tree

MOST = float(np.log(2))
SIZES = (1000, 3000, 10_000, 30_000, 100_000, 300_000, 1_000_000)
UNIT = 40
"""Whole numbers to the width of a heap, in the coordinates that shortlists go by."""


class Points:
    """`places` (N, 3) in units of a usual heap's width; `heap` (N,) of each, -1 for anywhere."""

    def __init__(self, size: int, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        count = math.isqrt(size)
        side = 9 * count ** (1 / 3)
        share = rng.pareto(1.5, count) + 0.3
        self.heap = rng.choice(count, size, p=share / share.sum())
        self.heap[rng.random(size) < 0.2] = -1
        width = rng.uniform(0.3, 1.0, count)[self.heap][:, None]
        middles = rng.uniform(0, side, (count, 3))[self.heap]
        anywhere = (self.heap < 0)[:, None]
        self.places = np.where(anywhere, rng.uniform(0, side, (size, 3)), middles + width * rng.normal(size=(size, 3)))
        # whole numbers stay below 2,000
        self.coordinates = np.clip(UNIT * self.places, -1999, 1999).astype(np.int16)

    def compare(self, keys: np.ndarray) -> np.ndarray:
        values = np.empty(len(keys), np.float32)
        for start in range(0, len(keys), 1_000_000):
            one, other = np.divmod(keys[start : start + 1_000_000], len(self.places))
            squares = np.square(self.places[one] - self.places[other]).sum(axis=1)
            values[start : start + 1_000_000] = 0.9999 * MOST * -np.expm1(-squares / 8)
        return values

    def nearest(self, count: int) -> graph.Pairs:
        """Each point with its nearest."""
        size, keys = len(self.places), []
        tree = cKDTree(self.places)
        for start in range(0, size, 100_000):
            rows = np.arange(start, min(start + 100_000, size))
            lists = tree.query(self.places[rows], count + 1, workers=2)[1]
            both = graph.keys_of(rows[:, None], lists, size)[lists != rows[:, None]]
            keys.append(graph.distinct(both))
        joined = graph.distinct(np.concatenate(keys))
        return graph.Pairs(size, joined, self.compare(joined))

    def shortlist(self, rows: np.ndarray) -> np.ndarray:
        return candidates.nearest(self.coordinates, min(20, len(rows)), columns=rows, threads=2)


def clock(spent: dict[str, float], name: str, function):
    """The same function, with its seconds of the processor added to `spent`."""

    def timed(*args, **options):
        start = time.process_time()
        try:
            return function(*args, **options)
        finally:
            spent[name] = spent.get(name, 0.0) + time.process_time() - start

    return timed


PARTS = (("_propagate", "messages"), ("_search", "search"), ("_with", "edges"))


def watched() -> dict[str, float]:
    """Seconds that the parts of `sparse_exemplars` take from now on."""
    spent: dict[str, float] = {}
    for name, called in PARTS:
        setattr(sparse_exemplars, name, clock(spent, called, getattr(sparse_exemplars, name)))
    return spent


def peak() -> float:
    """The most memory this process has had, GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def one(size: int) -> dict[str, float]:
    """Everything for one size."""
    sparse_exemplars.warm()
    candidates.warm()
    points = Points(size)
    nearest = points.nearest(50)
    price = sparse_tree.suggest(size, points.compare)
    before, spent = peak(), watched()
    wall, start = time.perf_counter(), time.process_time()
    found, pairs = sparse_exemplars.augmented(
        nearest, preference=price, most=MOST, shortlist=points.shortlist, compare=points.compare
    )
    whole, wall = time.process_time() - start, time.perf_counter() - wall
    clusters, served = clock(spent, "tree", sparse_tree.build)(
        tuple(map(str, range(size))), found, pairs, preference=price, most=MOST, compare=points.compare
    )
    least = clock(spent, "bound", bound.least_cost)(
        pairs.graph(), found.cost(price), preference=price, most=MOST, threads=2
    )
    heaps = points.heap >= 0
    return {
        "size": size,
        "groups": len(served.rows),
        "price": price,
        **spent,
        "clustering": whole,
        "wall": wall,
        "edges_a_point": len(pairs) / size,
        "before": before,
        "peak": peak(),
        "gap": found.cost(price) / least.value - 1,
        "tree_gain": 1 - clusters.cost / found.cost(price),
        "alike": adjusted_rand_score(points.heap[heaps], served.labels[heaps]),
    }


def exponent(sizes: list[float], values: list[float]) -> float:
    """b of the least-squares fit of log value = a + b log size, above 10,000."""
    kept = [(math.log(n), math.log(v)) for n, v in zip(sizes, values, strict=True) if n >= 10_000]
    return float(np.polyfit(*np.array(kept).T, 1)[0]) if len(kept) > 1 else math.nan


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--into", type=Path)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--kept", type=Path, help="keep the figures here (JSON lines), and do not measure them again")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(one(options.one)))
        return
    known = {}
    if options.kept and options.kept.exists():
        known = {row["size"]: row for row in map(json.loads, options.kept.read_text().splitlines())}
    rows = []
    for size in options.sizes:
        if size not in known:
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.geometric", "--one", str(size)],
                capture_output=True,
                text=True,
                check=True,
            )
            known[size] = json.loads(done.stdout.splitlines()[-1])
            if options.kept:
                options.kept.write_text("".join(json.dumps(row) + "\n" for row in known.values()))
        rows.append(known[size])
        print(json.dumps(rows[-1]), flush=True)
    sizes = [row["size"] for row in rows]
    parts = ("messages", "search", "edges", "tree", "bound", "peak")
    for part in parts:
        print(f"{part:10} grows with the power {exponent(sizes, [max(row[part], 1e-3) for row in rows]):.2f}")
    if options.into:
        finding = {
            name: [(row["size"], max(row[part], 1e-3)) for row in rows]
            for name, part in (("messages, search, edges", "clustering"), ("the tree", "tree"), ("the bound", "bound"))
        }
        (options.into / "clusters-time.svg").write_text(
            chart("Groups along a graph, seconds of the processor", finding)
        )
        memory = {
            "peak": [(row["size"], row["peak"]) for row in rows],
            "the graph": [(row["size"], row["before"]) for row in rows],
        }
        (options.into / "clusters-memory.svg").write_text(chart("Groups along a graph, memory", memory, unit="GB"))


if __name__ == "__main__":
    main()
