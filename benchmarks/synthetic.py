"""A large library in a minute or two: pictures that were never taken, with everything that pages and commands ask for.

    python -m benchmarks.synthetic LIBRARY [--size 100000] [--looks 400] [--drawn 2000] [--seed 0] [--no-clusters]

Pictures come in looks: a look is a mixture of six to twelve components, and each of its pictures a copy with moved
components and shifted colours. Sizes of looks are as uneven as in real collections, and a fifth of the pictures are
like no other. Dates lie over twenty years, thicker lately and in bursts, as of trips; each trip is a folder, and has a
camera and a lens of its own. Thumbnails are drawn from mixtures, `--drawn` different ones, and shared by pictures of
one look: real files do not exist. The clusters are the looks themselves, their tree joins the nearest first, and the
exemplar of each is its first picture; no divergence is computed, and no index of vectors. `leitmotiv build-index`
on the library does that, and takes its time.

Everything goes through the store, in the form in which it is read again. The same arguments make the same library.
"""

import argparse
import hashlib
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
import PIL.Image

from leitmotiv.analysis import colour, views
from leitmotiv.imaging import read
from leitmotiv.records import Clusters, Image, KnownFile, Merge, Mixture, Taken
from leitmotiv.settings import load
from leitmotiv.store.library import Library
from leitmotiv.workflows.index import digest

ALONE = 0.2
"""Share of the pictures that are like no other."""
BATCH = 2000
SIDES = (96, 256, 512)
SIZES = ((4000, 3000), (3000, 4000), (6000, 4000), (4000, 6000), (3024, 3024), (5472, 3648), (4032, 2268), (9000, 3000))
CAMERAS = (
    *(("Canon EOS R6", "RF24-105mm F4"), ("Canon EOS R6", "RF35mm F1.8"), ("NIKON Z 6_2", "NIKKOR Z 24-70mm f/4")),
    *(
        ("FUJIFILM X-T4", "XF23mmF2"),
        ("Apple iPhone 13 Pro", ""),
        ("SONY ILCE-7M3", "FE 85mm F1.8"),
        ("RICOH GR III", ""),
    ),
)
PLACES = (
    *("Lisbon", "Oslo", "garden", "Kyoto", "studio", "coast walk", "wedding of A and M", "Alps", "market", "Hamburg"),
    *("birds", "night train", "museum", "Iceland", "kitchen", "Sunday", "rehearsal", "Porto", "harbour", "snow"),
)


class Look(NamedTuple):
    """What the pictures of one look have in common: weights (K,), raw means (K, 5), raw factors (K, 5, 5)."""

    weights: np.ndarray
    means: np.ndarray
    factors: np.ndarray
    spread: float


def looks(count: int, rng: np.random.Generator) -> list[Look]:
    """Looks with a ground, a horizon and patches, in colours that go together."""
    made = []
    for _ in range(count):
        patches = int(rng.integers(6, 13))
        hue, lightness = rng.uniform(0, 2 * np.pi), rng.uniform(20, 80)
        hues = hue + rng.choice([0.0, 0.4, np.pi], patches, p=[0.5, 0.3, 0.2]) + 0.2 * rng.normal(size=patches)
        chroma = rng.gamma(2.0, 13.0 if rng.random() < 0.8 else 3.0, patches)
        means = np.empty((patches, 5))
        means[:, :2] = rng.uniform(0.08, 0.92, (patches, 2))
        means[:, 2] = np.clip(lightness + 22 * rng.normal(size=patches), 4, 97)
        means[:, 3], means[:, 4] = chroma * np.cos(hues), chroma * np.sin(hues)
        factors = np.zeros((patches, 5, 5))
        extent = rng.uniform(0.05, 0.3, (patches, 2))
        factors[:, [0, 1], [0, 1]] = extent
        factors[:, [2, 3, 4], [2, 3, 4]] = rng.uniform(2, 9, (patches, 3))
        weights = extent.prod(axis=1) * rng.uniform(0.5, 1.5, patches)
        order = np.argsort(-weights)
        made.append(Look(weights[order] / weights.sum(), means[order], factors[order], rng.uniform(0.05, 0.35)))
    return made


def sizes_of_looks(size: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """The look of each picture, (N,), -1 for one that is like no other; few looks have many pictures."""
    shares = 1 / (np.arange(count) + 3.0) ** 0.8
    look = rng.choice(count, size, p=shares / shares.sum())
    look[rng.random(size) < ALONE] = -1
    first = rng.choice(size, count, replace=False)
    look[first] = np.arange(count)
    return look


def member(look: Look, rng: np.random.Generator) -> Mixture:
    """One picture of a look."""
    means = look.means + look.spread * np.einsum("kij,kj->ki", look.factors, rng.normal(size=look.means.shape))
    means[:, 2:] += look.spread * rng.normal(size=3) * [18, 9, 9]
    means[:, 2] = np.clip(means[:, 2], 2, 98)
    factors = look.factors * np.exp(0.4 * look.spread * rng.normal(size=(len(means), 1, 1)))
    weights = look.weights * np.exp(look.spread * rng.normal(size=len(means)))
    scale = np.array([0.28, 0.28, 22.0, 12.0, 12.0])
    shift = np.array([0.5, 0.5, 50.0, 0.0, 0.0])
    return Mixture(weights / weights.sum(), (means - shift) / scale, factors / scale[:, None], shift, scale)


def mean_colour(mixture: Mixture) -> str:
    """As "#rrggbb"."""
    lab = (mixture.shift + mixture.scale * mixture.means)[:, 2:]
    return "#" + colour.to_srgb(mixture.weights @ lab).tobytes().hex()


def thumbnails(mixture: Mixture, ratio: float) -> dict[int, bytes]:
    """The expected picture with longest sides of 256 and 512 pixels, as JPEG; drawn small and enlarged."""
    frames = {side: (side, round(side / ratio)) if ratio >= 1 else (round(side * ratio), side) for side in SIDES}
    small = PIL.Image.fromarray(views.expected_image(mixture, *frames[96]))
    large = {side: small.resize(frames[side], PIL.Image.Resampling.BICUBIC) for side in (256, 512)}
    return {side: read.encode(np.asarray(pixels), "JPEG", quality=70) for side, pixels in large.items()}


def dates(size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Seconds since the start of 2006 (N,) and the trip (N,) of each picture, earliest first."""
    trips = max(1, size // 120)
    begins = np.sort(20 * 365.25 * 86400 * rng.beta(2.2, 1.1, trips))
    share = rng.gamma(0.8, size=trips)
    trip = np.sort(rng.choice(trips, size, p=share / share.sum()))
    days = rng.integers(1, 9, trips)[trip]
    at = begins[trip] + 86400 * np.floor(rng.uniform(0, days)) + 3600 * rng.triangular(6, 14, 23, size)
    return at, trip


def records(size: int, look: np.ndarray, rng: np.random.Generator) -> Iterator[tuple[Image, KnownFile]]:
    """A picture and its file for each number, without its colour."""
    at, trips = dates(size, rng)
    start, added = datetime(2006, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)
    shapes = rng.choice(len(SIZES), size, p=[0.25, 0.1, 0.3, 0.12, 0.06, 0.1, 0.05, 0.02])
    upright, wide = shapes.copy(), rng.random(size)
    for number in range(size):
        if look[number] >= 0 and wide[number] < 0.8:  # most pictures of a look have one shape
            upright[number] = (0, 1, 2, 3)[look[number] % 4]
        width, height = SIZES[upright[number]]
        camera, lens = CAMERAS[trips[number] * 7919 % len(CAMERAS)]
        taken = start + timedelta(seconds=round(float(at[number])))
        place = PLACES[trips[number] * 31 % len(PLACES)]
        path = f"/synthetic/{taken:%Y}/{trips[number]:05} {place}/IMG_{number:06}.jpg".encode()
        name = hashlib.sha256(f"picture {number}".encode()).hexdigest()
        facts = {"Camera": camera} | ({"Lens": lens} if lens else {}) | {"Exposure": "1/250 s", "Aperture": "f/4"}
        bytes_ = 1_000_000 + int(name[:5], 16) * 12
        source = "exif" if int(name[5], 16) else "file"
        image = Image(name, (path,), width, height, Taken(taken, source), "JPEG", bytes_, name[::-1], "", added, facts)
        yield image, KnownFile(path, name, name, bytes_, 0, "present")


def build(library: Library, size: int, count: int, drawn: int, seed: int = 0) -> np.ndarray:
    """Fill a library; returns the look of each picture, in the order of adding (-1 for those like no other)."""
    rng = np.random.default_rng(seed)
    kinds, look = looks(count, rng), sizes_of_looks(size, count, rng)
    singles = looks(max(1, min(drawn // 3, int(ALONE * size))), rng)
    pool: dict[tuple[int, int, int], dict[int, bytes]] = {}
    variants = max(1, (drawn - len(singles)) // (3 * count))
    made = records(size, look, rng)
    for start in range(0, size, BATCH):
        with library.transaction():
            for number in range(start, min(size, start + BATCH)):
                image, file = next(made)
                single = int(rng.integers(len(singles)))
                own = kinds[look[number]] if look[number] >= 0 else singles[single]
                mixture = member(own, rng)
                which = (int(look[number]), int(rng.integers(variants)) if look[number] >= 0 else single)
                key = (*which, round(10 * image.width / image.height))
                if key not in pool:
                    pool[key] = thumbnails(mixture, image.width / image.height)
                image = replace(image, colour=mean_colour(mixture))
                library.images.add(image, files=[file], thumbnails=pool[key], mixture=mixture)
    library.folders.add(b"/synthetic")
    return look


def clusters(ids: list[str], look: np.ndarray, kinds: int, rng: np.random.Generator) -> Clusters:
    """The looks as clusters, each single picture as one of its own, and a tree over them."""
    labels = look.astype(np.int64).copy()
    alone = np.flatnonzero(labels < 0)
    labels[alone] = kinds + np.arange(len(alone))
    first = np.array([np.flatnonzero(look == kind)[0] for kind in range(kinds)], np.int64)
    exemplars = np.concatenate([first, alone])
    order = np.argsort(exemplars)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    exemplars, labels = exemplars[order], place[labels]
    distances = np.where(np.isin(np.arange(len(ids)), exemplars), 0.0, rng.beta(2, 6, len(ids)) * np.log(2))
    merges, total = [], len(exemplars)
    nodes = list(range(total))
    for step in range(total - 1):  # neighbours in a list, so that the tree is balanced
        left, right = nodes[2 * step], nodes[2 * step + 1]
        row = exemplars[left] if left < total else merges[left - total].exemplar
        merges.append(Merge(left, right, 0.1 + 0.5 * step / total, int(row)))
        nodes.append(total + step)
    return Clusters(tuple(ids), labels, exemplars, distances, tuple(merges), total, 0.2, 0.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("library", type=Path)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--looks", type=int, default=400)
    parser.add_argument("--drawn", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--clusters", action=argparse.BooleanOptionalAction, default=True)
    asked = parser.parse_args()
    began = time.perf_counter()
    settings = load({"library": asked.library}, environ={})
    count = max(1, min(asked.looks, asked.size // 4))
    with Library.open(settings.library) as library, library.writer("making pictures up"):
        if library.images.count():
            raise SystemExit(f"{asked.library} has pictures already; name an empty folder.")
        look = build(library, asked.size, count, asked.drawn, asked.seed)
        print(f"{asked.size:,} pictures after {time.perf_counter() - began:.0f} s")
        if asked.clusters:
            ids = library.images.ids()
            tree = clusters(ids, look, count, np.random.default_rng(asked.seed + 1))
            library.clusters.replace(tree, digest=digest(ids, settings))
        print(f"{library.size() / 1e6:,.0f} MB after {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
