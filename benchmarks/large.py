"""What a large library costs: time, memory and disk of indexing it, step by step; a line of results for each size.

    python -m benchmarks.large FROM FOLDER --sizes 1000 10000 100000 [--until trends] [--results large.json]
                               [--charts docs/charts]

FROM is a library of real photos, and FOLDER gets one of synthetic pictures for each size (`sampler.py`). Each step runs
in a process of its own, so that its peak memory can be told from that of others: filling, vectors, lists of neighbours
with all their divergences, and the trends with the map (all of `leitmotiv build-index`). What is interrupted goes on
where it was, and what was done is not measured again. Seconds are those of the clock and of the processor: on a busy
machine only the latter can be compared. Recall is the share of the true ten nearest among the candidates, over 16
pictures. Memory is in GiB, disk in MiB. `--charts` draws what the file of results has, with the exponents of N.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.candidates import recall
from benchmarks.charts import chart
from benchmarks.sampler import Sampler, fill, photos_of
from leitmotiv.analysis import warming
from leitmotiv.settings import Settings
from leitmotiv.workflows.executors import Here
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.neighbours import extend
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.vectors import bring_up_to_date

STEPS = ("fill", "vectors", "neighbours", "recall", "trends")
QUERIES = 16


class Phases:
    """Says how far a step is, now and then, and how many seconds each of its phases took."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._said = self._seen = time.monotonic()

    def __call__(self, phase: str, done: int, total: int) -> None:
        now = time.monotonic()
        self.seconds[phase] = self.seconds.get(phase, 0.0) + now - self._seen
        self._seen = now
        if now - self._said > 20:
            self._said = now
            print(f"    {phase} {done:,} of {total:,}", file=sys.stderr, flush=True)


def run(step: str, photos: Path, folder: Path, size: int) -> dict[str, float]:
    """Carry out one step in this process."""
    settings = replace(Settings(), library=folder)
    with Session(settings) as session:
        library = session.library
        if step == "fill":
            with library.writer("making pictures up"):
                fill(library, Sampler(photos_of(photos)), size)
                library.folders.add(b"/synthetic")
            return {"rows": library.images.count()}
        warming.warm()
        began, spent = time.perf_counter(), time.process_time()
        told: dict[str, float] = {}
        said = Phases()
        if step == "vectors":
            with library.writer("vectors"):
                bring_up_to_date(library, settings, sorted(library.images.ids()), said)
        elif step == "neighbours":
            with library.writer("neighbours"):
                vectors = bring_up_to_date(library, settings, sorted(library.images.ids()), said)
                _, comparer = extend(library, settings, vectors, said, Here(settings))
            told = {"pairs": comparer.computed, "packed": comparer.packed}
        elif step == "recall":
            told = {"recall": recall(session, QUERIES)}
        else:
            report = build_index(session, report=lambda now: said(now.phase, now.done, now.total))
            told = {"shown": report.shown, "groups": report.clusters}
        told |= {phase: seconds for phase, seconds in said.seconds.items() if seconds >= 1}
        return told | {"seconds": time.perf_counter() - began, "processor": time.process_time() - spent}


def measure(step: str, asked: argparse.Namespace, size: int) -> dict[str, float]:
    """One step in a process of its own, with its peak memory."""
    folder = asked.folder / str(size)
    call = [
        sys.executable,
        "-m",
        "benchmarks.large",
        str(asked.photos),
        str(folder),
        "--sizes",
        str(size),
        "--only",
        step,
    ]
    print(f"{size:,}: {step}", file=sys.stderr, flush=True)
    done = subprocess.run(call, stdout=subprocess.PIPE, check=True, env=os.environ)
    return json.loads(done.stdout)


def exponent(points: list[tuple[int, float]]) -> float:
    """Of N, by least squares of the logarithms, from 10,000 pictures on where two points are there."""
    large = [point for point in points if point[0] >= 10_000]
    sizes, values = np.log(np.array(large if len(large) > 1 else points)).T
    return float(np.polyfit(sizes, values, 1)[0]) if len(sizes) > 1 else float("nan")


def draw(results: dict[str, dict[str, dict[str, float]]], into: Path) -> None:
    """Three charts: processor time of the steps, most memory, and disk."""

    def series(what: str, steps: tuple[str, ...]) -> dict[str, list[tuple[int, float]]]:
        found = {}
        for step in steps:
            there = {int(size): told[step] for size, told in results.items() if step in told and what in told[step]}
            points = [(size, there[size][what]) for size in sorted(there)]
            if points:
                found[f"{step}: N^{exponent(points):.2f}"] = points
        return found

    into.mkdir(parents=True, exist_ok=True)
    for name, what, unit, title in (
        ("large-time", "processor", "s", "Processor time of indexing"),
        ("large-memory", "memory", "GiB", "Most memory of each step"),
        ("large-disk", "disk", "MiB", "The library on disk after each step"),
    ):
        steps = ("vectors", "neighbours", "trends") if what != "disk" else ("fill", "neighbours", "trends")
        (into / f"{name}.svg").write_text(chart(title, series(what, steps), unit))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path, metavar="FROM")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 3000, 10_000, 30_000, 100_000])
    parser.add_argument("--until", choices=STEPS, default="trends")
    parser.add_argument("--results", type=Path, default=Path("large.json"))
    parser.add_argument("--charts", type=Path, help="draw the results into this folder")
    parser.add_argument("--only", choices=STEPS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.only:
        told = run(asked.only, asked.photos, asked.folder, asked.sizes[0])
        told["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        told["disk"] = sum(path.stat().st_size for path in asked.folder.rglob("*") if path.is_file()) / 2**20
        print(json.dumps(told))
        return
    results = json.loads(asked.results.read_text()) if asked.results.exists() else {}
    for size in asked.sizes:
        for step in STEPS[: STEPS.index(asked.until) + 1]:
            if step in results.get(str(size), {}):
                continue
            told = measure(step, asked, size)
            results.setdefault(str(size), {})[step] = told
            asked.results.write_text(json.dumps(results, indent=1))
            print(f"{size:>9,} {step:11}", *(f"{name} {value:,.4g}" for name, value in told.items()), flush=True)
    if asked.charts is not None:
        draw(results, asked.charts)


if __name__ == "__main__":
    main()
