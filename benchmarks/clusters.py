"""Groups of a large library from its graph: cost, bound, time of each part, and how they stay when pictures come.

    python -m benchmarks.clusters make WHERE --photos FOLDER [--size 100000]
    python -m benchmarks.clusters parts WHERE [--measures relative plain] [--price 0.7]
    python -m benchmarks.clusters stay WHERE [--measures relative plain] [--price 0.7]
    python -m benchmarks.clusters quality [--size 5000] [--prices 0.2 0.7 2 7] [--matrix FILE]

`make` draws pictures (sampler.py) from the photos of a folder, and keeps them packed in the folder WHERE, with vectors,
the hundred candidates of each, their divergences, and how remote each is; what is there is not made again. The other
verbs keep there, too, what pairs they had to compare, so that a second run compares none.

`parts`: for relative divergences at the price that is suggested, and for plain ones at `--price` nats, the seconds of
the processor of each part, the cost and its gap, and what the tree takes. `stay`: 1 % of the pictures are left out and
come back; the adjusted Rand index of the groups of the others, from the old exemplars and from nothing. `quality`: at a
size that allows all pairs, ours along neighbours beside ours over all pairs and FasterPAM (the package kmedoids, begun
at random with as many exemplars as ours); `--matrix` are divergences that scale.py kept, else looks are made up as in
affinity.py.
"""

import argparse
import os
import warnings
from pathlib import Path
from time import process_time

import numpy as np
from sklearn.metrics import adjusted_rand_score

from benchmarks.affinity import divergences
from benchmarks.geometric import MOST, clock, peak, watched
from benchmarks.sampler import Sampler
from benchmarks.spaces import find, pictures
from leitmotiv.analysis import (
    bound,
    candidates,
    divergence,
    embedding,
    graph,
    hubness,
    packing,
    sparse_exemplars,
    sparse_tree,
    warming,
)
from leitmotiv.analysis.exemplars import exemplars, total_cost
from leitmotiv.analysis.graph import Pairs
from leitmotiv.analysis.mixture import fit_image
from leitmotiv.kernels.divergence import Comparable

BLOCK = 5000
"""Pictures that are drawn and packed at once."""
THREADS = 2
MEASURES = ("relative", "plain")


def make(where: Path, photos: Path, size: int) -> None:
    where.mkdir(parents=True, exist_ok=True)
    sampler = None
    for block in range(-(-size // BLOCK)):
        file = where / f"packed-{block:04}.npz"
        if not file.exists():
            sampler = sampler or Sampler([fit_image(pixels) for _, pixels in pictures(find([photos]))])
            numbers = range(block * BLOCK, min((block + 1) * BLOCK, size))
            np.savez(file, **packing.pack([sampler.picture(number) for number in numbers]).pictures._asdict())
    packed = load_packed(where)
    if not (where / "coordinates.npy").exists():
        rows = np.unique(((np.arange(embedding.FITTED) + 0.5) * size / embedding.FITTED).astype(np.int64))
        model = embedding.fit(taken(packed, rows), threads=THREADS)
        np.save(where / "coordinates.npy", embedding.embed(model, packed, threads=THREADS))
    if not (where / "lists.npy").exists():
        np.save(where / "lists.npy", candidates.nearest(np.load(where / "coordinates.npy"), 100, threads=THREADS))
    if not (where / "remote.npy").exists():
        witnesses = np.random.default_rng(0).permutation(size)[: hubness.WITNESSES]
        pairs = np.stack(np.broadcast_arrays(np.arange(size)[:, None], witnesses), axis=-1).reshape(-1, 2)
        values = divergence.js_pairs(packed, pairs, threads=THREADS).reshape(size, -1)
        np.save(where / "remote.npy", hubness.remoteness(values))
    if not (where / "values.npy").exists():
        keys = graph.distinct(graph.keys_of(np.arange(size)[:, None], np.load(where / "lists.npy"), size))
        np.save(where / "keys.npy", keys)
        np.save(where / "values.npy", divergence.js_pairs(packed, graph.ends(keys, size), threads=THREADS))
    print(f"made after {process_time():.0f} s of the processor, {peak():.2f} GB at most")


def load_packed(where: Path) -> packing.Packed:
    """All pictures that were made."""
    parts: dict[str, list[np.ndarray]] = {name: [] for name in Comparable._fields}
    components = 0
    for file in sorted(where.glob("packed-*.npz")):
        with np.load(file) as block:
            for name, values in parts.items():
                values.append(block[name])
        first = parts["first"][-1] + components
        components = int(first[-1])
        parts["first"][-1] = first if len(parts["first"]) == 1 else first[1:]
    shares = parts.pop("shares")[0]
    joined = {name: np.concatenate(blocks) for name, blocks in parts.items()}
    joined["places"] = np.arange(len(joined["own"]))
    return packing.Packed(divergence.DEFAULT, "lab", Comparable(shares=shares, **joined))


def taken(packed: packing.Packed, rows: np.ndarray) -> packing.Packed:
    """Some of them."""
    whole, first = packed.pictures, packed.pictures.first
    part = whole._replace(
        points=whole.points[rows],
        own=whole.own[rows],
        places=np.arange(len(rows)),
        origins=whole.origins[rows],
        table=np.concatenate([whole.table[first[row] : first[row + 1]] for row in rows]),
        first=np.concatenate([[0], np.cumsum(first[rows + 1] - first[rows])]),
    )
    return packing.Packed(packed.look, packed.colour_space, part)


class Made:
    """What `make` kept; divergences of further pairs are computed, and kept by `keep`."""

    def __init__(self, where: Path) -> None:
        self.where = where
        self.coordinates, self.lists = np.load(where / "coordinates.npy"), np.load(where / "lists.npy")
        self.size = len(self.lists)
        self.remote = np.load(where / "remote.npy")
        self.middle = float(self.remote.mean())
        self.listed = Pairs(self.size, np.load(where / "keys.npy"), np.load(where / "values.npy"))
        self.known = self.listed
        if (where / "extra.npz").exists():
            with np.load(where / "extra.npz") as extra:
                self.known = self.listed.joined(Pairs(self.size, extra["keys"], extra["values"]))
        self.packed = load_packed(where)
        self.relative, self.seconds, self.asked = True, 0.0, np.zeros(0, np.int64)

    @property
    def most(self) -> float:
        least = self.remote.min()
        return float(hubness.relative(np.array(MOST), least, least, self.middle)) if self.relative else MOST

    def compare(self, keys: np.ndarray) -> np.ndarray:
        start, values = process_time(), self.known.look_up(keys)
        lacking = np.sort(keys[np.isnan(values)])
        if len(lacking):
            found = divergence.js_pairs(self.packed, graph.ends(lacking, self.size), threads=THREADS)
            self.known = self.known.joined(Pairs(self.size, lacking, found))
            values = self.known.look_up(keys)
        self.asked = np.concatenate([self.asked, keys])
        self.seconds += process_time() - start
        return self.weighed(keys, values)

    def weighed(self, keys: np.ndarray, values: np.ndarray) -> np.ndarray:
        if not self.relative:
            return values
        one, other = self.remote[graph.ends(keys, self.size).T]
        return hubness.relative(values, one, other, self.middle).astype(np.float32)

    def weighed_pairs(self, pairs: Pairs) -> Pairs:
        return Pairs(self.size, pairs.keys, self.weighed(pairs.keys, pairs.values))

    def used(self) -> Pairs:
        keys = graph.distinct(self.asked)
        return Pairs(self.size, keys, self.known.look_up(keys))

    def nearest(self, lists: np.ndarray) -> Pairs:
        """The 50 nearest of each, of those that are listed."""
        values = self.listed.look_up(graph.keys_of(np.arange(self.size)[:, None], lists, self.size))
        return graph.listed(np.where(np.isnan(values), -1, lists).astype(np.int32), values, 50)

    def shortlist(self, rows: np.ndarray) -> np.ndarray:
        return candidates.nearest(self.coordinates, min(20, len(rows)), columns=rows, threads=THREADS)

    def price(self, plain: float) -> float:
        return sparse_tree.suggest(self.size, self.compare) if self.relative else plain

    def keep(self) -> None:
        new = np.isnan(self.listed.look_up(self.known.keys))
        np.savez(self.where / "extra.npz", keys=self.known.keys[new], values=self.known.values[new])


def measure_parts(made: Made, measure: str, plain: float) -> None:
    price = made.price(plain)
    nearest = made.weighed_pairs(made.nearest(made.lists))
    print(f"\n{made.size:,} pictures, {measure}, price {price:.3g}, load {os.getloadavg()[0]:.1f}")
    spent, before, compared, start = watched(), len(made.known), made.seconds, process_time()
    alone = clock(spent, "alone", sparse_exemplars.exemplars)(nearest.graph(), preference=price, most=made.most)
    print(
        f"    the 50 nearest alone: cost {alone.cost(price):.2f}, {len(alone.rows)} groups, {spent.pop('alone'):.1f} s"
    )
    spent.clear()
    compared, start = made.seconds, process_time()
    found, pairs = sparse_exemplars.augmented(
        nearest, preference=price, most=made.most, shortlist=made.shortlist, compare=made.compare
    )
    whole, pairs_s = process_time() - start, made.seconds - compared
    spent["edges"] -= pairs_s
    cost = found.cost(price)
    print(
        f"    whole: cost {cost:.2f}, {len(found.rows)} groups, {whole - pairs_s:.1f} s, and {pairs_s:.1f} s for pairs"
    )
    print("      of these " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in spent.items()))
    least = clock(spent, "bound", bound.least_cost)(
        pairs.graph(), cost, preference=price, most=made.most, threads=THREADS
    )
    edges = 2 * len(pairs) / made.size
    print(
        f"    bound {least.value:.2f}, gap {cost / least.value - 1:.3%}, {spent['bound']:.1f} s; {edges:.0f} edges each"
    )
    compared, start, known = made.seconds, process_time(), len(made.known)
    clusters, served = sparse_tree.build(
        tuple(map(str, range(made.size))), found, pairs, preference=price, most=made.most, compare=made.compare
    )
    pairs_s = made.seconds - compared
    print(
        f"    tree: {process_time() - start - pairs_s:.1f} s, and {pairs_s:.1f} s for {len(made.known) - known:,} new "
        f"pairs; cost {clusters.cost:.2f} ({(served.rows != found.rows).mean():.1%} of the exemplars moved); "
        f"{len(made.known) - before:,} new pairs in all; {peak():.2f} GB at most"
    )


def measure_stay(made: Made, measure: str, plain: float) -> None:
    price, size = made.price(plain), made.size
    come = np.sort(np.random.default_rng(5).permutation(size)[: size // 100])
    old = np.setdiff1d(np.arange(size), come)
    row_of = np.full(size, -1)
    row_of[old] = np.arange(len(old))
    lists = made.lists.copy()
    lists[come] = -1
    lists = np.where(row_of[lists] >= 0, lists, -1)
    few = made.weighed_pairs(made.nearest(lists))
    one, other = np.divmod(few.keys, size)
    few = Pairs(len(old), row_of[one] * len(old) + row_of[other], few.values)

    def compare(keys):
        one, other = np.divmod(keys, len(old))
        return made.compare(graph.keys_of(old[one], old[other], size))

    def shortlist(rows):
        return candidates.nearest(made.coordinates[old], min(20, len(rows)), columns=rows, threads=THREADS)

    options = {"preference": price, "most": made.most}
    before, _ = sparse_exemplars.augmented(few, shortlist=shortlist, compare=compare, **options)
    start = old[before.rows]
    stored = made.weighed_pairs(made.used().of(start))
    whole = made.weighed_pairs(made.nearest(made.lists))
    options |= {"shortlist": made.shortlist, "compare": made.compare}
    print(f"\n{size:,} pictures, {measure}, price {price:.3g}: {len(start)} groups without 1 %, then with it")
    for name, pairs, extra in (
        ("from the old exemplars", whole.joined(stored), {"start": start, "fresh": come}),
        ("from nothing", whole, {}),
    ):
        began, compared = process_time(), made.seconds
        after, _ = sparse_exemplars.augmented(pairs, **options, **extra)
        same = adjusted_rand_score(before.labels, after.labels[old])
        kept, seconds = np.isin(start, after.rows).mean(), process_time() - began - made.seconds + compared
        print(
            f"    {name:24}adjusted Rand index {same:.4f}, {kept:.1%} of the exemplars kept, "
            f"cost {after.cost(price):.2f}, {seconds:.1f} s"
        )


def quality(size: int, prices: list[float], matrix: Path | None) -> None:
    import kmedoids

    divergence = np.load(matrix) if matrix else divergences(size, 1).astype(np.float32)
    size = len(divergence)
    lists = np.argpartition(divergence + np.diag(np.full(size, 9, np.float32)), 100, axis=1)[:, :100].astype(np.int32)
    nearest = graph.listed(lists, np.take_along_axis(divergence, lists, axis=1), 50)

    def shortlist(rows):
        near = np.argpartition(divergence[:, rows], min(20, len(rows)) - 1, axis=1)
        return rows[near[:, :20]].astype(np.int32)

    print(f"{size:,} points; cost (groups) seconds of the processor")
    for price in prices:
        spent: dict[str, float] = {}
        rows, labels = clock(spent, "all", exemplars)(divergence, preference=price)
        dense = total_cost(divergence, rows, labels, price)
        found, _ = clock(spent, "near", sparse_exemplars.augmented)(
            nearest,
            preference=price,
            most=MOST,
            shortlist=shortlist,
            compare=lambda keys: divergence[np.divmod(keys, size)],
        )
        pam = clock(spent, "pam", kmedoids.fasterpam)(divergence, len(found.rows), random_state=0, n_cpu=1)
        theirs, cost = pam.loss + price * len(found.rows), found.cost(price)
        least = bound.least_cost_of_matrix(divergence, min(dense, cost), preference=price)
        best = min(dense, theirs)
        print(
            f"price {price:<5} all pairs {dense:.2f} ({len(rows)}) {spent['all']:.1f}; FasterPAM {theirs:.2f} "
            f"{spent['pam']:.1f}; along neighbours {cost:.2f} ({len(found.rows)}) {spent['near']:.1f}: "
            f"{cost / best - 1:+.3%} of the better; bound {least.value:.2f}, {cost / least.value - 1:.2%} below"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["make", "parts", "stay", "quality"])
    parser.add_argument("where", type=Path, nargs="?")
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--size", type=int)
    parser.add_argument("--measures", nargs="*", choices=MEASURES, default=MEASURES)
    parser.add_argument("--price", type=float, default=0.7, help="of plain divergences, nats")
    parser.add_argument("--prices", type=float, nargs="*", default=[0.2, 0.7, 2.0, 7.0])
    parser.add_argument("--matrix", type=Path)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    warming.warm()
    if options.what == "make":
        make(options.where, options.photos, options.size or 100_000)
    elif options.what == "quality":
        quality(options.size or 5000, options.prices, options.matrix)
    else:
        made = Made(options.where)
        for measure in options.measures:
            made.relative = measure == "relative"
            (measure_parts if options.what == "parts" else measure_stay)(made, measure, options.price)
            made.keep()


if __name__ == "__main__":
    main()
