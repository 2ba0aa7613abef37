"""Noise in the last digits of an array, to the bit as numpy's legacy generator draws it, on several threads."""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.kernels import noise as kernels

if TYPE_CHECKING:
    from numpy.random import RandomState

PAIRS = 1 << 15
"""Pairs of uniform draws that are handed on together."""


def add_noise(
    values: NDArray[Any],
    share: "np.floating[Any]",
    floor: "np.floating[Any]",
    rng: "RandomState",
    pool: ThreadPoolExecutor | None = None,
) -> None:
    """Add (share * values + floor) * rng.standard_normal(len(values)), and leave `rng` as that would.

    The generator's own draws come one after the other, so that only their logarithms and roots can be shared out; they
    are most of the work.

    Parameters
    ----------
    values : (M,) float32 or float64, contiguous
        Changed in place. `share` and `floor` are of its type.
    rng : RandomState
        Drawn from.
    pool : ThreadPoolExecutor, optional
        Where the noise is made from the draws; in this thread without one. The result does not depend on it.
    """
    done = 0
    if rng.get_state(legacy=False)["has_gauss"]:
        values[0] += (share * values[0] + floor) * np.float64(rng.standard_normal())
        done = 1
    tasks: list[Future[None]] = []
    while done < len(values):
        state = rng.get_state(legacy=False)
        uniforms = rng.random_sample(2 * PAIRS)
        found, looked = kernels.accepted(uniforms, (len(values) - done + 1) // 2)
        work = (values, done, uniforms, looked, share, floor)
        if pool is None:
            kernels.perturb(*work)
        else:
            tasks.append(pool.submit(kernels.perturb, *work))
        done += 2 * found
        if done >= len(values):
            _rewind(rng, state, looked, even=done == len(values))
    for task in tasks:
        task.result()


def _rewind(rng: "RandomState", state: dict[str, Any], pairs: int, *, even: bool) -> None:
    """Draw again from `state` on, but only the pairs that were used; the last value waits unless `even`."""
    rng.set_state(state)
    rng.random_sample(2 * pairs - 2)
    rng.standard_normal()
    if even:
        rng.standard_normal()
