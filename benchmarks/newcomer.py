"""One new picture among those of a large library: which trend it would join, and the order of all others to it.

    python -m benchmarks.newcomer LIBRARY [--times 20]

LIBRARY has an index; pictures of it are asked about as if they were new, each by its mixture, with everything warm (a
first one is not counted). Prints milliseconds of the processor: the vector, the 20 divergences to exemplars, and the
order of all pictures with the 100 nearest compared exactly.
"""

import argparse
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from leitmotiv.analysis import tree
from leitmotiv.settings import Settings
from leitmotiv.workflows import likeness
from leitmotiv.workflows.placing import nearest_trend
from leitmotiv.workflows.session import Session


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("--times", type=int, default=20)
    asked = parser.parse_args()
    spent: list[tuple[float, float]] = []
    with Session(replace(Settings(), library=asked.library)) as session:
        ids = session.library.images.ids()
        clusters = session.library.clusters.get()
        groups = 0 if clusters is None else len(tree.shown_exemplars(clusters))
        for row in np.random.default_rng(0).integers(0, len(ids), asked.times + 1).tolist():
            query = session.library.mixtures.get(ids[row])
            clocks = [time.process_time()]
            if groups:
                nearest_trend(session, query)
            clocks.append(time.process_time())
            order = likeness.order_to(session, query, likeness.NEAR)
            clocks.append(time.process_time())
            if order.ids[0] != ids[row] or len(order.ids) != len(ids):
                raise SystemExit(f"{ids[row]} is not the first of all in its own order.")
            spent.append((clocks[1] - clocks[0], clocks[2] - clocks[1]))
    placed, ranked = 1e3 * np.array(spent[1:]).T
    print(f"{len(ids):,} pictures, {groups:,} trends; median (most) of {asked.times}, ms of the processor")
    for name, values in (("placed", placed), ("ranked", ranked), ("together", placed + ranked)):
        print(f"    {name:10}{np.median(values):8.1f} ({values.max():.1f})")


if __name__ == "__main__":
    main()
