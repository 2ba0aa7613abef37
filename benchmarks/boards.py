"""Boards: what they find in small collections beside cavlib's classifier, and how long they take in large ones.

    python -m benchmarks.boards DIR [--quick]

DIR has a folder a category. First, collections are made of 2, 5, 10 and 25 of its categories with 8, 16 and 32
pictures each, and of every picture a crop and a colour cast as further pictures; boards have 8 pictures. Both methods
put the same rest in order; cavlib's gets 8 negatives of other categories, ours gets none. The worst difference is
named.

Second, on all categories: what the averages with neighbours add, what pictures by themselves score, how often a wrong
picture is flagged, and what ten answers do.

Then times, in this process, the median of five: learning from a board of 50 in a collection of 10,000 (random
features), ranking 100,000 (random rows) by one concept with percentiles and probabilities, a heat map of shares and one
of tiles, the search for crops, and pictures seen a second.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import background as ground
from leitmotiv.analysis import concept, questions
from leitmotiv.analysis.retrieval import average_precision
from leitmotiv.imaging import read as reading
from leitmotiv.imaging.square import network_input
from leitmotiv.records import Example
from leitmotiv.settings import load
from leitmotiv.workflows import activations, concepts, evaluate_boards, ingest, inspecting
from leitmotiv.workflows.session import Session

BOARD = 8
SIZES = (1, 2, 4, 8)


def altered(pixels: NDArray[np.uint8], rng: np.random.Generator) -> list[NDArray[np.uint8]]:
    """The picture, a crop to half or more of its sides, and a colour cast."""
    height, width = pixels.shape[:2]
    share = rng.uniform(0.5, 0.9)
    top, left = (int(rng.uniform(0, side * (1 - share))) for side in (height, width))
    crop = pixels[top : top + max(1, int(height * share)), left : left + max(1, int(width * share))]
    cast = np.clip(pixels * rng.uniform(0.6, 1.4, 3) * rng.uniform(0.7, 1.3), 0, 255).astype(np.uint8)
    return [network_input(np.ascontiguousarray(one)) for one in (pixels, crop, cast)]


def features_of(session: Session, folder: Path, each: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """(N, 3, 1280): each picture, its crop and its cast; and the category of each."""
    rng, rows, kinds = np.random.default_rng(0), [], []
    for kind, category in enumerate(sorted(path for path in folder.iterdir() if path.is_dir())):
        for path in sorted(category.iterdir())[:each]:
            pictures = altered(reading.read_pixels(path, max_size=512), rng)
            rows.append(session.backbone().features(np.stack(pictures)).pooled)
            kinds.append(kind)
    return np.array(rows), np.array(kinds)


def small_collections(rows: NDArray[np.float32], kinds: NDArray[np.int64], draws: int) -> None:
    """Print both methods for each make of a collection, and the worst difference."""
    worst = (np.inf, "")
    print(f"{'kinds':>6}{'each':>6}{'pictures':>9}{'board':>8}{'cavlib':>8}{'difference':>12}")
    for count in (2, 5, 10, 25):
        for each in (8, 16, 32):
            found = np.array([pair for draw in range(draws) for pair in _draw(rows, kinds, count, each, draw)])
            if not len(found):
                continue
            ours, cavlib = found.mean(axis=0)
            print(f"{count:>6}{each:>6}{count * each * 3:>9}{ours:>8.4f}{cavlib:>8.4f}{ours - cavlib:>+12.4f}")
            worst = min(worst, (ours - cavlib, f"{count} kinds of {each}"))
    print(f"worst: {worst[0]:+.4f}, {worst[1]}")


def _draw(
    rows: NDArray[np.float32], kinds: NDArray[np.int64], count: int, each: int, draw: int
) -> list[tuple[float, float]]:
    rng = np.random.default_rng((count, each, draw))
    chosen = rng.permutation(np.unique(kinds))[:count]
    taken = np.concatenate([rng.permutation(np.flatnonzero(kinds == kind))[:each] for kind in chosen])
    features, truth = rows[taken].reshape(-1, rows.shape[2]), np.repeat(kinds[taken], 3)
    background = ground.learn(features.astype(np.float16))
    found = []
    for kind in chosen[:10]:
        wanted = truth == kind
        board = rng.permutation(np.flatnonzero(wanted)[::3])[:BOARD]
        against = rng.permutation(np.flatnonzero(~wanted))[:BOARD]
        rest = np.ones(len(truth), bool)
        rest[board] = False
        scores = evaluate_boards.ours(background, board), evaluate_boards.cavlib(features, board, against, draw)
        first, second = (average_precision(one[rest], wanted[rest]) for one in scores)
        found.append((first, second))
    return found


def parts(features: NDArray[np.float32], truth: NDArray[np.int64]) -> None:
    """Print what the averages with neighbours add, what a picture by itself scores, and what doubts and answers do."""
    print(f"\n{'mean average precision, positives':<44}" + "".join(f"{size:>8}" for size in SIZES))
    for rounds in (0, 1, 2):
        found = _with_rounds(features, rounds)
        print(f"{f'averaged {rounds} times':<44}" + _row(found, truth, found.rows))
    whole = _with_rounds(features, ground.ROUNDS)
    print(f"{'learnt as ever, each picture by itself':<44}" + _row(whole, truth, whole.plain.astype(np.float32)))
    caught, alarms, precise = [], [], []
    for board, rng, wanted in _boards(truth, BOARD):
        clean = _learnt(whole, board)
        alarms.append((clean.standing < concept.DOUBT).any())
        wrong = np.append(board[:-1], rng.choice(np.flatnonzero(~wanted)))
        doubted = _learnt(whole, wrong)
        caught.append(doubted.standing[-1] < concept.DOUBT)
        precise.append(_precision(whole.rows, doubted, wrong, wanted))
    print(
        f"one of {BOARD} wrong: flagged {np.mean(caught):.3f}, mean average precision {np.mean(precise):.4f};", end=" "
    )
    print(f"boards without a wrong one that have a flag {np.mean(alarms):.3f}")
    for size in (1, 2):
        asked = [_asked(whole, board, wanted) for board, _, wanted in _boards(truth, size)]
        none, best, telling = np.mean(asked, axis=0)
        print(f"board of {size}: {none:.4f}; after answers on its ten best {best:.4f}, on ten questions {telling:.4f}")


def _with_rounds(features: NDArray[np.float32], rounds: int) -> ground.Background:
    usual = ground.ROUNDS
    try:
        ground.ROUNDS = rounds
        return ground.learn(features.astype(np.float16))
    finally:
        ground.ROUNDS = usual


def _boards(
    truth: NDArray[np.int64], size: int
) -> Iterator[tuple[NDArray[np.int64], np.random.Generator, NDArray[np.bool_]]]:
    for kind in np.unique(truth):
        for seed in range(3):
            rng, wanted = np.random.default_rng((seed, size)), truth == kind
            yield rng.permutation(np.flatnonzero(wanted))[:size], rng, wanted


def _learnt(
    background: ground.Background, board: NDArray[np.int64], against: NDArray[np.int64] | None = None
) -> concept.Learnt:
    against = np.zeros(0, np.int64) if against is None else against
    rows = background.rows
    return concept.learn(
        background, rows[board], np.ones(len(board)), rows[against], np.ones(len(against)), members=[*board, *against]
    )


def _precision(
    rows: NDArray[np.float32], learnt: concept.Learnt, known: NDArray[np.int64], wanted: NDArray[np.bool_]
) -> float:
    rest = np.ones(len(wanted), bool)
    rest[known] = False
    return average_precision((rows @ learnt.direction)[rest], wanted[rest])


def _row(background: ground.Background, truth: NDArray[np.int64], rows: NDArray[np.float32]) -> str:
    means = []
    for size in SIZES:
        found = [
            _precision(rows, _learnt(background, board), board, wanted) for board, _, wanted in _boards(truth, size)
        ]
        means.append(np.mean(found))
    return "".join(f"{mean:>8.4f}" for mean in means)


def _asked(
    background: ground.Background, board: NDArray[np.int64], wanted: NDArray[np.bool_]
) -> tuple[float, float, float]:
    """Precision on the same rest without answers, with those on the ten best, and with those on ten questions."""
    learnt = _learnt(background, board)
    cosine = np.asarray(background.rows @ learnt.direction, np.float64)
    chances = concept.judge(cosine, learnt.calibration, len(board))[2]
    best = np.setdiff1d(np.argsort(-cosine)[: 10 + len(board)], board)[:10]
    telling = questions.most_informative(background, chances, board, 10)
    known = np.unique(np.concatenate([board, best, telling]))
    found = [_precision(background.rows, learnt, known, wanted)]
    for answered in (best, telling):
        more = np.concatenate([board, answered[wanted[answered]]])
        found.append(_precision(background.rows, _learnt(background, more, answered[~wanted[answered]]), known, wanted))
    return found[0], found[1], found[2]


def timed(name: str, do: Callable[[], Any], times: int = 5) -> None:
    """Print the median of some runs."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        do()
        taken.append(time.perf_counter() - start)
    print(f"{name:<58}{1000 * statistics.median(taken):>10.1f} ms")


def large_collections() -> None:
    """Print how long learning and ranking take."""
    rng = np.random.default_rng(0)
    features = rng.gamma(0.5, 0.35, (10_000, 1280)).astype(np.float16)
    start = time.perf_counter()
    background = ground.learn(features)
    print(f"{'the background of 10,000, once':<58}{time.perf_counter() - start:>10.1f} s")
    board = rng.choice(10_000, 50, replace=False)
    timed(
        "learning from a board of 50 in 10,000",
        lambda: concept.learn(background, background.rows[board], np.ones(50), members=board.tolist()),
    )
    learnt = concept.learn(background, background.rows[board], np.ones(50), members=board.tolist())
    rows = ground.unit(rng.normal(size=(100_000, background.rows.shape[1])).astype(np.float32))

    def rank() -> NDArray[np.int64]:
        cosine = concept.along(rows, learnt.direction)
        concept.judge(cosine, learnt.calibration, 50)
        return np.argsort(-cosine)[:200]

    timed("ranking 100,000, with percentiles and probabilities", rank)


def looking(folder: Path) -> None:
    """Print how long heat maps and crops take, and how many pictures are seen a second."""
    category = sorted(path for path in folder.iterdir() if path.is_dir())[0]
    with tempfile.TemporaryDirectory() as place:
        settings = load({"library": Path(place) / "library"}, environ=os.environ)
        with Session(settings) as session:
            ingest.add_directories(session, [category])
            session.backbone()
            start = time.perf_counter()
            count = activations.ensure(session)
            print(f"{'pictures seen':<58}{count / (time.perf_counter() - start):>10.1f} /s")
            ids = session.library.images.ids()
            learnt = concepts.teach(session, [Example(image_id) for image_id in ids[:8]])

            def fresh(do: Callable[[], Any]) -> Callable[[], Any]:
                def run() -> Any:
                    session.memory.clear()
                    return do()

                return run

            timed("heat map of shares", fresh(lambda: inspecting.colour_heat(session, learnt, ids[9])))
            timed("heat map of 86 tiles", fresh(lambda: inspecting.colour_heat(session, learnt, ids[9], "tiles")), 3)
            timed("crops", fresh(lambda: inspecting.crops(session, learnt, ids[9])), 3)


def main() -> None:
    """Run everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--quick", action="store_true", help="only the times")
    options = parser.parse_args()
    if not options.quick:
        with Session(load({}, environ=os.environ), create=False) as session:
            rows, kinds = features_of(session, options.folder, 32)
        small_collections(rows, kinds, draws=4)
        parts(rows[:, 0], kinds)
    large_collections()
    looking(options.folder)


if __name__ == "__main__":
    main()
