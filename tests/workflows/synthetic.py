"""Libraries of mixtures that were never pictures: families of looks, quick to make by the hundred."""

import hashlib
from datetime import UTC, datetime

import numpy as np

from leitmotiv.records import Image, KnownFile, Mixture, Taken
from tests.kernels.divergence_cases import mixture


def image_id(number):
    return hashlib.sha256(str(number).encode()).hexdigest()


def family_member(number, families=12):
    """A mixture near those with the same remainder, the farther the later its number is drawn."""
    rng = np.random.default_rng(number)
    parent = mixture(1000 + number % families, 3)
    means = parent.means + rng.normal(size=parent.means.shape) * rng.uniform(0.05, 0.5)
    shift = parent.shift + parent.scale * rng.normal(size=5) * 0.1
    return Mixture(parent.weights, means, parent.cholesky, shift, parent.scale)


def add(library, numbers, thumbnails=None):
    """Put members of families into a library, as if they had been pictures, all with the same thumbnails by size."""
    now = datetime(2024, 1, 1, tzinfo=UTC)
    with library.writer("adding"), library.transaction():
        for number in numbers:
            name = image_id(number)
            path = f"/nowhere/{number:06}.jpg".encode()
            taken = Taken(datetime(2024, 1, 1 + number % 28, 12, 0, number % 60), "file")
            picture = Image(name, (path,), 60, 40, taken, "JPEG", 1000, name, "#808080", now)
            file = KnownFile(path, name, name, 1000, 0, "present")
            library.images.add(picture, files=[file], thumbnails=thumbnails or {}, mixture=family_member(number))
