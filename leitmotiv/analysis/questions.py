"""Which pictures to ask about next: those whose answer is open, and would change what is thought of others.

References
----------
.. [1] B. Settles, "Active learning literature survey", University of Wisconsin-Madison TR 1648 (2009), 2.2 and 3.1:
   uncertainty weighted by information density.
.. [2] C. E. Rasmussen and C. K. I. Williams, Gaussian Processes for Machine Learning (2006), 2.2: the variance.
"""

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import background as ground
from leitmotiv.analysis.background import Background
from leitmotiv.records import Float

ASKED_AMONG = 400
"""The likeliest pictures that are weighed against each other: an answer on any other teaches little."""


def most_informative(background: Background, chances: Float, board: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Choose pictures one by one, each by how open its answer is and how much is unknown around it.

    Each is asked for by the entropy of its chance times the variance that the regression still leaves it, given the
    board and the pictures that were chosen before: so they are not all alike.

    Parameters
    ----------
    chances : (N,) float64
        That a picture belongs, 0 to 1.
    board : (B,) int64
        Rows that are known already; never chosen.

    Returns
    -------
    (count,) int64
        Rows, the most telling first; fewer where there are no more pictures.
    """
    open_to = np.setdiff1d(np.arange(len(background)), board)
    at_most = max(ASKED_AMONG, count)
    among = open_to[np.argsort(-chances[open_to], kind="stable")[:at_most]]
    chance = np.clip(chances[among], 1e-6, 1 - 1e-6)
    entropy = -(chance * np.log(chance) + (1 - chance) * np.log1p(-chance))
    noise = ground.ordinary(background, len(board))
    rows = background.rows[np.concatenate([board, among])].astype(np.float64)
    likeness = rows @ ground.metric(background, len(board)) @ rows.T
    for known in range(len(board)):
        _learn(likeness, known, noise)
    left = np.ones(len(among), bool)
    chosen: list[int] = []
    while len(chosen) < min(count, len(among)):
        variance = np.diag(likeness)[len(board) :]
        best = int(np.argmax(np.where(left, entropy * np.maximum(variance, 0), -np.inf)))
        chosen.append(best)
        left[best] = False
        _learn(likeness, len(board) + best, noise)
    return among[chosen]


def _learn(likeness: Float, known: int, noise: float) -> None:
    """Take out of the covariances what the answer to one picture tells of all."""
    column = likeness[:, known].copy()
    likeness -= np.outer(column, column) / (column[known] + noise)
