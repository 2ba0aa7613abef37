"""Learn the numbers of `analysis.likelihood` from every second category of a folder, and judge them by the others.

    python -m benchmarks.likelihood FOLDER

FOLDER has a folder for each category. Nothing is written: the numbers are printed, and how far “likely” can be believed
with those that stand in the module.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from leitmotiv.analysis import background as ground
from leitmotiv.analysis import concept, likelihood
from leitmotiv.settings import Settings
from leitmotiv.workflows import evaluate_likely
from leitmotiv.workflows.evaluate_boards import categories, seen
from leitmotiv.workflows.session import Session

COLLECTIONS = ((2, 16), (5, 6), (10, 4), (12, 2))
SIZES = (1, 2, 4, 8)


def main(folder: Path) -> None:
    """Learn from one half, and print what the module says of both."""
    paths, kinds = categories(folder)
    with Session(Settings(), create=False) as session:
        kept, features, _ = seen(session, paths, None)
    names = sorted({kinds[row] for row in kept})
    truth = np.array([names.index(kinds[row]) for row in kept])
    halves = [list(range(start, len(names), 2)) for start in (0, 1)]
    print("learnt from the first half:", np.round(learnt(list(lessons(features, truth, halves[0]))), 3))
    for half, name in zip(halves, ("the half it was learnt from", "the other half"), strict=True):
        said = list(evaluate_likely.asked(features, truth, half, collections=COLLECTIONS, sizes=SIZES))
        print(name)
        for one in evaluate_likely.reliability(said):
            print(f"  {one.kinds:>3} kinds, {one.boards:>4} boards: said of its kind {one.of_kind:.3f}, of others "
                  f"{one.of_others:.3f}; Brier {one.brier:.4f}, error {one.error:.4f}; "
                  f"alone {one.lone_brier:.4f}, {one.lone_error:.4f}")  # fmt: skip
        print("  said and true:", ", ".join(f"{one.said:.2f} {one.true:.2f}" for one in evaluate_likely.bins(said)))


def lessons(features, truth, half) -> Iterator[tuple[np.ndarray, np.ndarray, tuple[int, int]]]:
    """What the logistic regression sees of each picture, the truth, and which boards are alike: (kinds, size)."""
    for kinds, times in COLLECTIONS:
        for seed in range(times):
            rng = np.random.default_rng((seed, kinds, 1))
            drawn = rng.choice(half, kinds, replace=False)
            rows = np.concatenate(
                [rng.permutation(np.flatnonzero(truth == kind))[: rng.integers(8, 33)] for kind in drawn]
            )
            background = ground.learn(features[rows].astype(np.float16))
            for kind in drawn:
                belongs = truth[rows] == kind
                order = rng.permutation(np.flatnonzero(belongs))
                for size in (one for one in SIZES if one < len(order)):
                    board = order[:size]
                    found = concept.learn(background, background.rows[board], np.ones(size), members=board.tolist())
                    cosine = concept.along(background.rows, found.direction)
                    rest, width, share = likelihood.apart(np.sort(cosine), found.calibration.top, size)
                    place = likelihood.between(cosine, rest, width, found.calibration.top)
                    ones = np.ones(len(cosine))
                    told = np.stack([ones, place, ones * np.log(share / (1 - share)), ones / size], axis=1)
                    others = np.delete(np.arange(len(cosine)), board)
                    yield told[others], belongs[others], (kinds, size)


def learnt(lessons) -> np.ndarray:
    """The slopes; each number of kinds with each size of board counts the same."""
    groups = [group for _, _, group in lessons]
    told, true = (np.concatenate([one[part] for one in lessons]) for part in (0, 1))
    weights = np.concatenate([np.full(len(one), 1 / len(one) / groups.count(group)) for one, _, group in lessons])

    def loss(slopes):
        logit = told @ slopes
        worth = weights @ (np.logaddexp(0, logit) - true * logit)
        return worth, told.T @ (weights * (likelihood.logistic(logit) - true))

    return minimize(loss, np.zeros(told.shape[1]), jac=True, method="BFGS").x


if __name__ == "__main__":
    main(Path(sys.argv[1]))
