"""How many of the true ten nearest are among the candidates of a library, and where the others are lost.

    python -m benchmarks.candidates LIBRARY [--pictures 64] [--seed 1]

LIBRARY has neighbours (`leitmotiv build-index`, `benchmarks.large`), and is not changed. Pictures are drawn by chance
and each is compared exactly with all others: one among a million takes about ten seconds of the clock on two cores.
Prints the share of their true ten nearest, with its standard error over the pictures, that is

* among the candidates that the index keeps;
* among as many nearest vectors, all cells looked through: what is missing there is lost by the vectors, the rest of
  what the index misses by the cells that it does not look through;
* among the candidates, and those of the ten nearest of them: one round of neighbour-descent [1]_, which the index does
  not make;

and the first of these for the half of the pictures whose neighbours are nearest, and for the half that are lonelier.

References
----------
.. [1] W. Dong, M. Charikar and K. Li, "Efficient k-nearest neighbor graph construction for generic similarity
   measures", WWW 2011.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import candidates
from leitmotiv.settings import Settings
from leitmotiv.workflows.measuring import look
from leitmotiv.workflows.neighbours import stored_neighbours
from leitmotiv.workflows.pool import Pool
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.vectors import stored_vectors

COLUMNS = 10_000
TEN = 10

Rows = NDArray[np.int64]


def true_nearest(pool: Pool, rows: Rows, size: int) -> tuple[Rows, NDArray[np.float32]]:
    """The ten nearest of each of some pictures among all, and their divergences, (R, 10) each."""
    exact = np.empty((len(rows), size), np.float32)
    for start in range(0, size, COLUMNS):
        columns = np.arange(start, min(size, start + COLUMNS))
        exact[:, columns] = _divergences(pool, rows[:, None], columns)
    exact[np.arange(len(rows)), rows] = np.inf
    near = np.argsort(exact, axis=1, kind="stable")[:, :TEN]
    return near, np.take_along_axis(exact, near, axis=1)


def recalled(near: Rows, lists: Any) -> NDArray[np.float64]:
    """For each picture the share of its true nearest that its list has, (R,)."""
    return np.array([np.isin(top, listed).mean() for top, listed in zip(near, lists, strict=True)])


def drawn(session: Session, pictures: int, seed: int) -> tuple[Pool, Rows]:
    """A pool of the pictures that have neighbours, and some of their rows."""
    ids = stored_neighbours(session.library, session.settings).ids
    rows = np.sort(np.random.default_rng(seed).permutation(len(ids))[:pictures])
    return Pool(session.library, ids, look(session.settings), session.settings.cores), rows


def recall(session: Session, pictures: int, seed: int = 1) -> float:
    """The share of the true ten nearest that the index has among its candidates."""
    pool, rows = drawn(session, pictures, seed)
    stored = stored_neighbours(session.library, session.settings)
    near, _ = true_nearest(pool, rows, len(stored.ids))
    return float(recalled(near, stored["lists"][rows]).mean())


def _divergences(pool: Pool, rows: Rows, columns: Rows) -> NDArray[np.float32]:
    across = np.broadcast_arrays(rows, columns)
    return pool.divergences(np.stack(across, axis=-1).reshape(-1, 2)).reshape(across[0].shape)


def descent(pool: Pool, rows: Rows, lists: NDArray[np.int32]) -> list[Rows]:
    """The candidates of each picture, and those of the ten nearest among them."""
    found = []
    for row in rows:
        own = lists[row][lists[row] >= 0].astype(np.int64)
        best = own[np.argsort(_divergences(pool, row, own), kind="stable")[:TEN]]
        found.append(np.unique(np.concatenate([own, lists[best].ravel()])))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("--pictures", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with Session(replace(Settings(), library=asked.library)) as session:
        stored = stored_neighbours(session.library, session.settings)
        vectors = stored_vectors(session.library, session.settings)
        pool, rows = drawn(session, asked.pictures, asked.seed)
        near, values = true_nearest(pool, rows, len(stored.ids))
        lists = stored["lists"]

        def tell(name: str, shares: NDArray[np.float64]) -> None:
            print(f"{name:44}{shares.mean():.3f} +- {shares.std() / np.sqrt(len(shares)):.3f}", flush=True)

        print(f"{len(stored.ids):,} pictures, {len(rows)} drawn; the true ten nearest are")
        kept = recalled(near, lists[rows])
        tell("among the candidates", kept)
        places = {image_id: place for place, image_id in enumerate(vectors.ids)}
        same = np.array([places[stored.ids[row]] for row in rows])
        found = candidates.nearest(vectors.coordinates, lists.shape[1], rows=same, threads=session.settings.cores)
        here = {image_id: place for place, image_id in enumerate(stored.ids)}
        found = np.array([[here.get(vectors.ids[place], -1) for place in line] for line in found])
        tell("among as many nearest vectors", recalled(near, found))
        around = descent(pool, rows, lists)
        tell("among those and their neighbours'", recalled(near, around))
        print(f"    {np.mean([len(one) for one in around]):.0f} pictures, in the mean")
        apart = values[:, -1]
        tell("candidates, where the tenth is nearer", kept[apart <= np.median(apart)])
        tell("candidates, where it is farther", kept[apart > np.median(apart)])


if __name__ == "__main__":
    main()
