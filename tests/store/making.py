"""Records to store: small, but with everything in them that has to come back."""

import hashlib
from datetime import UTC, datetime, timedelta

import numpy as np

from leitmotiv.records import Clusters, Image, KnownFile, Merge, Mixture, Taken
from leitmotiv.store.library import Library

NOON = datetime(2024, 5, 17, 12, 0, 0)


def image_id(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def mixture(number: int = 0, components: int = 3, dimensions: int = 5) -> Mixture:
    rng = np.random.default_rng(number)
    weights = np.sort(rng.dirichlet(np.ones(components)))[::-1].copy()
    return Mixture(
        weights=weights,
        means=rng.normal(size=(components, dimensions)),
        cholesky=np.tril(rng.normal(size=(components, dimensions, dimensions))),
        shift=rng.normal(size=dimensions),
        scale=rng.uniform(0.1, 1, size=dimensions),
        aspect=1.5 + number / 7,
    )


def image(number: int = 0, **changes: object) -> Image:
    values = {
        "id": image_id(number),
        "paths": (),
        "width": 640,
        "height": 480,
        "taken": Taken(NOON + timedelta(minutes=number), "exif"),
        "format": "JPEG",
        "size": 1000 + number,
        "pixel_hash": image_id(-number - 1),
        "colour": "#102030",
        "added": datetime(2024, 6, 1, 9, 30, 15, 250, tzinfo=UTC),
        "facts": {"Camera": "Ricoh GR", "Linse": "é 📷"},
    }
    return Image(**{**values, **changes})


def path_of(number: int) -> bytes:
    return f"/photos/p{number:05d}.jpg".encode()


def file(path: bytes, of: Image | None, **changes: object) -> KnownFile:
    values = {
        "path": path,
        "image_id": of.id if of else None,
        "sha256": of.id if of else "",
        "size": of.size if of else 0,
        "mtime_ns": 1_700_000_000_123_456_789,
        "state": "present",
    }
    return KnownFile(**{**values, **changes})


def add(library: Library, number: int = 0, *, paths: tuple[bytes, ...] | None = None, **changes: object) -> Image:
    """Add a picture, by default with one file, and give it back as the library has it."""
    new = image(number, **changes)
    library.images.add(
        new,
        files=[file(path, new) for path in (paths if paths is not None else (path_of(number),))],
        thumbnails={256: b"small" + new.id.encode(), 512: b"large" + new.id.encode()},
        mixture=mixture(number),
    )
    return library.images.get(new.id)


def clusters(ids: list[str], exemplars: tuple[int, ...] = (0,)) -> Clusters:
    """Clusters over `ids`: row r belongs to the cluster r modulo their number, joined from the left."""
    count = len(exemplars)
    merges, left = [], 0
    for step in range(count - 1):
        merges.append(Merge(left, step + 1, 0.1 * (step + 1), exemplars[0]))
        left = count + step
    return Clusters(
        ids=tuple(ids),
        labels=np.arange(len(ids)) % count,
        exemplars=np.array(exemplars),
        distances=np.linspace(0, 0.5, len(ids)),
        merges=tuple(merges),
        default_count=max(1, count - 1),
        preference=0.25,
        cost=12.5,
        bound=12.25,
    )
