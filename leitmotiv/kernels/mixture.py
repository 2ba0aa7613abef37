"""The iteration of the variational mixture: 3 or 5 dimensions, prior scatter of order one; no seeding.

The posterior is held as the moments of the samples that each component answers for, which differ from its natural
parameters by a constant. One pass of EM replaces the moments m by M(m). The iteration goes further in that
direction, to m + s (M(m) - m) with s up to 2 [2]_: the bound is concave around its maximum and EM stops short of it,
the more so the more the components overlap. Should the bound fall, it goes back to M(m), which cannot lower it.

A component that answers for less than half a sample is dropped at once; its share of the prior stays.

References
----------
.. [1] C. M. Bishop, Pattern Recognition and Machine Learning (2006), section 10.2.
.. [2] R. Salakhutdinov and S. Roweis, Adaptive overrelaxed bound optimization methods, ICML 2003.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from leitmotiv.kernels.blocks import BLOCK, Axes, Float32, Workspace, make_workspace, sweep
from leitmotiv.kernels.compiled import kernel
from leitmotiv.kernels.posterior import Prior, update

__all__ = ["BLOCK", "DIMENSIONS", "GROWTH", "LEAST", "Rules", "fit_blocks"]

Float = NDArray[np.float64]

DIMENSIONS = (3, 5)
"""The numbers of dimensions that this form is meant for."""
GROWTH = 1.2
"""What the length of a step is multiplied by after each pass that raised the bound."""
LEAST = 0.3
"""A step leaves a component at least this share of the samples that EM would leave it; else EM's own step is taken."""

_REFRESH = 9  # passes from one look at all components to the next
_TINY = 1e-300


class Rules(NamedTuple):
    """How a fit goes on and when it ends.

    Attributes
    ----------
    drop : float
        Components that answer for fewer samples go at once (the largest never does).
    tolerance : float
        Gain of the bound in one pass below which to stop, nats.
    relaxation : float
        The longest step, as a multiple of that of EM; 1 is EM itself.
    """

    drop: float
    tolerance: float
    relaxation: float


@kernel
def fit_blocks(
    points: Float32,
    weights: Float32,
    moments: Float,
    prior: Prior,
    rules: Rules,
    axes: Axes,
    bounds: Float,
    means: Float,
    lowers: Float,
) -> tuple[int, int, bool]:
    """Iterate from first moments to a local optimum of the bound.

    Parameters
    ----------
    points : (B, D, BLOCK) float32
        Blocks of samples; padding is 0.
    weights : (B, BLOCK) float32
        1 for a sample, 0 for padding.
    moments : (K, 1 + D + D (D + 1) / 2) float64
        For each component: the samples it answers for, the sum over them of x, and of the lower part of x xᵀ by
        rows. Read as the start, and overwritten by those of the last pass.
    prior : Prior
    rules : Rules
    axes : tuple of D zeros
    bounds : (I,) float64, written
        The bound at each pass, nats; I is the most passes allowed. Passes that were taken back do not count.
    means : (K, D) float64, written
        Posterior means.
    lowers : (K, D, D) float64, lower part written
        Cholesky factors of the posterior scatters W⁻¹.

    Returns
    -------
    components, passes, converged
        How many components are left, in the first rows of `moments`, `means` and `lowers`.
    """
    components, features = len(moments), moments.shape[1] - 1
    work = make_workspace(len(points), components, features)
    taken, reached = moments.copy(), np.empty_like(moments)
    passes, since_all, converged, step = 0, _REFRESH, False, 1.0
    components = _drop_components(moments, taken, components, rules.drop, work)
    while passes < len(bounds) and not (converged and since_all == 0):
        divergence = _update(taken[:components], prior, axes, means, lowers, work.table)
        since_all = 0 if converged or since_all >= _REFRESH else since_all + 1
        bound = np.nan
        if not np.isnan(divergence):
            bound = sweep(points, weights, components, since_all == 0, axes, work, reached) - divergence
        if step > 1 and not bound >= bounds[passes - 1]:
            _copy(moments[:components], taken)
            step, converged = 1.0, False
            if since_all == 0:  # the lists are those of the step that was taken back
                since_all = _REFRESH
            continue
        bounds[passes] = bound
        _copy(reached[:components], moments)
        kept = _drop_components(moments, taken, components, rules.drop, work)
        # The samples of a component that went are with the others only after the next pass.
        is_still = passes > 0 and abs(bound - bounds[passes - 1]) < rules.tolerance
        converged = is_still and kept == components
        components = kept
        passes += 1
        step = min(GROWTH * step, rules.relaxation)
        _relax(moments[:components], step, taken[:components])
    _update(moments[:components], prior, axes, means, lowers, work.table)
    return components, passes, converged and since_all == 0


@kernel
def _copy(rows: Float, onto: Float) -> None:
    # An assignment of slices would do, but its error message, text with numbers in it, takes 3 s to compile.
    for k in range(len(rows)):
        for f in range(rows.shape[1]):
            onto[k, f] = rows[k, f]


@kernel
def _relax(moments: Float, step: float, taken: Float) -> None:
    """Move `taken` to what a step of EM has reached, and beyond."""
    for k in range(len(moments)):
        count = taken[k, 0] + step * (moments[k, 0] - taken[k, 0])
        length = step if count >= LEAST * moments[k, 0] else 1.0
        for f in range(moments.shape[1]):
            taken[k, f] = moments[k, f] + (length - 1) * (moments[k, f] - taken[k, f])


@kernel
def _update(moments: Float, prior: Prior, axes: Axes, means: Float, lowers: Float, table: Float32) -> float:
    """Update the posterior from moments about the origin; return its divergence from the prior, nats.

    NaN, and a table of NaN, where the moments are those of no samples: a scatter that is not positive definite.
    """
    components, dimensions = len(moments), len(axes)
    counts, averages = np.empty(components), np.empty((components, dimensions))
    scatters = np.empty((components, dimensions, dimensions))
    wide = np.empty((components, table.shape[1]))
    for k in range(components):
        counts[k] = moments[k, 0]
        place = 1 + dimensions
        for i in range(dimensions):
            averages[k, i] = moments[k, 1 + i] / max(counts[k], _TINY)
            for j in range(i + 1):
                scatters[k, i, j] = moments[k, place] - counts[k] * averages[k, i] * averages[k, j]
                place += 1
    divergence = update(counts, averages, scatters, prior, means, lowers, wide)
    for k in range(components):
        for i in range(table.shape[1]):
            table[k, i] = wide[k, i]
    return divergence


@kernel
def _drop_components(moments: Float, taken: Float, components: int, drop: float, work: Workspace) -> int:
    """Close the gaps that too small components leave, in both moments and in the lists; return how many are left."""
    largest = 0
    for k in range(components):
        if moments[k, 0] > moments[largest, 0]:
            largest = k
    renamed = np.empty(components, np.int64)
    kept = 0
    for k in range(components):
        renamed[k] = -1
        if moments[k, 0] >= drop or k == largest:
            for f in range(moments.shape[1]):
                moments[kept, f] = moments[k, f]
                taken[kept, f] = taken[k, f]
            renamed[k] = kept
            kept += 1
    if kept < components:
        _rename(renamed, kept, work)
    return kept


@kernel
def _rename(renamed: NDArray[np.int64], kept: int, work: Workspace) -> None:
    """Give the listed components their new numbers; -1 is none."""
    for b in range(len(work.lists)):
        size = 0
        for k in work.lists[b, : work.sizes[b]]:
            if renamed[k] >= 0:
                work.lists[b, size] = renamed[k]
                size += 1
        if size == 0:  # every component that mattered here has gone
            size = kept
            for k in range(kept):
                work.lists[b, k] = k
        work.sizes[b] = size
