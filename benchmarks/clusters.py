"""Groups of a large library, from its graph alone: cost, bound, time and memory of each piece, and how groups stay.

python benchmarks/clusters.py make FOLDER WHERE [--size 100000]
python benchmarks/clusters.py time WHERE
"""

import argparse
import time
import warnings
from pathlib import Path

import numpy as np
from sampler import Sampler
from spaces import find, pictures

from leitmotiv.analysis import candidates, divergence, embedding, graph, hubness, packing, warming
from leitmotiv.analysis.mixture import fit_image
from leitmotiv.kernels.divergence import Comparable

BLOCK = 5000
"""Pictures that are drawn and packed at once."""
FIELDS = Comparable._fields


def make(folder: Path, where: Path, size: int, threads: int) -> None:
    """Mixtures of `size` pictures drawn from the photos of a folder, their vectors, neighbours and remoteness.

    Each part is kept in `where`, and is not made again.
    """
    where.mkdir(parents=True, exist_ok=True)
    sampler = None
    for block in range(-(-size // BLOCK)):
        file = where / f"packed-{block:04}.npz"
        if not file.exists():
            sampler = sampler or Sampler([fit_image(pixels) for _, pixels in pictures(find([folder]))])
            numbers = range(block * BLOCK, min((block + 1) * BLOCK, size))
            packed = packing.pack([sampler.picture(number) for number in numbers])
            np.savez(file, **packed.pictures._asdict())
            print(f"{file.name}: {time.process_time():.0f} s of the processor so far", flush=True)
    packed = load_packed(where)
    if not (where / "coordinates.npy").exists():
        rows = np.unique(((np.arange(embedding.FITTED) + 0.5) * size / embedding.FITTED).astype(np.int64))
        model = embedding.fit(taken(packed, rows), threads=threads)
        np.save(where / "coordinates.npy", embedding.embed(model, packed, threads=threads))
        print(f"vectors: {time.process_time():.0f} s of the processor so far", flush=True)
    coordinates = np.load(where / "coordinates.npy")
    if not (where / "lists.npy").exists():
        np.save(where / "lists.npy", candidates.nearest(coordinates, 100, threads=threads))
        print(f"candidates: {time.process_time():.0f} s of the processor so far", flush=True)
    if not (where / "remote.npy").exists():
        witnesses = np.random.default_rng(0).permutation(size)[: hubness.WITNESSES]
        pairs = np.stack(np.broadcast_arrays(np.arange(size)[:, None], witnesses), axis=-1).reshape(-1, 2)
        values = divergence.js_pairs(packed, pairs, threads=threads).reshape(size, -1)
        np.save(where / "remote.npy", hubness.remoteness(values))
        print(f"remoteness: {time.process_time():.0f} s of the processor so far", flush=True)
    if not (where / "values.npy").exists():
        lists = np.load(where / "lists.npy")
        keys = graph.distinct(graph.keys_of(np.arange(size)[:, None], lists, size))
        np.save(where / "keys.npy", keys)
        np.save(where / "values.npy", divergence.js_pairs(packed, graph.ends(keys, size), threads=threads))
        print(f"{len(keys):,} pairs: {time.process_time():.0f} s of the processor so far", flush=True)


def load_packed(where: Path) -> packing.Packed:
    """All pictures that were made, packed."""
    parts: dict[str, list[np.ndarray]] = {name: [] for name in FIELDS}
    components = 0
    for file in sorted(where.glob("packed-*.npz")):
        with np.load(file) as block:
            for name in FIELDS:
                parts[name].append(block[name])
        first = parts["first"][-1] + components
        components = int(first[-1])
        parts["first"][-1] = first if len(parts["first"]) == 1 else first[1:]
    shares = parts.pop("shares")[0]
    joined = {name: np.concatenate(blocks) for name, blocks in parts.items()}
    return packing.Packed(divergence.DEFAULT, "lab", Comparable(shares=shares, **joined))


def taken(packed: packing.Packed, rows: np.ndarray) -> packing.Packed:
    """Some of them."""
    all_of, first = packed.pictures, packed.pictures.first
    table = np.concatenate([all_of.table[first[row] : first[row + 1]] for row in rows])
    starts = np.concatenate([[0], np.cumsum(first[rows + 1] - first[rows])])
    part = all_of._replace(
        points=all_of.points[rows],
        own=all_of.own[rows],
        origins=all_of.origins[rows],
        table=table,
        first=starts,
    )
    return packing.Packed(packed.look, packed.colour_space, part)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["make"])
    parser.add_argument("places", nargs="+", type=Path)
    parser.add_argument("--size", type=int, default=100_000)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    warming.warm()
    make(*options.places, options.size, 2)


if __name__ == "__main__":
    main()
