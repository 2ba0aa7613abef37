"""Divergences a second and their errors, beside the same sums as matrix products of numpy, in one run.

    python -m benchmarks.divergence FOLDER [--pictures 500] [--threads 2]

FOLDER holds photos. The first table has, for each number of points, the rate of `js_matrix` over all pairs, both
spaces (so that a space has twice as many); the root mean square error against 100,000 points over the pairs of 40
pictures, and of the usual estimate (the mean of ln p/m and ln q/m) from the same points; and how many of the 10 nearest
of those 40 are the true ones. The second has the matrix form in float32, on the same points and one core, all that
a pair does not change prepared beforehand, and what either is off from float64.
"""

import argparse
import itertools
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.spaces import find
from leitmotiv.analysis import divergence
from leitmotiv.analysis.mixture import fit_image, warm
from leitmotiv.imaging.read import read_pixels
from leitmotiv.kernels.divergence import Comparable
from leitmotiv.records import Mixture

EXACT = 100_000
MEASURED = 40
ROUNDS = 7


def fit(folder: Path, count: int, threads: int) -> list[Mixture]:
    paths = find([folder])
    chosen = [paths[at] for at in np.linspace(0, len(paths) - 1, min(count, len(paths))).astype(int)]
    warm()
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda path: fit_image(read_pixels(path, max_size=512)), chosen))


def features(points: np.ndarray) -> np.ndarray:
    """Points (5, S) as rows of 1, x and the products x x, (S, 21)."""
    rows, columns = np.tril_indices(5)
    return np.concatenate(
        [np.ones((1, points.shape[1]), points.dtype), points, points[rows] * points[columns]]
    ).T.copy()


def coefficients(table: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """What turns features of x into log2 of each component's density at x + shift, (21, K)."""
    lower = np.zeros((len(table), 5, 5))
    rows, columns = np.tril_indices(5)
    lower[:, rows, columns] = table[:, 6:]
    offset = table[:, 1:6] + lower @ shift
    square = lower.transpose(0, 2, 1) @ lower
    products = -np.where(rows == columns, 1, 2) * square[:, rows, columns]
    linear = -2 * np.einsum("kij,ki->kj", lower, offset)
    return np.column_stack([table[:, 0] - (offset**2).sum(axis=1), linear, products]).T.copy()


def by_products(
    pictures: Comparable, i: int, j: int, kind: type, prepared: dict[int, np.ndarray]
) -> tuple[float, float]:
    """The divergence of a pair with one matrix product for each picture and space, and the usual estimate."""
    values, usual = [], []
    for one, other in ((i, j), (j, i)):
        table = pictures.table[pictures.first[other] : pictures.first[other + 1]].astype(np.float64)
        apart = pictures.origins[one].astype(np.float64) - pictures.origins[other]
        for shift in (np.zeros(5), apart):
            exponents = prepared[one].astype(kind, copy=False) @ coefficients(table, shift).astype(kind)
            exponents -= pictures.own[one][:, None]
            np.clip(exponents, -120, 100, out=exponents)
            t = np.exp2(exponents).sum(axis=1)
            gain = 1 - np.log2(1 + t) + t / (1 + t) * np.log2(np.maximum(t, np.finfo(kind).tiny))
            values.append(float(pictures.shares.astype(kind) @ gain))
            usual.append(float(pictures.shares.astype(kind) @ (1 - np.log2(1 + t))))
    both = (np.reshape(one, (2, 2)).mean(axis=0) * np.log(2) for one in (values, usual))
    found, plain = (float(divergence.DEFAULT.combine(parts)) for parts in both)
    return found, plain


def all_by_products(packed: divergence.Packed, pairs: np.ndarray, kind: type) -> np.ndarray:
    """Both estimates for every pair, (P, 2)."""
    pictures = packed.pictures
    prepared = {row: features(pictures.points[row].astype(kind)) for row in range(len(packed))}
    return np.array([by_products(pictures, i, j, kind, prepared) for i, j in pairs])


def overlap(matrix: np.ndarray, exact: np.ndarray, n: int = 10) -> float:
    """Share of the n nearest that are the true ones."""
    far = np.diag(np.full(len(matrix), np.inf))
    found, true = (np.argsort(values + far, axis=1)[:, :n] for values in (matrix, exact))
    return float(np.mean([len(set(a) & set(b)) / n for a, b in zip(found, true, strict=True)]))


def rates(mixtures: list[Mixture], threads: int) -> None:
    few = [mixtures[at] for at in np.linspace(0, len(mixtures) - 1, MEASURED).astype(int)]
    exact = divergence.js_matrix(few, look=replace(divergence.DEFAULT, points=EXACT), threads=threads)
    above = np.triu_indices(len(few), 1)
    pairs = np.column_stack(above)
    print(f"{'points':>7} {'pairs/s':>9} {'rmse':>8} {'usual':>8} {'10 nearest':>11}")
    for points in (48, 96, 144, 192, 240, 480, 960):
        look = replace(divergence.DEFAULT, points=points)
        packed = divergence.pack(mixtures, look=look)
        began = time.perf_counter()
        divergence.js_matrix(packed, look=look, threads=threads)
        rate = len(mixtures) * (len(mixtures) - 1) / 2 / (time.perf_counter() - began)
        small = divergence.pack(few, look=look)
        matrix = divergence.js_matrix(small, look=look)
        usual = all_by_products(small, pairs, np.float64)[:, 1]
        errors = [np.sqrt(np.mean((values - exact[above]) ** 2)) for values in (matrix[above], usual)]
        mark = " (default)" if points == divergence.DEFAULT.points else ""
        print(f"{points:7} {rate:9,.0f} {errors[0]:8.4f} {errors[1]:8.4f} {overlap(matrix, exact):11.3f}{mark}")


class Products:
    """All pairs by matrix products in float32, a picture's points with all components at once; prepared beforehand."""

    def __init__(self, pictures: Comparable) -> None:
        self.pictures = pictures
        double = [points.astype(np.float64) for points in pictures.points]
        origins = pictures.origins.astype(np.float64)
        tables = [pictures.table[a:b].astype(np.float64) for a, b in itertools.pairwise(pictures.first)]
        moved = [points + origin[:, None] for points, origin in zip(double, origins, strict=True)]
        self.features = [[features(points).astype(np.float32) for points in space] for space in (double, moved)]
        self.coefficients = [
            np.hstack([coefficients(table, shift) for table, shift in zip(tables, shifts, strict=True)]).astype("f")
            for shifts in (np.zeros_like(origins), -origins)
        ]

    def measure(self) -> np.ndarray:
        """Divergences, (N, N)."""
        pictures, first = self.pictures, self.pictures.first[:-1]
        halves = np.zeros((2, len(first), len(first)))
        for row, own in enumerate(pictures.own):
            for space, parameters, half in zip(self.features, self.coefficients, halves, strict=True):
                exponents = space[row] @ parameters
                exponents -= own[:, None]
                np.clip(exponents, -120, 100, out=exponents)
                t = np.add.reduceat(np.exp2(exponents, out=exponents), first, axis=1)
                gain = 1 - np.log2(1 + t) + t / (1 + t) * np.log2(np.maximum(t, np.finfo(np.float32).tiny))
                half[row] = pictures.shares @ gain
        spaces = (halves + halves.transpose(0, 2, 1)) / 2 * np.log(2)
        return divergence.DEFAULT.combine(np.moveaxis(spaces, 0, -1))


def forms(mixtures: list[Mixture]) -> None:
    packed = divergence.pack(mixtures[:MEASURED])
    pairs = np.ascontiguousarray(np.column_stack(np.triu_indices(len(packed), 1)))
    double = all_by_products(packed, pairs, np.float64)[:, 0]
    products, rate, own = Products(packed.pictures), 0.0, 0.0
    # In turns, each at its best: other work on the machine hinders both alike.
    for _ in range(ROUNDS):
        began = time.perf_counter()
        single = products.measure()[*pairs.T]
        between = time.perf_counter()
        kernel = divergence.DEFAULT.combine(divergence._compare(packed, packed, pairs))
        rate = max(rate, len(pairs) / (between - began))
        own = max(own, len(pairs) / (time.perf_counter() - between))
    print(f"{'one thread, equal points':26} {'pairs/s':>9} {'largest error':>14}")
    print(f"{'numpy float32 products':26} {rate:9,.0f} {np.abs(single - double).max():14.1e}")
    print(f"{'leitmotiv':26} {own:9,.0f} {np.abs(kernel - double).max():14.1e}   {own / rate:.1f} times as fast")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=int, default=500)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    mixtures = fit(arguments.folder, arguments.pictures, arguments.threads)
    divergence.warm()
    components = np.mean([len(mixture) for mixture in mixtures])
    print(f"{len(mixtures)} pictures, {components:.1f} components each, {arguments.threads} threads, both spaces")
    rates(mixtures, arguments.threads)
    with threadpool_limits(1):
        forms(mixtures)


if __name__ == "__main__":
    main()
