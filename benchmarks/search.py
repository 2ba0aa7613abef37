"""Search by colour and place on real photos: average precision against counted pixels, beside two plain baselines.

    python benchmarks/search.py FOLDER [--queries 300] [--seed 0]

A query is a colour that some photo really has: one of the eight clusters (k-means) of the pixels of a place of it.
What is relevant is counted in pixels: photos that have, in that place, at least half as much of the colour within a
CIEDE2000 difference of 12. Two kinds of queries: *large* (the colour takes at least a fifth of the place) and *accent*
(2 to 6 % of the whole frame, at least 25 from the photo's mean colour). The photo that gave the query is left out.

Baselines: a thumbnail of 4 x 4 mean colours, and a histogram of 8 x 8 x 8 cells of L*a*b* for each of 4 x 4 parts of
the frame; both counted by the same kernel as the mixtures, so that only what is known of a picture differs.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2
from skimage.color import deltaE_ciede2000

from leitmotiv.analysis import colour_search, patches
from leitmotiv.analysis.colour import from_srgb
from leitmotiv.analysis.places import NAMED, Box
from leitmotiv.imaging.read import read_pixels, shrink
from leitmotiv.settings import Settings
from leitmotiv.workflows.fitting import fit_pixels

SAME = 12.0
SIDE = 96
CELLS = 4
Labs = list[NDArray[np.float64]]


def inside(lab: NDArray[np.float64], box: Box | None) -> NDArray[np.float64]:
    """The pixels of a place, (P, 3)."""
    if box is None:
        return lab.reshape(-1, 3)
    height, width, _ = lab.shape
    top, bottom = round(box.y * height), round((box.y + box.height) * height)
    left, right = round(box.x * width), round((box.x + box.width) * width)
    return lab[top : max(bottom, top + 1), left : max(right, left + 1)].reshape(-1, 3)


def counted(labs: Labs, colour: NDArray[np.float64], box: Box | None) -> NDArray[np.float64]:
    """Share of the pixels of each photo's place that have the colour, (N,)."""
    places = [inside(lab, box) for lab in labs]
    return np.array(
        [float((deltaE_ciede2000(np.broadcast_to(colour, points.shape), points) <= SAME).mean()) for points in places]
    )


def queries(labs: Labs, count: int, rng: np.random.Generator, accent: bool) -> list[tuple[int, Any, Box | None]]:
    """Photo, colour (3,) L*a*b*, place."""
    found: list[tuple[int, Any, Box | None]] = []
    places: list[Any] = [None, *NAMED.values()]
    while len(found) < count:
        row = int(rng.integers(len(labs)))
        box = None if accent else places[int(rng.integers(len(places)))]
        points = inside(labs[row], box)
        centres, labels = kmeans2(points, 8, seed=int(rng.integers(2**31)), minit="++", missing="warn")
        shares = np.bincount(labels, minlength=8) / len(labels)
        if accent:
            far = np.linalg.norm(centres - points.mean(0), axis=1) > 25
            fit = np.flatnonzero((shares >= 0.02) & (shares <= 0.06) & far)
        else:
            fit = np.flatnonzero(shares >= 0.2)
        if len(fit):
            found.append((row, centres[rng.choice(fit)], box))
    return found


def average_precision(scores: NDArray[np.float64], relevant: NDArray[np.bool_]) -> float:
    """Area under precision and recall, 0 to 1."""
    hits = relevant[np.argsort(-scores, kind="stable")]
    return float((np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits].mean())


class Cells:
    """A baseline: colours and their shares for each of 4 x 4 parts of the frame, (N, 16, B, 3) and (N, 16, B)."""

    def __init__(self, labs: Labs, bins: int) -> None:
        self.colours, self.shares = [], []
        for lab in labs:
            colours, shares = [], []
            for down in range(CELLS):
                for across in range(CELLS):
                    points = inside(lab, Box(across / CELLS, down / CELLS, 1 / CELLS, 1 / CELLS))
                    colour, share = self._part(points, bins)
                    colours.append(colour)
                    shares.append(share)
            self.colours.append(colours)
            self.shares.append(shares)

    @staticmethod
    def _part(points: Any, bins: int) -> tuple[Any, Any]:
        if bins == 1:
            return points.mean(0, keepdims=True), np.ones(1)
        low, size = np.array([0, -100, -100]), np.array([100, 200, 200]) / bins
        cells, counts = np.unique(np.floor((points - low) / size), axis=0, return_counts=True)
        return low + (cells + 0.5) * size, counts / counts.sum()

    def share(self, kernel: Any, box: Box | None) -> NDArray[np.float64]:
        """Share of the place that has the colour, parts of the frame counted by how much of them lies in it."""
        weights = np.zeros(CELLS * CELLS)
        for part in range(CELLS * CELLS):
            y, x = divmod(part, CELLS)
            wide, high = 1.0, 1.0
            if box is not None:
                wide = max(0, min(box.x + box.width, (x + 1) / CELLS) - max(box.x, x / CELLS)) * CELLS
                high = max(0, min(box.y + box.height, (y + 1) / CELLS) - max(box.y, y / CELLS)) * CELLS
            weights[part] = wide * high
        weights /= weights.sum()
        return np.array(
            [
                sum(
                    weight * float(colour_search.weigh(kernel, colour) @ share)
                    for weight, colour, share in zip(weights, colours, shares, strict=True)
                    if weight
                )
                for colours, shares in zip(self.colours, self.shares, strict=True)
            ]
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng, settings = np.random.default_rng(options.seed), replace(Settings())
    files = sorted(path for path in options.folder.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
    pixels = [read_pixels(path, max_size=settings.working_size) for path in files]
    labs = [from_srgb(shrink(one, SIDE)) for one in pixels]
    ways = {
        "4 x 4 thumbnail": Cells(labs, 1).share,
        "histograms, 4 x 4 parts": Cells(labs, 8).share,
    }
    known = patches.gather([fit_pixels(one, settings) for one in pixels])
    ways["mixtures"] = lambda kernel, box: colour_search.shares(known, [kernel], box)[0]
    for accent in (False, True):
        scores: dict[str, list[float]] = {name: [] for name in ways}
        errors: dict[str, list[float]] = {name: [] for name in ways}
        sizes = []
        for row, colour, box in queries(labs, options.queries, rng, accent):
            truth = counted(labs, colour, box)
            relevant = truth >= truth[row] / 2
            others = np.arange(len(labs)) != row
            if not relevant[others].any() or relevant.mean() > 0.5:
                continue
            sizes.append(int(relevant[others].sum()))
            for name, share in ways.items():
                found = share(colour_search.kernel(colour), box)
                scores[name].append(average_precision(found[others], relevant[others]))
                errors[name].append(float(np.abs(found - truth).mean()))
        kind = "accents of 2 to 6 %" if accent else "large colours in a place"
        print(f"{kind}: {len(sizes)} queries, {np.median(sizes):.0f} of {len(labs) - 1} photos relevant in the median")
        for name, values in scores.items():
            print(
                f"  {name:26} average precision {np.mean(values):.3f}  error of the share {np.mean(errors[name]):.3f}"
            )


if __name__ == "__main__":
    main()
