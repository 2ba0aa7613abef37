"""A process made to be killed: for each line on stdin it forks a child that writes to a library for ever.

Run as `python -m tests.store.victim FOLDER`; prints the child's id, and "dead" after it.
"""

import os
import sys
from pathlib import Path

import numpy as np

from leitmotiv.store import postgres  # noqa: F401 - before the fork: each child would take a while for it
from leitmotiv.store.library import Library

from .making import add, clusters

BATCH = 4
MATRIX = "divergence"


def tell(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def write_for_ever(folder: Path) -> None:
    tell(os.getpid())
    with Library.open(folder) as library, library.writer("adding pictures", wait=0):
        number = library.images.count()
        while True:
            with library.transaction():
                for _ in range(BATCH):
                    add(library, number)
                    number += 1
            ids = library.images.ids()
            library.arrays.put(MATRIX, {"values": np.full((len(ids), 50), float(len(ids)))}, ids, str(len(ids)))
            library.clusters.replace(clusters(ids), digest=str(len(ids)))


def main() -> None:
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                write_for_ever(Path(sys.argv[1]))
            finally:
                os._exit(1)
        os.waitpid(child, 0)
        tell("dead")


if __name__ == "__main__":
    main()
