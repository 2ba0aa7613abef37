"""Mixtures without number, made from those of real photos: what large libraries are tried out with.

    python -m benchmarks.sampler FROM LIBRARY --size 1000000 [--seed 0]

FROM is a library of real photos. LIBRARY gets `--size` pictures; an interrupted run goes on where it was, and a larger
size adds to what is there, as picture n depends on nothing but n, the seed and the photos.

Pictures come in families, so that neighbourhoods are of all kinds. A family's parent pools the components of one to
three photos, each photo with a share from a flat Dirichlet distribution, mirrored as often as not, and keeps as many of
the heaviest-drawn components as a photo has that is drawn for it. 35 % of the families have one picture; the sizes of
the others are 2 / u^0.9 rounded down, u uniform, at most 400. A member jitters its parent: by a strength between 0.04
and 0.6, drawn for the family, it moves the means (in units of each component's own spread), scales covariances and
weights by log-normal factors, shifts the whole picture in colour, and swaps components for those of another photo, each
with a chance of half the strength. So the number of components, what they cover and how they overlap are those of the
photos; only how alike pictures are is ours.

Families are drawn in blocks of 1,000 pictures with a generator for each block. There are no files and no thumbnails:
leitmotiv draws a picture without one from its mixture when a page asks for it. Dates lie over twenty years, in trips
of 120 pictures, each a folder with a camera of its own.
"""

import argparse
import hashlib
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import numpy as np

from leitmotiv.analysis import colour
from leitmotiv.analysis.mixture import shortened
from leitmotiv.records import Image, KnownFile, Mixture, Taken
from leitmotiv.settings import Settings
from leitmotiv.store.library import Library

BLOCK = 1000
"""Pictures drawn with one generator."""
ALONE = 0.35
"""Share of the families that have one picture."""
LARGEST = 400
TRIP = 120
CAMERAS = ("Canon EOS R6", "NIKON Z 6_2", "FUJIFILM X-T4", "Apple iPhone 13 Pro", "SONY ILCE-7M3", "RICOH GR III")
PLACES = ("Lisbon", "Oslo", "garden", "Kyoto", "studio", "coast walk", "Alps", "market", "Hamburg", "museum", "snow")
GOLDEN = (5**0.5 - 1) / 2


class Sampler:
    """Pictures by number; `photos` are real ones, in one colour space."""

    def __init__(self, photos: list[Mixture], seed: int = 0) -> None:
        self.seed = seed
        self.parts = [_raw(photo) for photo in photos]
        self.like = [(photo.shift, photo.scale, photo.colour_space, photo.aspect) for photo in photos]

    @lru_cache(maxsize=2)  # noqa: B019 - a benchmark has one sampler
    def block(self, number: int) -> list[Mixture]:
        """Pictures from 1,000 times `number` on."""
        rng = np.random.default_rng((self.seed, number))
        made: list[Mixture] = []
        while len(made) < BLOCK:
            made += self._family(rng, BLOCK - len(made))
        return made

    def picture(self, number: int) -> Mixture:
        return self.block(number // BLOCK)[number % BLOCK]

    def first(self, count: int) -> list[Mixture]:
        """So many pictures from the beginning."""
        return [self.picture(number) for number in range(count)]

    def _family(self, rng: np.random.Generator, most: int) -> list[Mixture]:
        size = 1 if rng.random() < ALONE else min(LARGEST, int(2 / max(rng.random(), 1e-3) ** 0.9))
        (weights, means, factors), like = self._parent(rng)
        if size == 1:
            return [_mixture(weights, means, factors, like)]
        strength, size = rng.uniform(0.04, 0.6), min(size, most)
        weights = np.repeat(weights[None], size, axis=0)
        means, factors = np.repeat(means[None], size, axis=0), np.repeat(factors[None], size, axis=0)
        for member in range(size):
            others = self.parts[rng.integers(len(self.parts))]
            swapped = np.flatnonzero(rng.random(weights.shape[1]) < strength / 2)
            chosen = rng.choice(len(others[0]), len(swapped), p=others[0])
            means[member, swapped], factors[member, swapped] = others[1][chosen], others[2][chosen]
        means += strength * np.einsum("mkij,mkj->mki", factors, rng.normal(size=means.shape))
        means[..., 2:] += strength * rng.normal(size=(size, 1, 3)) * [6, 2, 3]
        factors *= np.exp(0.5 * strength * rng.normal(size=(*weights.shape, 1, 1)))
        weights *= np.exp(strength * rng.normal(size=weights.shape))
        return [_mixture(*one, like) for one in zip(weights, means, factors, strict=True)]

    def _parent(self, rng: np.random.Generator):
        chosen = rng.integers(0, len(self.parts), rng.integers(1, 4))
        parts = [_mirrored(self.parts[row]) if rng.random() < 0.5 else self.parts[row] for row in chosen]
        shares = rng.dirichlet(np.ones(len(parts)))
        weights, means, factors = (np.concatenate(values) for values in zip(*parts, strict=True))
        weights = weights * np.repeat(shares, [len(part[0]) for part in parts])
        count = min(len(weights), len(self.parts[rng.integers(len(self.parts))][0]))
        kept = np.argsort(-weights * rng.exponential(size=len(weights)))[:count]
        return (weights[kept], means[kept], factors[kept]), self.like[chosen[0]]


def _raw(photo: Mixture) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights, means and Cholesky factors in raw units."""
    weights = photo.weights / photo.weights.sum()
    return weights, photo.shift + photo.scale * photo.means, photo.scale[:, None] * photo.cholesky


def _mirrored(part):
    weights, means, factors = part
    means, factors = means.copy(), factors * np.array([-1, 1, 1, 1, 1])[:, None]
    means[:, 0] = 1 - means[:, 0]
    return weights, means, np.linalg.cholesky(factors @ factors.transpose(0, 2, 1))


def _mixture(weights: np.ndarray, means: np.ndarray, factors: np.ndarray, like: tuple) -> Mixture:
    shift, scale, space, aspect = like
    order = np.argsort(-weights)
    weights = weights[order] / weights.sum()
    means, factors = (means[order] - shift) / scale, factors[order] / scale[:, None]
    return shortened(Mixture(weights, means, factors, shift.copy(), scale.copy(), space, aspect))


def record(number: int, mixture: Mixture, shade: str) -> tuple[Image, KnownFile]:
    """What the library knows of a picture and of the file that it is said to come from."""
    trip, place = divmod(number, TRIP)
    days = 20 * 365 * (trip * GOLDEN % 1.0) + (place * 7 // TRIP) + (8 + 12 * (place * 7 % TRIP) / TRIP) / 24
    taken = datetime(2006, 1, 1) + timedelta(days=days)
    where = PLACES[trip * 31 % len(PLACES)]
    path = f"/synthetic/{taken:%Y}/{trip:05} {where}/IMG_{number:07}.jpg".encode()
    name = hashlib.sha256(f"picture {number}".encode()).hexdigest()
    width, height = (round(4000 * side) for side in mixture.frame)
    facts = {"Camera": CAMERAS[trip * 7919 % len(CAMERAS)]}
    image = Image(
        name, (path,), width, height, Taken(taken, "exif"), "JPEG", 2_000_000, name[::-1], shade, ADDED, facts
    )
    return image, KnownFile(path, name, name, 2_000_000, 0, "present")


ADDED = datetime(2026, 1, 1, tzinfo=UTC)


def fill(library: Library, sampler: Sampler, size: int, first: int | None = None) -> None:
    """Add pictures until there are so many; the caller holds the writer's lock."""
    start = library.images.count() if first is None else first
    while start < size:
        stop = min(size, (start // BLOCK + 1) * BLOCK)
        mixtures = sampler.block(start // BLOCK)[start % BLOCK :][: stop - start]
        shades = [(one.shift + one.scale * (one.weights @ one.means))[2:] for one in mixtures]
        colours = ["#" + rgb.tobytes().hex() for rgb in colour.to_srgb(np.array(shades))]
        rows = [
            (*record(number, mixture, shade), mixture)
            for number, mixture, shade in zip(range(start, stop), mixtures, colours, strict=True)
        ]
        library.images.add_all(rows)
        start = stop


def photos_of(folder: Path) -> list[Mixture]:
    """The mixtures of a library, in the order of adding."""
    with Library.open(folder) as library:
        return library.mixtures.many(library.images.ids())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path, metavar="FROM")
    parser.add_argument("library", type=Path)
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    sampler = Sampler(photos_of(asked.photos), asked.seed)
    settings = replace(Settings(), library=asked.library)
    began, spent = time.perf_counter(), time.process_time()
    with Library.open(settings.library) as library, library.writer("making pictures up"):
        before = library.images.count()
        for size in range(before - before % 50_000 + 50_000, asked.size + 49_999, 50_000):
            fill(library, sampler, min(size, asked.size))
            print(
                f"{library.images.count():,} pictures after {time.perf_counter() - began:.0f} s, "
                f"{time.process_time() - spent:.0f} s of the processor; {library.size() / 1e6:,.0f} MB",
                flush=True,
            )
        if not library.folders.list():
            library.folders.add(b"/synthetic")


if __name__ == "__main__":
    main()
