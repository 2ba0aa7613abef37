"""Kernels that use each vector word once, and what they make of some numbers."""

import numpy as np

from leitmotiv.kernels.compiled import LANES, kernel
from leitmotiv.kernels.simd import (
    broadcast,
    exp2,
    fma,
    fma_rows,
    highest,
    load,
    load_rows,
    log2,
    log_gaussian,
    maximum,
    minimum,
    store,
    store_rows,
    total,
    where_less,
    zeros,
)

WIDTH = 2 * LANES
COLUMNS = 320


@kernel
def _combine(a, b, c, out):
    for n in range(0, a.shape[0], WIDTH):
        x, y, z = load(a, n, WIDTH), load(b, n, WIDTH), load(c, n, WIDTH)
        store(out, (0, n), x + y)
        store(out, (1, n), x - y)
        store(out, (2, n), x * y)
        store(out, (3, n), x / y)
        store(out, (4, n), -x)
        store(out, (5, n), fma(x, y, z))
        store(out, (6, n), minimum(x, y))
        store(out, (7, n), maximum(x, y))
        store(out, (8, n), where_less(x, y, z, x))
        store(out, (9, n), broadcast(total(x), WIDTH))
        store(out, (10, n), broadcast(highest(x), WIDTH))
        running = broadcast(np.float32(0), WIDTH)
        running += x
        running *= y
        running -= z
        running /= y
        store(out, (11, n), running)


@kernel
def _raise(x, out):
    for n in range(0, x.shape[0], WIDTH):
        v = load(x, n, WIDTH)
        store(out, (0, n), exp2(v, 3))
        store(out, (1, n), exp2(v, 4))
        store(out, (2, n), exp2(v, 5))
        store(out, (3, n), log2(v))


@kernel
def _sum_rows(shares, rows, out):
    for half in range(2):
        sums = zeros(3, WIDTH)
        for n in range(0, rows.shape[2], WIDTH):
            sums = fma_rows(load(shares, n, WIDTH), load_rows(rows, (half, 1, n), 3, WIDTH), sums)
        store_rows(out, (half, 0, 0), sums)


@kernel
def _score(points, table, out):
    for n in range(0, points.shape[1], WIDTH):
        rows = load_rows(points, (0, n), 5, WIDTH)
        for k in range(len(table)):
            store(out, (k, n), log_gaussian(rows, table, k))


@kernel
def _score_line(points, table, out):
    for n in range(0, points.shape[1], WIDTH):
        store(out, n, log_gaussian(load_rows(points, (0, n), 1, WIDTH), table, 0))


def words():
    """Inputs and outputs of every word."""
    rng = np.random.default_rng(0)
    a, b, c = rng.normal(size=(3, COLUMNS)).astype(np.float32)
    combined = np.empty((12, COLUMNS), np.float32)
    _combine(a, b, c, combined)
    powers = np.linspace(-125, 125, COLUMNS, dtype=np.float32)
    raised = np.empty((4, COLUMNS), np.float32)
    _raise(powers, raised)
    positive = np.exp2(rng.uniform(-120, 120, COLUMNS)).astype(np.float32)
    logs = np.empty((4, COLUMNS), np.float32)
    _raise(positive, logs)
    with_nan = np.array([np.nan, 1] * (COLUMNS // 2), np.float32)
    of_nan = np.empty((4, COLUMNS), np.float32)
    _raise(with_nan, of_nan)
    bounded = np.empty((12, COLUMNS), np.float32)
    _combine(np.zeros(COLUMNS, np.float32), with_nan, c, bounded)
    rows = rng.normal(size=(2, 4, COLUMNS)).astype(np.float32)
    sums = np.empty((2, 3, WIDTH), np.float32)
    _sum_rows(a, rows, sums)
    points = rng.normal(size=(5, COLUMNS)).astype(np.float32)
    table = rng.normal(size=(3, 21)).astype(np.float32)
    scores, line = np.empty((3, COLUMNS), np.float32), np.empty(COLUMNS, np.float32)
    _score(points, table, scores)
    _score_line(points, table, line)
    return {
        "a": a, "b": b, "c": c, "combined": combined, "powers": powers, "raised": raised, "positive": positive,
        "logs": logs, "of_nan": of_nan, "bounded": bounded, "rows": rows, "sums": sums, "points": points,
        "table": table, "scores": scores, "line": line, "width": np.array(WIDTH),
    }  # fmt: skip
