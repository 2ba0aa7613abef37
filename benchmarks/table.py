"""Every stage of the engine beside the original, the best peer at hand and what the machine could do at most.

    python -m benchmarks.table FOLDER [--size 3000] [--threads 2]

FOLDER holds photos. Everything that has a figure of its own is measured here in one run, in turns, medians; the peers
are those of benchmarks/peers.txt that are installed, scikit-learn and numpy. "Original" is richengguy/leitmotiv: its
decoding and blur are done again here, the other figures were measured on it once, on a processor of another kind (2
cores of 2.5 GHz), so that their ratios are rough. The limits: a file's entropy decoding alone (libjpeg at 1/8); the
multiplications and additions of a fit or a pair at the rate of numpy's float32 matrix product; one reading of the
matrix of similarities at the speed of memory. A limit below 1 x is beaten by doing less than it supposes.
"""

import argparse
import io
import os
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter
from sklearn.cluster import affinity_propagation
from threadpoolctl import threadpool_limits

from benchmarks import affinity as affinity_study
from benchmarks import decode as decode_study
from benchmarks import divergence as divergence_study
from benchmarks import fit as fit_study
from leitmotiv.analysis import divergence, mixture, warming
from leitmotiv.analysis.messages import Messages
from leitmotiv.imaging.read import read

Row = tuple[str, str, float | None, str, float | None, float, float]
"""Stage, unit, original, name of the peer, peer, ours, limit; the figures in the unit, less is better."""

ORIGINAL = {"fit": 15_100.0, "pair": 182_000.0}
"""Milliseconds a picture, and microseconds a pair at 10,000 samples."""
FUSED_OPERATIONS = {"fit": 40, "pair": 20}
"""Multiplications with addition for each sample and component: 20 for its density, 20 for the moments of a fit."""
ROUNDS = 7


def seconds(function: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Median time of a call."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        function()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def operations_a_second() -> float:
    """Fused multiplications and additions of float32 that one core does in numpy's matrix product."""
    size = 1024
    one = np.random.default_rng(0).random((size, size), np.float32)
    with threadpool_limits(1):
        return size**3 / seconds(lambda: one @ one)


def bytes_a_second(threads: int) -> float:
    """How fast memory is read by all threads."""
    values = np.ones(64 << 20, np.float32)
    parts = np.array_split(values, threads)
    with ThreadPoolExecutor(threads) as pool:
        return values.nbytes / seconds(lambda: list(pool.map(np.max, parts)))


def decoding() -> Row:
    """A photo of 12 megapixels and 2 MB to blurred pixels, one core."""
    with tempfile.TemporaryDirectory() as folder:
        paths = decode_study.made(Path(folder), 4)
        blobs = [Path(os.fsdecode(path)).read_bytes() for path in paths]
        kinds: dict[str, Callable[[int], object]] = {
            "original": lambda at: _as_the_original(blobs[at]),
            "ours": lambda at: mixture.draw_samples(read(paths[at]).pixels, np.random.default_rng(0)),
            "limit": lambda at: _at_an_eighth(blobs[at]),
            "Pillow": lambda at: _pillow(blobs[at]),
            **{name: lambda at, peer=peer: peer(blobs[at]) for name, peer in _decoders().items()},
        }
        found = {name: [seconds(lambda: kind(at), 5) for at in range(4)] for name, kind in kinds.items()}  # noqa: B023
    cost = {name: 1e3 * statistics.median(times) for name, times in found.items()}
    original, ours, limit = (cost.pop(name) for name in ("original", "ours", "limit"))
    best = min(cost, key=lambda name: cost[name])
    return (
        "12 MP JPEG to blurred samples (ours: and hashes, two thumbnails)",
        "ms",
        original,
        best,
        cost[best],
        ours,
        limit,
    )


def _as_the_original(data: bytes) -> object:
    pixels = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    return gaussian_filter(pixels, (0.006 * max(pixels.shape),) * 2 + (0,), mode="nearest", truncate=3)


def _at_an_eighth(data: bytes) -> None:
    image = Image.open(io.BytesIO(data))
    image.draft("RGB", (image.width // 8, image.height // 8))
    image.load()


def _pillow(data: bytes) -> object:
    from PIL import ImageFilter

    image = Image.open(io.BytesIO(data))
    image.draft("RGB", (512, 512))
    image.thumbnail((512, 512))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(3)))


def _decoders() -> dict[str, Callable[[bytes], object]]:
    found: dict[str, Callable[[bytes], object]] = {}
    try:
        import pyvips

        pyvips.cache_set_max(0)
        pyvips.voperation.cache_set_max(0)
        found["pyvips"] = lambda data: pyvips.Image.thumbnail_buffer(data, 512).gaussblur(3).numpy()
    except (ImportError, OSError):
        print("pyvips is not installed (benchmarks/peers.txt)", file=sys.stderr)
    try:
        import cv2

        cv2.setNumThreads(1)
        found["OpenCV"] = lambda data: cv2.GaussianBlur(
            cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_REDUCED_COLOR_8), (0, 0), 3
        )
    except ImportError:
        print("OpenCV is not installed (benchmarks/peers.txt)", file=sys.stderr)
    return found


def fitting(folder: Path, rate: float) -> Row:
    """A mixture from 5,000 samples, one core."""
    ours, theirs, limits = [], [], []
    for number, pixels in enumerate(fit_study.gather(folder, 8)[:10]):
        points, held_out = fit_study.take_samples(pixels, number)
        ours.append(1e3 * fit_study.fit_ours(points, held_out)[0])
        theirs.append(1e3 * fit_study.fit_theirs(points, held_out)[0])
        fitted = mixture.fit(points, components=fit_study.COMPONENTS, alpha=fit_study.ALPHA)
        work = len(points) * len(fitted.weights) * len(fitted.bounds) * FUSED_OPERATIONS["fit"]
        limits.append(1e3 * work / rate)
    medians = map(statistics.median, (theirs, ours, limits))
    return "mixture from 5,000 samples", "ms", ORIGINAL["fit"], "scikit-learn", *medians


def pairs(folder: Path, rate: float, threads: int) -> list[Row]:
    """Divergences: a pair on one core beside numpy's matrix products, and all pairs on all cores."""
    mixtures = divergence_study.fit(folder, 120, threads)
    look = replace(divergence.DEFAULT, points=480)
    few = divergence.pack(mixtures[: divergence_study.MEASURED], look=look)
    chosen = np.ascontiguousarray(np.column_stack(np.triu_indices(len(few), 1)))
    prepared = divergence_study.Products(few.pictures)
    own, products = [], []
    for _ in range(ROUNDS):
        products.append(1e6 / len(chosen) * seconds(prepared.measure, 1))
        own.append(1e6 / len(chosen) * seconds(lambda: divergence._compare(few, few, chosen), 1))
    evaluations = 2 * 2 * 480 * np.mean([len(one) for one in mixtures])  # both ways, both spaces
    limit = 1e6 * evaluations * FUSED_OPERATIONS["pair"] / rate
    first: Row = (
        "divergence of a pair, 480 points, both spaces, one core",
        "µs",
        ORIGINAL["pair"],
        "numpy, matrix products",
        statistics.median(products),
        statistics.median(own),
        limit,
    )
    count = len(mixtures) * (len(mixtures) - 1) / 2
    packed = divergence.pack(mixtures)
    whole = 1e6 / count * seconds(lambda: divergence.js_matrix(packed, threads=threads), 5)
    parallel = f"all pairs, {divergence.DEFAULT.points} points, both spaces, {threads} cores"
    scaled = limit * divergence.DEFAULT.points / 480 / threads
    return [first, (parallel, "µs a pair", ORIGINAL["pair"] / threads, "-", None, whole, scaled)]


def propagating(size: int, speed: float, threads: int) -> Row:
    """A step of affinity propagation in float32, all cores, on divergences whose groups are found."""
    similarity = -affinity_study.divergences(size, 0).astype(np.float32)
    np.fill_diagonal(similarity, np.median(similarity))
    steps = 100
    with ThreadPoolExecutor(threads) as pool:
        began = time.perf_counter()
        messages = Messages(similarity, 0.5, pool, threads)
        for _ in range(steps):
            messages.step()
        ours = 1e3 * (time.perf_counter() - began) / steps
    began = time.perf_counter()
    taken = affinity_propagation(
        similarity, max_iter=steps, convergence_iter=steps, damping=0.5, random_state=0, return_n_iter=True
    )[2]
    theirs = 1e3 * (time.perf_counter() - began) / taken
    limit = 1e3 * similarity.nbytes / speed
    return (
        f"affinity propagation, a step, N = {size:,}, {threads} cores",
        "ms",
        None,
        "scikit-learn",
        theirs,
        ours,
        limit,
    )


def text(value: float | None) -> str:
    """Three digits."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def ratio(other: float | None, ours: float) -> str:
    return "-" if other is None else f"{text(other / ours)} x"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", type=int, nargs="*", default=[3000, 5000])
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    warming.warm()
    rate, speed = operations_a_second(), bytes_a_second(options.threads)
    with threadpool_limits(1):
        rows = [decoding(), fitting(options.folder, rate), *pairs(options.folder, rate, options.threads)]
        rows += [propagating(size, speed, options.threads) for size in options.sizes]
    print("| stage | original | best peer | ours | limit | against original | against peer | of the limit |")
    print("|---|---|---|---|---|---|---|---|")
    for stage, unit, original, name, peer, ours, limit in rows:
        known = "-" if peer is None else f"{text(peer)} ({name})"
        print(f"| {stage}, {unit} | {text(original)} | {known} | {text(ours)} | {text(limit)} ", end="")
        print(f"| {ratio(original, ours)} | {ratio(peer, ours)} | {text(ours / limit)} x |")
    print(f"\nOne core: {rate / 1e9:.0f} thousand million float32 operations a second; memory {speed / 1e9:.1f} GB/s.")


if __name__ == "__main__":
    main()
