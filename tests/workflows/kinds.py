"""A library whose pictures the network has seen: kinds that lie apart, without a network and without pictures."""

import numpy as np

from tests.workflows.synthetic import add, image_id

KINDS = 4


def features(number: int) -> np.ndarray:
    """What the network might make of a picture: those with the same remainder are of one kind, (1280,) float16."""
    kind = np.random.default_rng(number % KINDS).gamma(0.5, 1.0, 1280)
    own = np.random.default_rng(1000 + number).gamma(0.5, 1.0, 1280)
    return (0.75 * kind + 0.5 * own).astype(np.float16)


def fill(library, count: int = 40) -> list[str]:
    """Put pictures into a library as if they had been seen; returns their ids."""
    add(library, range(count))
    ids = [image_id(number) for number in range(count)]
    library.activations.put(ids, np.stack([features(number) for number in range(count)]))
    return ids
