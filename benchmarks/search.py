"""Search by colour and place on real photos: average precision against counted pixels, beside two plain baselines.

    python -m benchmarks.search LIBRARY [--queries 100] [--seed 0]

A query is a colour that some photo really has: one of the eight clusters (k-means) of the pixels of a place of it.
What is relevant is counted in pixels: photos that have, in that place, at least half as much of the colour within a
CIEDE2000 difference of 12. Two kinds of queries: *large* (the colour takes at least a fifth of the place) and *accent*
(2 to 6 % of the whole frame, at least 25 from the photo's mean colour). The photo that gave the query is left out.

Baselines: a thumbnail of 4 x 4 mean colours, and a histogram of 8 x 8 x 8 cells of L*a*b* for each of 4 x 4 parts of
the frame; both counted by the same kernel as the mixtures, so that only what is known of a picture differs.

Then 40 photos are looked for by a sketch of four blobs (clusters of their own pixels over place and colour, with
places, turns and colours a little off), and by a part, half as wide and high, of a crop to 75 %: at which place do
they come?
"""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2
from skimage.color import deltaE_ciede2000

from leitmotiv.analysis import colour_search, patches, sketch
from leitmotiv.analysis.colour import from_srgb, to_srgb
from leitmotiv.analysis.cutoff import above_chance
from leitmotiv.analysis.places import NAMED, Box
from leitmotiv.analysis.sketch import Blob, Sketch
from leitmotiv.imaging.read import read_pixels, shrink
from leitmotiv.settings import Settings
from leitmotiv.workflows import regions
from leitmotiv.workflows.components import side_by_side
from leitmotiv.workflows.fitting import fit_pixels
from leitmotiv.workflows.measuring import to_many
from leitmotiv.workflows.session import Session

SAME = 12.0
SIDE = 48
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
    """A baseline: the colours of each of 4 x 4 parts of the frame, as one list over all photos."""

    def __init__(self, labs: Labs, bins: int) -> None:
        self.count = len(labs)
        rows = []
        for row, lab in enumerate(labs):
            for part in range(CELLS * CELLS):
                down, across = divmod(part, CELLS)
                points = inside(lab, Box(across / CELLS, down / CELLS, 1 / CELLS, 1 / CELLS))
                colours, shares = self._part(points, bins)
                rows.append(np.column_stack([np.full(len(shares), row), np.full(len(shares), part), shares, colours]))
        table = np.concatenate(rows)
        self.owner, self.part = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
        self.shares, self.colours = table[:, 2], table[:, 3:]

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
        counts = colour_search.weigh(kernel, self.colours) * self.shares * (weights / weights.sum())[self.part]
        return np.bincount(self.owner, counts, self.count)


def simplified(lab: NDArray[np.float64], rng: np.random.Generator, count: int = 4) -> Sketch:
    """What a person might draw of a photo: some clusters of its pixels as blobs, places and colours a little off."""
    height, width, _ = lab.shape
    y, x = (np.mgrid[:height, :width] + 0.5) / max(height, width)
    points = np.column_stack([x.ravel() * 60, y.ravel() * 60, lab.reshape(-1, 3)])
    centres, labels = kmeans2(points, 6, seed=int(rng.integers(2**31)), minit="++", missing="warn")
    blobs = []
    for at in np.argsort(-np.bincount(labels, minlength=6))[:count]:
        own = points[labels == at]
        if len(own) < 8:
            continue
        values, axes = np.linalg.eigh(np.cov(own[:, :2].T) / 3600)
        rx, ry = 2 * np.sqrt(np.maximum(values[::-1], 1e-4))
        angle = float(np.degrees(np.arctan2(axes[1, 1], axes[0, 1]))) % 180
        middle = centres[at, :2] / 60 * max(height, width) / [width, height] + rng.normal(0, 0.04, 2)
        colour = to_srgb(centres[at, 2:] + rng.normal(0, 5, 3))
        blobs.append(Blob(middle[0], middle[1], rx, ry, angle + rng.normal(0, 10), "#" + bytes(colour).hex()))
    return Sketch(tuple(blobs), width / height)


def found_again(session: Session, labs: Labs, cells: Cells, files: list[bytes], rng: np.random.Generator) -> None:
    """Where the photo itself comes when a sketch of it, or a part of a crop of it, is looked for."""
    ids = session.library.images.ids()
    table = side_by_side(session, ids)
    ranks: dict[str, list[int]] = {}

    def note(name: str, scores: NDArray[np.float64], row: int) -> None:
        ranks.setdefault(name, []).append(int((scores > scores[row]).sum()) + 1)

    for row in rng.choice(len(labs), 40, replace=False).tolist():
        parts = sketch.parts(simplified(labs[row], rng))
        note("sketch of 4 blobs: mixtures", sketch.held(table, parts, np.zeros((1, 2)))[0], row)
        y, x = np.divmod(np.arange(CELLS * CELLS), CELLS)
        middles = np.column_stack([(x + 0.5) / CELLS, (y + 0.5) / CELLS])
        spreads = np.broadcast_to(np.eye(2) / (12 * CELLS**2), (len(middles), 2, 2))
        thumbnail = np.zeros(len(labs))
        for part in parts:
            near = part.place.under(middles, spreads)
            counts = colour_search.weigh(part.colour, cells.colours) * (near / near.sum())[cells.part]
            thumbnail += part.weight * np.bincount(cells.owner, counts, len(labs))
        note("sketch of 4 blobs: 4 x 4 thumbnail", thumbnail, row)
        pixels = read_pixels(files[row], max_size=512)
        height, width, _ = pixels.shape
        top, left = (int(side * rng.uniform(0, 0.25)) for side in (height, width))
        crop = pixels[top : top + int(0.75 * height), left : left + int(0.75 * width)]
        x, y = rng.uniform(0.05, 0.45, 2)
        box = Box(x, y, 0.5, 0.5)
        down, right = int(box.y * crop.shape[0]), int(box.x * crop.shape[1])
        cut = crop[down : down + crop.shape[0] // 2, right : right + crop.shape[1] // 2]
        piece = fit_pixels(np.ascontiguousarray(cut), session.settings)
        note("part of a crop: anywhere", regions.held(session, piece, box, ids), row)
        note("part of a crop: in the same place", regions.held(session, piece, box, ids, anywhere=False), row)
        note("part of a crop: by its look alone", -to_many(session, piece, ids), row)
    for name, values in ranks.items():
        first, ten = (np.mean(np.array(values) <= most) for most in (1, 10))
        print(f"{name:38} first {first:.2f}, among ten {ten:.2f}, median place {np.median(values):.0f} of {len(labs)}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("library", type=Path)
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    session = Session(replace(Settings(), library=options.library), create=False)
    ids = session.library.images.ids()
    images = session.library.images.many(ids)
    known = patches.gather(session.library.mixtures.many(ids))
    labs = [from_srgb(shrink(read_pixels(image.paths[0], max_size=256), SIDE)) for image in images]
    cells = Cells(labs, 1)
    found_again(session, labs, cells, [image.paths[0] for image in images], rng)
    ways = {
        "4 x 4 thumbnail": cells.share,
        "histograms, 4 x 4 parts": Cells(labs, 8).share,
    }
    ways["mixtures"] = lambda kernel, box: colour_search.shares(known, [kernel], box)[0]
    for accent in (False, True):
        scores: dict[str, list[float]] = {name: [] for name in ways}
        errors: dict[str, list[float]] = {name: [] for name in ways}
        sizes = []
        cuts: list[tuple[int, int]] = []
        for row, colour, box in queries(labs, options.queries, rng, accent):
            truth = counted(labs, colour, box)
            relevant = truth >= truth[row] / 2
            others = np.arange(len(labs)) != row
            if not relevant[others].any() or relevant.mean() > 0.5:
                continue
            sizes.append(int(relevant[others].sum()))
            (share,) = colour_search.shares(known, [colour_search.kernel(colour)], box)
            # what a person would call there at all: a twentieth of the place, or half of what was asked for
            there = truth >= (truth[row] / 2 if accent else 0.05)
            score = colour_search.agreement(share, truth[row]) if accent else colour_search.presence(share)
            best = np.argsort(-score)[: above_chance(score)]
            cuts.append((len(best), int(there[best].sum())))
            for name, share in ways.items():
                found = share(colour_search.kernel(colour), box)
                scores[name].append(average_precision(found[others], relevant[others]))
                errors[name].append(float(np.abs(found - truth).mean()))
        kind = "accents of 2 to 6 %" if accent else "large colours in a place"
        rates = [(cut, found) for cut, found in cuts if cut]
        print(f"{kind}: {len(sizes)} queries, {np.median(sizes):.0f} of {len(labs) - 1} photos relevant in the median")
        precision = np.mean([found / cut for cut, found in rates]) if rates else float("nan")
        shown = np.median([cut for cut, _ in cuts])
        print(f"  cut-off: {shown:.0f} photos in the median, {precision:.3f} of them have the colour")
        for name, values in scores.items():
            print(
                f"  {name:26} average precision {np.mean(values):.3f}  error of the share {np.mean(errors[name]):.3f}"
            )


if __name__ == "__main__":
    main()
