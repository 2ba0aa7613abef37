"""How long a critic takes for a whole library that the backbone has seen: `python -m benchmarks.scoring [--size N]`.

The library is synthetic (`benchmarks.synthetic`), its activations are made up, and so are the ratings of 200 pictures
that the critic learns from. Times are of the processor, in one process: the first answer reads all activations from
SQLite, the second has them in memory and another critic, the third is the order of 100 for a page.
"""

import argparse
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks import synthetic
from leitmotiv.settings import Settings
from leitmotiv.workflows import critics, critiques, own
from leitmotiv.workflows.session import Session


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=10_000)
    size, rng = parser.parse_args().size, np.random.default_rng(0)
    with TemporaryDirectory() as folder:
        made = Settings(library=Path(folder) / "library")
        with Session(made) as session:
            synthetic.build(session.library, size, 100, 20)
            ids = sorted(session.library.images.ids())
            for start in range(0, size, 2000):
                part = ids[start : start + 2000]
                session.library.activations.put(part, rng.gamma(0.4, 0.5, (len(part), 1280)).astype(np.float16))
            for number, one in enumerate(ids[:200]):
                own.rate(session, [one], stars=1 + number % 5)
            for spread in ("wide", "narrow"):
                critics.train(session, ["stars"], name=spread, spread=spread)
        with Session(made) as session:
            one, other = (critics.get(session, spread) for spread in ("wide", "narrow"))
            for what, work in (
                ("scores from stored activations, the first time", lambda: critiques.of_library(session, one)),
                ("and by another critic", lambda: critiques.of_library(session, other)),
                ("the order of 100 for a page", lambda: critics.rank(session, other, n=100)),
            ):
                began, wall = time.process_time(), time.perf_counter()
                work()
                print(f"{size:,}: {what:50} {time.process_time() - began:.2f} s ({time.perf_counter() - wall:.2f} s)")


if __name__ == "__main__":
    main()
