"""What it costs to place one picture that stays: from "it was added" to its trend, its neighbours and its rankings.

    python -m benchmarks.placing LIBRARY --photos FROM [--times 20]

LIBRARY has an index and gets `--times` pictures more, which `benchmarks.sampler` draws from the photos of the library
FROM: take a copy. Prints milliseconds of the processor and of the clock, median and most, with everything warm: adding
the picture to the database, placing it (`placing.place_new`), its nearest in the order of all others and its trend in
the process that placed it, and both in a server that has the library open all the time and sees the change. A first
picture is not counted.
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.sampler import Sampler, photos_of, record
from leitmotiv.settings import Settings
from leitmotiv.workflows import browse, likeness
from leitmotiv.workflows.placing import place_new
from leitmotiv.workflows.session import Session

FIRST = 50_000_000
"""The number of the first picture: no library has so many of the sampler's."""


class Clocks:
    """Milliseconds of the processor and of the clock, by what was done."""

    def __init__(self) -> None:
        self.spent: dict[str, list[tuple[float, float]]] = defaultdict(list)

    def time(self, name: str, work: Callable[..., Any], *given: Any) -> Any:
        begun = time.process_time(), time.perf_counter()
        found = work(*given)
        self.spent[name].append((time.process_time() - begun[0], time.perf_counter() - begun[1]))
        return found

    def tell(self) -> None:
        for name, values in self.spent.items():
            processor, clock = 1e3 * np.array(values[1:]).T
            print(
                f"    {name:34}{np.median(processor):8.1f} ({processor.max():.1f}) of the processor"
                f"{np.median(clock):8.1f} ({clock.max():.1f}) of the clock"
            )


def nearest(session: Session, image_id: str) -> Sequence[str]:
    """The beginning of the order of all others, as a page shows it first."""
    return list(likeness.order(session, image_id, likeness.NEAR).ids[:10])


def trend(session: Session, image_id: str) -> str | None:
    """The exemplar of its trend."""
    found = browse.cluster_of(session, image_id)
    return None if found is None else found.exemplar


def main() -> None:
    """Print the measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--times", type=int, default=20)
    asked = parser.parse_args()
    sampler, settings, clocks = (
        Sampler(photos_of(asked.photos), seed=7),
        replace(Settings(), library=asked.library),
        Clocks(),
    )
    with Session(settings) as session, Session(settings) as server:
        library = session.library
        count = library.images.count()
        begin = FIRST + count
        for number in range(begin, begin + asked.times + 1):
            mixture = sampler.picture(number)
            image, file = record(number, mixture, "#808080")
            with library.writer("adding"):
                clocks.time("added", library.images.add_all, [(image, file, mixture)])
            clocks.time("placed", place_new, session)
            told = [
                (
                    clocks.time(f"ranked{where}", nearest, one, image.id),
                    clocks.time(f"trend{where}", trend, one, image.id),
                )
                for one, where in ((session, ""), (server, " in the server"))
            ]
            if told[0] != told[1] or told[0][1] is None:
                raise SystemExit(f"{image.id} is not told in both as it was placed.")
    print(f"{count:,} pictures and {asked.times} more, one after the other; ms, median (most)")
    clocks.tell()


if __name__ == "__main__":
    main()
