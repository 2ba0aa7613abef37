"""Small mixtures with every kind of correlation, and pictures of flat patches, for tests of searches."""

import numpy as np

from leitmotiv.records import Float, Mixture, Pixels


def mixture(seed: int, components: int = 4, aspect: float = 1.5) -> Mixture:
    """A mixture over a frame: components of any shape whose places and colours go together."""
    rng = np.random.default_rng(seed)
    weights = np.sort(rng.dirichlet(np.full(components, 2.0)))[::-1].copy()
    frame = np.array([min(1.0, aspect), min(1.0, 1 / aspect)])
    places = (rng.uniform(0.1, 0.9, (components, 2)) - 0.5) * frame + 0.5
    means = np.hstack([places, rng.uniform([20, -40, -40], [90, 40, 40], (components, 3))])
    factors = np.tril(rng.normal(0, 0.5, (components, 5, 5)))
    factors[:, np.arange(5), np.arange(5)] = rng.uniform(0.5, 1.5, (components, 5))
    factors *= np.array([0.12, 0.12, 9, 7, 7])[:, None]
    shift, scale = np.array([0.5, 0.5, 50.0, 0, 0]), np.array([0.25, 0.2, 20.0, 10, 15])
    return Mixture(weights, (means - shift) / scale, factors / scale[:, None], shift, scale, "lab", aspect)


def patchwork(ground: tuple[int, int, int], *spots: tuple[tuple[int, int, int], slice, slice]) -> Pixels:
    """A picture of 120 x 80 pixels with rectangles on a ground, a little noisy."""
    pixels = np.empty((80, 120, 3))
    pixels[:] = ground
    for colour, rows, columns in spots:
        pixels[rows, columns] = colour
    noisy = pixels + np.random.default_rng(0).normal(0, 3, pixels.shape)
    return noisy.clip(0, 255).astype(np.uint8)


def in_frame(points: Float, aspect: float) -> Float:
    """Raw places (N, 2) as shares of the frame."""
    return (points[:, :2] - 0.5) / np.array([min(1.0, aspect), min(1.0, 1 / aspect)]) + 0.5
