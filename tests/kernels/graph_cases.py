"""Graphs on which the sparse kernels are compared with their slow twins."""

import numpy as np

from leitmotiv.analysis.graph import Pairs, keys_of

MOST = float(np.log(2))


def divergences(size, seed=0, looks=8):
    """Like those of photos: looks of uneven widths, saturating at ln 2; (size, size) float32."""
    rng = np.random.default_rng(seed)
    places = 1.5 * rng.standard_normal((looks, 6))[rng.integers(0, looks, size)]
    places += rng.standard_normal((size, 6)) * rng.uniform(0.3, 1.2, (size, 1))
    squares = np.square(places[:, None] - places).sum(axis=2)
    return (MOST * 0.9999 * -np.expm1(-squares / 8)).astype(np.float32)


def neighbour_lists(divergence, count):
    """The nearest of each point by a matrix, and their values."""
    apart = divergence.copy()
    np.fill_diagonal(apart, np.inf)
    lists = np.argsort(apart, axis=1, kind="stable")[:, :count].astype(np.int32)
    return lists, np.take_along_axis(divergence, lists, axis=1)


def random_graph(size, degree, seed):
    """Each point has edges to `degree` others and to whoever chose it."""
    divergence = divergences(size, seed)
    rng = np.random.default_rng(seed)
    columns = np.array([rng.permutation(np.delete(np.arange(size), i))[:degree] for i in range(size)], np.int64)
    keys = np.unique(keys_of(np.arange(size)[:, None], columns.reshape(size, degree), size))
    return Pairs(size, keys, divergence[np.divmod(keys, max(size, 1))]).graph()
