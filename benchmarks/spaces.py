"""The constants of the shared spaces, measured on real photos, and how well the look then tells categories apart.

    python -m benchmarks.spaces FOLDER… [--categories]

Prints the mean and the standard deviation of x, y and colour over the pictures, each picture counting equally. With
`--categories` the names of the folders that hold the pictures are taken for their categories, and the table has the
precision among the 10 nearest and the mean average precision.
"""

import argparse
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np

from leitmotiv.analysis import divergence
from leitmotiv.analysis.colour import from_srgb
from leitmotiv.analysis.mixture import fit_image
from leitmotiv.errors import ImageReadError
from leitmotiv.imaging.read import read_pixels
from leitmotiv.imaging.scan import scan
from leitmotiv.records import ColourSpace, Mixture, Pixels

SIZE = 256


def find(folders: list[Path]) -> list[bytes]:
    return [found.path for found in scan(folders, on_error=lambda path, reason: None)]


def pictures(paths: list[bytes]) -> Iterator[tuple[bytes, Pixels]]:
    for path in paths:
        try:
            yield path, read_pixels(path, max_size=SIZE)
        except ImageReadError as error:
            print(f"left out: {error}")


def moments(pixels: Pixels, space: ColourSpace) -> tuple[np.ndarray, np.ndarray]:
    """Mean and mean square of each coordinate."""
    height, width = pixels.shape[:2]
    longest = max(height, width)
    y, x = np.mgrid[:height, :width]
    places = [(x + 0.5 - width / 2) / longest + 0.5, (y + 0.5 - height / 2) / longest + 0.5]
    values = np.stack([*places, *np.moveaxis(from_srgb(pixels, space), -1, 0)])
    values = values.reshape(5, -1)
    return values.mean(axis=1), (values**2).mean(axis=1)


def measure(paths: list[bytes]) -> None:
    spaces: tuple[ColourSpace, ...] = get_args(ColourSpace)
    sums = {space: (np.zeros(5), np.zeros(5)) for space in spaces}
    count = 0
    for _, pixels in pictures(paths):
        count += 1
        for space in spaces:
            for total, part in zip(sums[space], moments(pixels, space), strict=True):
                total += part
    print(f"{count} pictures; x, y, colour")
    for space, (first, second) in sums.items():
        mean = first / count
        deviation = np.sqrt(second / count - mean**2)
        print(f"{space}  mean {np.round(mean, 3)}  standard deviation {np.round(deviation, 3)}")


def fit(paths: list[bytes], threads: int) -> tuple[list[str], list[Mixture]]:
    def one(path: bytes) -> tuple[str, Mixture]:
        return Path(os.fsdecode(path)).parent.name, fit_image(read_pixels(path, max_size=512))

    with ThreadPoolExecutor(threads) as pool:
        categories, mixtures = zip(*pool.map(one, paths), strict=True)
    return list(categories), list(mixtures)


def retrieval(matrix: np.ndarray, categories: list[str]) -> tuple[float, float]:
    """Precision among the 10 nearest, and mean average precision; queries are left out of their own ranking."""
    names = np.asarray(categories)
    order = np.argsort(matrix + np.diag(np.full(len(matrix), np.inf)), axis=1, kind="stable")[:, :-1]
    hits = names[order] == names[:, None]
    precision = np.cumsum(hits, axis=1) / np.arange(1, hits.shape[1] + 1)
    average = (precision * hits).sum(axis=1) / np.maximum(1, hits.sum(axis=1))
    return float(precision[:, 9].mean()), float(average.mean())


def compare(paths: list[bytes], threads: int) -> None:
    categories, mixtures = fit(paths, threads)
    print(f"{'points':>6} {'P@10':>6} {'mAP':>6} {'s':>6}")
    for points in (48, 96, 144, 240, 480):
        began = time.perf_counter()
        matrix = divergence.js_matrix(mixtures, look=replace(divergence.DEFAULT, points=points), threads=threads)
        precision, average = retrieval(matrix, categories)
        print(f"{points:6} {precision:6.3f} {average:6.3f} {time.perf_counter() - began:6.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--categories", action="store_true")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    paths = find(arguments.folders)
    measure(paths)
    if arguments.categories:
        compare(paths, arguments.threads)


if __name__ == "__main__":
    main()
