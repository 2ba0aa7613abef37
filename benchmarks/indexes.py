"""Ways to find near vectors: our cells beside libraries of indexes, on the vectors of a library (decision 33).

    pip install faiss-cpu usearch hnswlib        # or some of them: what cannot be imported is left out
    python -m benchmarks.indexes LIBRARY [--asked 20000] [--only PART]
    python -m benchmarks.indexes VECTORS.npy

LIBRARY has vectors (more than 20,000 pictures, as `benchmarks.sampler` draws them, with an index), or VECTORS.npy
holds them, (N, D) int16. Everything runs on one thread. Prints for each way, in microseconds of the processor:
building, divided by the pictures; and asking for the hundred nearest of a picture, of `--asked` of them drawn evenly
(our cells are asked for all, which is what they are for). Then the share of the hundred, and of the ten, truly nearest
vectors that are found, over `TRUE` of those pictures, and the bytes that the whole takes a vector.
"""

import argparse
import importlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from leitmotiv.analysis import candidates, cells
from leitmotiv.settings import Settings
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.vectors import stored_vectors

COUNT = 100
TRUE = 2000
"""Pictures of which it is known what is truly nearest."""
LISTS, PROBED = 1265, 64
"""Four times the root of 100,000: as many lists as we take cells."""
LINKS = 16
DEPTHS = (100, 200)

Ask = Callable[[np.ndarray], np.ndarray]
"""From rows to the nearest of each, (n, COUNT); the picture itself may be among them."""


class Way(NamedTuple):
    """A way of finding, once it is built; it may be asked at several depths."""

    bytes: float
    asked: tuple[tuple[str, Ask], ...]


def ours(vectors: np.ndarray) -> Way:
    """Cells about centres, looked through by products of matrices."""
    centres = cells.centres(vectors)

    def at(probed: int) -> Ask:
        def ask(_: np.ndarray) -> np.ndarray:
            before, candidates.PROBED = candidates.PROBED, probed
            try:
                return candidates.nearest(vectors, COUNT, centres=centres)
            finally:
                candidates.PROBED = before

        return ask

    size = (vectors.nbytes + centres.nbytes) / len(vectors)
    return Way(size, tuple((f"cells of our own, {probed}", at(probed)) for probed in (64, 32)))


def against_all(vectors: np.ndarray) -> Way:
    """Each against all others."""
    return Way(vectors.nbytes / len(vectors), (("against all", lambda rows: truly(vectors, rows)),))


def truly(vectors: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """What is nearest."""
    return candidates.nearest(vectors, COUNT, rows=rows)


def faiss_lists(vectors: np.ndarray, packed: bool = False) -> Way:
    """Inverted lists of faiss, with whole vectors or with eight bits a number."""
    faiss, size = importlib.import_module("faiss"), vectors.shape[1]
    faiss.omp_set_num_threads(1)
    plain, coarse = vectors.astype(np.float32), faiss.IndexFlatL2(size)
    index = (
        faiss.IndexIVFScalarQuantizer(coarse, size, LISTS, faiss.ScalarQuantizer.QT_8bit)
        if packed
        else faiss.IndexIVFFlat(coarse, size, LISTS)
    )
    index.train(plain)
    index.add(plain)
    index.nprobe = PROBED
    name = f"faiss {faiss.__version__} IVF{', 8 bits' if packed else ''}, {PROBED} of {LISTS:,} lists"
    return Way(
        len(faiss.serialize_index(index)) / len(plain), ((name, lambda rows: index.search(plain[rows], COUNT + 1)[1]),)
    )


def faiss_graph(vectors: np.ndarray) -> Way:
    """The graph of faiss."""
    faiss = importlib.import_module("faiss")
    faiss.omp_set_num_threads(1)
    plain = vectors.astype(np.float32)
    index = faiss.IndexHNSWFlat(vectors.shape[1], LINKS)
    index.add(plain)

    def at(depth: int) -> Ask:
        def ask(rows: np.ndarray) -> np.ndarray:
            index.hnsw.efSearch = depth
            return np.asarray(index.search(plain[rows], COUNT + 1)[1])

        return ask

    size = len(faiss.serialize_index(index)) / len(plain)
    return Way(size, tuple((f"faiss HNSW, {LINKS} links, ef {depth}", at(depth)) for depth in DEPTHS))


def usearch_graph(vectors: np.ndarray, kind: str = "f32") -> Way:
    """The graph of usearch."""
    usearch = importlib.import_module("usearch.index")
    plain = vectors.astype(np.float32)
    if kind == "i8":  # it takes numbers from -1 to 1; with room for the few largest all others would be coarse
        plain = np.clip(plain / np.quantile(np.abs(plain), 0.999), -1, 1)
    index = usearch.Index(ndim=vectors.shape[1], metric="l2sq", dtype=kind, connectivity=LINKS)
    index.add(np.arange(len(plain)), plain, threads=1)

    def at(depth: int) -> Ask:
        def ask(rows: np.ndarray) -> np.ndarray:
            index.expansion_search = depth
            return np.asarray(index.search(plain[rows], COUNT + 1, threads=1).keys).astype(np.int64)

        return ask

    bits = ", 8 bits" if kind == "i8" else ""
    return Way(
        index.serialized_length / len(plain),
        tuple((f"usearch HNSW{bits}, {LINKS} links, ef {depth}", at(depth)) for depth in DEPTHS),
    )


def hnswlib_graph(vectors: np.ndarray) -> Way:
    """The graph of hnswlib."""
    hnswlib = importlib.import_module("hnswlib")
    plain = vectors.astype(np.float32)
    index = hnswlib.Index("l2", vectors.shape[1])
    index.init_index(len(plain), M=LINKS)
    index.add_items(plain, num_threads=1)

    def at(depth: int) -> Ask:
        def ask(rows: np.ndarray) -> np.ndarray:
            index.set_ef(depth + 1)
            return np.asarray(index.knn_query(plain[rows], COUNT + 1, num_threads=1)[0]).astype(np.int64)

        return ask

    size = index.index_file_size() / len(plain)
    return Way(size, tuple((f"hnswlib, {LINKS} links, ef {depth}", at(depth)) for depth in DEPTHS))


WAYS: dict[str, Callable[[np.ndarray], Way]] = {
    "all": against_all,
    "ours": ours,
    "faiss lists": faiss_lists,
    "faiss lists, 8 bits": lambda vectors: faiss_lists(vectors, packed=True),
    "faiss graph": faiss_graph,
    "usearch": usearch_graph,
    "usearch, 8 bits": lambda vectors: usearch_graph(vectors, "i8"),
    "hnswlib": hnswlib_graph,
}

LIBRARIES = {"faiss": "faiss", "usearch": "usearch.index", "hnswlib": "hnswlib"}
"""What ways import, by the first word of their names."""


def vectors_of(where: Path) -> np.ndarray:
    """Vectors of a library, or of a file."""
    if where.suffix == ".npy":
        return np.load(where)
    with Session(replace(Settings(), library=where)) as session:
        found = stored_vectors(session.library, session.settings)
        if found is None:
            raise SystemExit(f"{where} has no vectors; build its index first.")
        return np.array(found.coordinates)


def share(found: np.ndarray, rows: np.ndarray, truth: np.ndarray) -> float:
    """Share of what is truly nearest that was found; each picture itself is passed over."""
    hits = [np.isin(true, near[near != row]).mean() for row, near, true in zip(rows, found, truth, strict=True)]
    return float(np.mean(hits))


def is_there(name: str) -> bool:
    """Whether the library of a way can be imported; it is from now on, so that no clock counts that."""
    module = LIBRARIES.get(name.partition(" ")[0].rstrip(","))
    try:
        return module is None or importlib.import_module(module) is not None
    except ImportError:
        return False


def measured(vectors: np.ndarray, count: int, only: str) -> Iterator[str]:
    """A line for each way."""
    rows = np.linspace(0, len(vectors) - 1, min(count, len(vectors))).astype(np.int64)
    some = np.linspace(0, len(rows) - 1, min(TRUE, len(rows))).astype(np.int64)
    candidates.warm()
    truth = truly(vectors, rows[some])
    for name, make in WAYS.items():
        if only not in name:
            continue
        if not is_there(name):
            yield f"{name}: cannot be imported, left out"
            continue
        begun = time.process_time()
        way: Any = make(vectors)
        building = 0.0 if make is against_all else (time.process_time() - begun) / len(vectors)
        for said, ask in way.asked:
            mine = rows[some] if make is against_all else rows
            begun = time.process_time()
            found = ask(mine)
            whole = len(found) == len(vectors)
            asking = (time.process_time() - begun) / len(found)
            near = found[rows[some]] if whole else found if make is against_all else found[some]
            yield (
                f"{said:42}{1e6 * building:8.0f}{1e6 * asking:8.0f}{share(near, rows[some], truth):8.3f}"
                f"{share(near, rows[some], truth[:, :10]):8.3f}{way.bytes:9,.0f}"
            )


def main() -> None:
    """Print the measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vectors", type=Path, metavar="LIBRARY")
    parser.add_argument("--asked", type=int, default=20_000)
    parser.add_argument("--only", default="", help="ways whose names hold this")
    asked = parser.parse_args()
    vectors = vectors_of(asked.vectors)
    print(
        f"{len(vectors):,} vectors of {vectors.shape[1]} numbers; microseconds of the processor a picture, one thread"
    )
    print(f"{'':42}{'built':>8}{'asked':>8}{'of 100':>8}{'of 10':>8}{'bytes':>9}", flush=True)
    for line in measured(vectors, asked.asked, asked.only):
        print(line, flush=True)


if __name__ == "__main__":
    main()
