"""Pairs of mixtures on which the kernel is compared with its naive twin."""

import numpy as np

from leitmotiv.analysis import divergence
from leitmotiv.records import Mixture

SHIFT = np.array([0.5, 0.5, 50.0, 0.0, 5.0])
SCALE = np.array([0.29, 0.29, 25.0, 10.0, 15.0])


def mixture(seed, components, spread=0.3, **changes):
    """A mixture as pictures have them: `components` clouds of about `spread` in a space of unit variance."""
    rng = np.random.default_rng(seed)
    weights = -np.sort(-rng.dirichlet(np.ones(components)))
    means = rng.normal(size=(components, 5)) * 0.9
    cholesky = np.tril(rng.normal(size=(components, 5, 5))) * spread / 3
    cholesky[:, range(5), range(5)] = rng.uniform(0.3, 1, (components, 5)) * spread
    shift = SHIFT + SCALE * rng.normal(size=5) * [0, 0, 0.5, 0.3, 0.3]
    scale = SCALE * rng.uniform(0.6, 1.2, 5)
    values = {"weights": weights, "means": means, "cholesky": cholesky, "shift": shift, "scale": scale}
    return Mixture(**{**values, **changes})


def pairs():
    """(mixture, mixture, look, how far the kernel may be off in nats) by name."""
    plain = divergence.Look()
    ordinary = mixture(1, 9)
    flat = mixture(2, 3, cholesky=np.zeros((3, 5, 5)), means=np.zeros((3, 5)))
    close = mixture(1, 9, shift=ordinary.shift + 1e-3)
    return {
        "ordinary": (ordinary, mixture(3, 12), plain, 3.5e-5),
        "one component each": (mixture(4, 1), mixture(5, 1), plain, 3.5e-5),
        "one and a thousand": (mixture(4, 1), mixture(6, 1000), plain, 3.5e-5),
        "a thousand each": (mixture(7, 1000), mixture(8, 1000), plain, 3.5e-5),
        "almost equal": (ordinary, close, plain, 3.5e-5),
        "without extent": (flat, ordinary, plain, 3.5e-5),
        "far apart": (ordinary, mixture(1, 9, shift=SHIFT + 1e4), plain, 3.5e-5),
        "one point": (ordinary, mixture(3, 12), divergence.Look(points=1), 3.5e-5),
        "not a whole vector of points": (ordinary, mixture(3, 12), divergence.Look(points=67), 3.5e-5),
        "sharp": (mixture(9, 20, 0.1), mixture(10, 20, 0.1), divergence.Look(smoothing=0), 1e-4),
        "neither extent nor smoothing": (flat, ordinary, divergence.Look(smoothing=0), 1e-3),
    }


def values():
    """What the kernel makes of each pair, and the points that it took."""
    found = {}
    for name, (a, b, look, _) in pairs().items():
        packed = divergence.pack([a, b], look=look)
        found[f"{name}: value"] = np.array(divergence.js_parts(packed, look=look)[0, 1])
        found[f"{name}: points"] = packed.pictures.points[:, :, : look.points]
        found[f"{name}: shares"] = packed.pictures.shares
    return found
