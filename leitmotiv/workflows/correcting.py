"""The correction for hubs as the settings choose it; what it computes with lies in `analysis.hubness`."""

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import hubness
from leitmotiv.records import Float


def landmark_rows(size: int, ids: list[str] | None = None) -> NDArray[np.int64]:
    """Rows of the landmarks among `size` pictures, by their ids; without ids by their places."""
    names = [str(row) for row in range(size)] if ids is None else ids
    place = {name: row for row, name in enumerate(names)}
    return np.array([place[name] for name in hubness.landmarks(names)], np.int64)


def matrix_remoteness(matrix: NDArray[np.float32], rows: NDArray[np.int64]) -> Float:
    """Remoteness of each picture of a matrix (N, N), nats, (N,), with the landmarks in some of its rows."""
    return hubness.remoteness(matrix[:, rows], np.arange(len(matrix))[:, None] == rows)


def corrected(matrix: NDArray[np.float32], correction: str, ids: list[str] | None = None) -> NDArray[np.float32]:
    """The matrix as `correction` has it: "none" in nats, "relative" from 0 to 1."""
    if correction == "none" or not len(matrix):
        return matrix
    remote = matrix_remoteness(matrix, landmark_rows(len(matrix), ids))
    return hubness.relative_matrix(matrix, remote, float(remote.mean()))
