"""A library above the limit: its time, memory and quality, on mixtures made from those of real photos.

    python -m benchmarks.scale FOLDER [--size 20000] [--dense 5000] [--added 100] [--queries 100]
                               [--library DIR] [--matrix FILE]

Pictures come from `sampler.py`, which is told there: families of all sizes, from the photos of FOLDER, with seed 0.

Prints, in one run: the pieces of the sparse road beside scikit-learn's affinity propagation at `--dense` pictures and
k = 50 (whole families, all pairs known); then `build_index` itself at `--size`, with the peak of the process's memory
and what an N x N matrix would take; the share of the true ten nearest among the candidates over `--queries` pictures
that the build did not check; and what `--added` pictures more cost.
"""

import argparse
import resource
import tempfile
import time
import warnings
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.cluster import affinity_propagation

from benchmarks.sampler import Sampler, fill
from benchmarks.spaces import find, pictures
from leitmotiv.analysis import candidates, divergence, embedding, graph, sparse_exemplars, warming
from leitmotiv.analysis.exemplars import exemplars, total_cost
from leitmotiv.analysis.mixture import fit_image
from leitmotiv.records import Mixture
from leitmotiv.settings import Settings
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.neighbours import CANDIDATES, NEIGHBOURS
from leitmotiv.workflows.placing import place_new
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.sparse_index import EDGES, SHORTLIST

MOST = float(np.log(2))
PRICES = (0.3, 1.0, 3.0)


def add(session: Session, sampler: Sampler, size: int) -> None:
    """Put the sampler's pictures into a library until it has so many."""
    with session.library.writer("adding"):
        fill(session.library, sampler, size)


def timed(function, *args, **options):
    """Result, and seconds."""
    start = time.perf_counter()
    result = function(*args, **options)
    return result, time.perf_counter() - start


@contextmanager
def phases():
    """Print how long each phase that a job reports took: seconds, and those of the processor."""
    clocks = time.perf_counter, time.process_time
    spent, last = {}, ["Starting", *(clock() for clock in clocks)]

    def report(step) -> None:
        now = [clock() for clock in clocks]
        before = spent.get(last[0], (0.0, 0.0))
        spent[last[0]] = tuple(sum(parts) for parts in zip(before, now, (-last[1], -last[2]), strict=True))
        last[:] = step.phase, *now

    yield report
    report(argparse.Namespace(phase=""))
    for phase, (seconds, processor) in spent.items():
        print(f"    {phase:34}{seconds:8.1f} s{processor:8.1f} s of the processor")


def peak() -> float:
    """The most memory that this process ever had, GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def least(function, *args, times=5, **options):
    """Result, and the least processor seconds of some runs: other work on the machine lengthens each."""
    spent = []
    for _ in range(times):
        start = time.process_time()
        result = function(*args, **options)
        spent.append(time.process_time() - start)
    return result, min(spent)


def beside_dense(mixtures: list[Mixture], threads: int, file: Path | None) -> None:
    size = len(mixtures)
    packed, seconds = timed(divergence.pack, mixtures)
    print(f"\n{size} pictures, {np.mean([len(one) for one in mixtures]):.0f} components each; packing {seconds:.1f} s")
    model, fitted = timed(embedding.fit, packed, threads=threads)
    vectors, embedded = timed(embedding.embed, model, packed, threads=1)
    lists, searched = timed(candidates.nearest, vectors, CANDIDATES, threads=threads)
    keys = np.unique(graph.keys_of(np.arange(size)[:, None], lists, size))
    values, compared = timed(divergence.js_pairs, packed, graph.ends(keys, size), threads=threads)
    print(
        f"landmarks and axes {fitted:.1f} s; a vector {1e3 * embedded / size:.2f} ms on one core; candidates "
        f"{searched:.2f} s; {len(keys):,} pairs {compared:.1f} s"
    )
    if file is not None and file.exists():
        matrix = np.load(file)
    else:
        matrix, seconds = timed(divergence.js_matrix, packed, threads=threads)
        print(f"all {size * (size - 1) // 2:,} pairs {seconds:.1f} s")
    if file is not None:
        np.save(file, matrix)
    listed = graph.Pairs(size, keys, values).look_up(graph.keys_of(np.arange(size)[:, None], lists, size))
    nearest = graph.listed(lists, listed, EDGES)
    edges = nearest.graph()

    def shortlist(rows):
        return candidates.nearest(vectors, min(SHORTLIST, len(rows)), columns=rows, threads=threads)

    def compare(wanted):
        return matrix[np.divmod(wanted, size)]

    print(
        f"{len(edges.column) / size:.0f} edges a picture; cost in nats (groups), seconds, cost against scikit-learn's"
    )
    median = -float(np.median(-matrix))
    for price in sorted([*PRICES, median]):
        name = f"{price:.3g}" + (" (scikit-learn's default, the median)" if price == median else "")
        print(f"price {name}\n    {'':44}{'cost':>20}{'s':>9}{'':>12}{'faster':>9}")
        options = {"preference": price, "most": MOST}
        (centres, labels), theirs = least(affinity_propagation, -matrix, preference=-price, random_state=0, times=1)
        reference = total_cost(matrix, centres, labels, price) if len(centres) else np.nan
        (rows, own), dense = least(exemplars, matrix, preference=price)
        alone, brief = least(sparse_exemplars.exemplars, edges, **options)
        (full, _), whole = least(sparse_exemplars.augmented, nearest, shortlist=shortlist, compare=compare, **options)
        for what, cost, count, seconds in (
            ("scikit-learn, all pairs", reference, len(centres), theirs),
            ("ours, all pairs: messages and local search", total_cost(matrix, rows, own, price), len(rows), dense),
            (f"the {EDGES} nearest alone", alone.cost(price), len(alone.rows), brief),
            (f"the {EDGES} nearest, then shortlists", full.cost(price), len(full.rows), whole),
        ):
            text, percent = f"{cost:.1f} ({count})", f"{100 * (cost / reference - 1):+.2f} %"
            print(f"    {what:44}{text:>20}{seconds:9.3f}{percent:>12}{theirs / seconds:8.0f}x")


def whole_road(session: Session, sampler: Sampler, size: int, more: int, queries: int) -> None:
    before = peak()
    _, seconds = timed(add, session, sampler, size)
    print(
        f"\n{size} pictures through build_index, {session.settings.cores} threads (filling the library {seconds:.0f} s)"
    )
    with phases() as report:
        found, seconds = timed(build_index, session, report=report)
    print(f"    {found}")
    print(
        f"    {seconds:.1f} s in all; peak memory {peak():.2f} GB ({before:.2f} GB before), where one N x N matrix of "
        f"float32 takes {4e-9 * size**2:.2f} GB; {session.library.arrays.bytes() / 1e6:.0f} MB of arrays on disk"
    )
    print(
        f"    recall of the true ten nearest among {CANDIDATES}: {recall(session, queries):.3f} over {queries} others"
    )
    if more:
        add(session, sampler, size + more)
        _, placed = timed(place_new, session)
        print(f"    {more} more: placed in {placed:.1f} s; then")
        with phases() as report:
            found, seconds = timed(build_index, session, report=report)
        print(f"    indexed in {seconds:.1f} s with {found.pairs:,} pairs")


def recall(session: Session, count: int) -> float:
    """Over pictures drawn at random, by comparing each with all."""
    stored = session.library.arrays.get(NEIGHBOURS)
    packed = divergence.pack(session.library.mixtures.many(stored.ids))
    hits = []
    for row in np.random.default_rng(1).permutation(len(stored.ids))[:count]:
        pairs = np.stack(np.broadcast_arrays(row, np.arange(len(stored.ids))), axis=1)
        exact = divergence.js_pairs(packed, pairs, threads=session.settings.cores)
        exact[row] = np.inf
        hits.append(np.isin(np.argsort(exact, kind="stable")[:10], stored["lists"][row]).mean())
    return float(np.mean(hits))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", type=int, default=20000, help="0 leaves the whole library out")
    parser.add_argument("--dense", type=int, default=5000, help="0 leaves the comparison with all pairs out")
    parser.add_argument("--added", type=int, default=100)
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--matrix", type=Path, help="keep the divergences of all pairs of --dense pictures here (.npy)")
    parser.add_argument("--library", type=Path, help="keep the library of --size pictures here")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    warming.warm()
    photos = [fit_image(pixels) for _, pixels in pictures(find([options.folder]))]
    settings = replace(Settings(), limit=min(5000, max(options.size - 1, 2)))
    sampler = Sampler(photos)
    print(f"{len(photos)} photos, {np.mean([len(photo) for photo in photos]):.0f} components each")
    if options.size:
        with tempfile.TemporaryDirectory() as folder:
            settings = replace(settings, library=options.library or Path(folder) / "library")
            with Session(settings) as session:
                whole_road(session, sampler, options.size, options.added, options.queries)
    if options.dense:
        beside_dense(sampler.first(options.dense), settings.cores, options.matrix)


if __name__ == "__main__":
    main()
