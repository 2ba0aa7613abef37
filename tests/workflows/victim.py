"""A process made to be killed: forks a child for each line on stdin that adds a folder and builds the index.

Run as `python -m tests.workflows.victim LIBRARY PHOTOS`; prints the child's id, and "done" when one ends by itself.
"""

import os
import sys
from dataclasses import replace
from pathlib import Path

from leitmotiv.analysis import warming
from leitmotiv.settings import Settings
from leitmotiv.workflows import index, ingest, readers
from leitmotiv.workflows.session import Session


def work(library: Path, photos: Path) -> None:
    ingest.BATCH_S = 0.02  # many small batches: many moments to be killed between
    index.PAIRS_A_STEP = 150
    readers.readings.__kwdefaults__["single_below"] = 10**9
    with Session(replace(Settings(), library=library, workers=1)) as session:
        ingest.add_directories(session, [photos])
        index.build_index(session)


def _tell(word: str) -> None:
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


def main() -> None:
    library, photos = Path(sys.argv[1]), Path(sys.argv[2])
    warming.warm()
    _tell("ready")
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                work(library, photos)
            except BaseException:
                import traceback

                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        _tell(str(child))
        _, status = os.waitpid(child, 0)
        _tell("done" if status == 0 else "killed" if os.WIFSIGNALED(status) else "failed")


if __name__ == "__main__":
    main()
