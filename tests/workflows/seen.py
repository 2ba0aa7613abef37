"""A library whose pictures were never files, but have features of a few kinds, as if the backbone had seen them."""

import numpy as np

from leitmotiv.workflows.session import Session

from .synthetic import add, image_id

WIDTH = 1280


def features(kinds: int, each: int, *, noise: float = 1.0, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """(kinds * each, 1280) float32 and the kind of each row."""
    rng = np.random.default_rng(seed)
    marks = rng.gamma(0.5, 1.0, (kinds, WIDTH)) * (rng.random((kinds, WIDTH)) < 0.3)
    truth = np.repeat(np.arange(kinds), each)
    values = marks[truth] * rng.gamma(4, 0.25, (len(truth), WIDTH)) + noise * rng.gamma(0.4, 1, (len(truth), WIDTH))
    return np.minimum(values, 6).astype(np.float32), truth


def fill(session: Session, kinds: int = 4, each: int = 12, **options) -> tuple[list[list[str]], np.ndarray]:
    """Add pictures with features; returns the ids of each kind, and all features in the order of adding."""
    values, truth = features(kinds, each, **options)
    add(session.library, range(len(values)))
    ids = [image_id(number) for number in range(len(values))]
    session.library.activations.put(ids, values.astype(np.float16))
    return [[ids[row] for row in np.flatnonzero(truth == kind)] for kind in range(kinds)], values
