"""What the backbone costs: loading it, seeing the pictures of a library, and ranking by subject.

    python -m benchmarks.activations LIBRARY [--limit 200] [--pictures 100000]

Pictures of the library are read from their files and seen as an index has it done, on all cores; nothing is stored.
Ranking is timed over so many made-up activations: one picture against all of them, corrected for hubs.
"""

import argparse
import os
import time
from pathlib import Path

import numpy as np

from leitmotiv.nets.backbone import Backbone
from leitmotiv.settings import Settings, cache_folder
from leitmotiv.workflows import activations
from leitmotiv.workflows.blending import Subjects
from leitmotiv.workflows.session import Session


def main() -> None:
    """Print the measurements."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("library", type=Path)
    arguments.add_argument("--limit", type=int, default=200)
    arguments.add_argument("--pictures", type=int, default=100_000)
    chosen = arguments.parse_args()
    cache = cache_folder(os.environ)
    Backbone(cache)
    began = time.perf_counter()
    Backbone(cache)
    print(f"loading the cached graph: {time.perf_counter() - began:.2f} s")
    with Session(Settings(library=chosen.library), create=False) as session:
        ids = session.library.images.ids()[: chosen.limit]
        backbone, seen = session.backbone(), 0
        began = time.perf_counter()
        for _, pictures in activations.read_ahead(session, ids):
            shown = [one for one in pictures if one is not None]
            seen += len(backbone.features(np.stack(shown)).pooled)
        took = time.perf_counter() - began
        print(f"seeing {seen:,} pictures, {session.settings.cores} cores: {seen / took:.0f} a second")
    rng = np.random.default_rng(0)
    pooled = rng.gamma(0.3, 1.0, (chosen.pictures, 1280)).astype(np.float16)
    subjects = Subjects(tuple(str(row) for row in range(len(pooled))), pooled, "relative")
    began = time.perf_counter()
    subjects.scored(pooled[0])
    first = time.perf_counter() - began
    times = []
    for row in range(5):
        began = time.perf_counter()
        scores, _ = subjects.scored(pooled[row])
        scores.argsort()
        times.append(time.perf_counter() - began)
    print(f"ranking {chosen.pictures:,} by subject: first {first:.2f} s, then {np.median(times):.2f} s")


if __name__ == "__main__":
    main()
