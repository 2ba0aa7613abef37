"""The whole way, as a person meets it: a folder to its trends, from a cold and a warm start, with peak memory.

    python -m benchmarks.explore FOLDER
    python -m benchmarks.explore --large [--pictures 480]

`--large` makes 12-megapixel JPEGs of about 2 MB from sample photos and compares adding them with their bare scaled
decode on the same number of processes, in turn, in one run.
"""

import argparse
import json
import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from benchmarks.decode import made

POLL_S = 0.1


@contextmanager
def watched(process: subprocess.Popen[str]) -> Iterator[list[int]]:
    """Largest sum of proportional set sizes over a process and all its descendants, bytes, as a list of one."""
    peak = [0]
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(POLL_S):
            peak[0] = max(peak[0], sum(map(pss, descendants(process.pid))))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peak
    finally:
        ended.set()
        thread.join()


def descendants(pid: int) -> list[int]:
    """A process and everything below it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found = [pid]
    for one in found:
        found.extend(children.get(one, ()))
    return found


def pss(pid: int) -> int:
    """Proportional set size of a process, bytes; 0 once it is gone."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def explore(folder: Path, library: Path, cache: Path) -> tuple[float, int]:
    """Seconds until the clusters stand, and peak memory in bytes."""
    command = [sys.executable, "-m", "leitmotiv", "explore", str(folder), "--library", str(library)]
    env = {**os.environ, "LEITMOTIV_CACHE": str(cache)}
    began = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--no-open", "--port", "0", "--until-ready", "--quiet"],
        env=env,
        text=True,
        stdout=subprocess.DEVNULL,
    )
    with watched(process) as peak:
        code = process.wait()
    if code not in (0, 3):
        raise SystemExit(f"explore ended with {code}")
    return time.perf_counter() - began, peak[0]


def whole(folder: Path) -> None:
    """Cold, warm and repeated runs over one folder."""
    with tempfile.TemporaryDirectory() as scratch:
        cache = Path(scratch) / "cache"
        print("| run | seconds | peak memory, MiB |\n|---|---|---|")
        for name, library in (("cold: everything compiles", "a"), ("warm", "b"), ("again: nothing is new", "b")):
            seconds, peak = explore(folder, Path(scratch) / library, cache)
            print(f"| {name} | {seconds:.1f} | {peak / 2**20:.0f} |", flush=True)
        times = []
        for _ in range(3):
            began = time.perf_counter()
            command = [sys.executable, "-m", "leitmotiv", "add-directory", str(folder), "--library"]
            done = subprocess.run(
                [*command, str(Path(scratch) / "b"), "--json", "--quiet"], capture_output=True, text=True, check=False
            )
            times.append(time.perf_counter() - began)
        told = json.loads(done.stdout)
        print(f"| add-directory again ({told['same']} same, {told['new']} new) | {statistics.median(times):.2f} | |")


def bare_decode(path: str, size: int) -> int:
    """The least that any reader does: libjpeg's scaled decode, no smaller than `size` pixels on each side."""
    with Image.open(path) as image:
        image.draft("RGB", (size, size))
        image.load()
        return image.width


def large(count: int) -> None:
    """Adding against bare decoding, in turn."""
    cores = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as scratch:
        photos = Path(scratch) / "photos"
        photos.mkdir()
        made(photos, count)
        paths = sorted(map(str, photos.iterdir()))
        megabytes = statistics.mean(Path(path).stat().st_size for path in paths) / 1e6
        context = multiprocessing.get_context("spawn")
        bare: dict[int, list[float]] = {512: [], 300: []}
        added = []
        with ProcessPoolExecutor(cores, mp_context=context) as pool:
            list(pool.map(bare_decode, paths[: 2 * cores], [512] * 2 * cores))
            for turn in range(3):
                for size in bare:
                    began = time.perf_counter()
                    list(pool.map(bare_decode, paths, [size] * count))
                    bare[size].append(time.perf_counter() - began)
                added.append(_reading_seconds(photos, Path(scratch) / f"library{turn}"))
                shutil.rmtree(Path(scratch) / f"library{turn}")
        against = {s: statistics.median(a / b for a, b in zip(added, bare[s], strict=True)) for s in bare}
        rate = count / statistics.median(added)
        print("| pictures | mean MB | added a second | against a decode to 1/4 | against a decode to 1/8 |")
        print("|---|---|---|---|---|")
        print(f"| {count} of 12 megapixels | {megabytes:.1f} | {rate:.1f} | {against[512]:.2f} | {against[300]:.2f} |")


def _reading_seconds(photos: Path, library: Path) -> float:
    """Seconds from the first to the last picture written, workers started: what a long run costs a picture."""
    from dataclasses import replace

    from leitmotiv.settings import Settings
    from leitmotiv.workflows.ingest import add_directories
    from leitmotiv.workflows.session import Session

    marks: list[tuple[float, int]] = []
    with Session(replace(Settings(), library=library)) as session:
        add_directories(
            session,
            [photos],
            report=lambda step: marks.append((time.perf_counter(), step.done)) if "Reading" in step.phase else None,
        )
    marks = [mark for mark in marks if mark[1] > 0]
    (first, before), (last, after) = marks[0], marks[-1]
    return (last - first) * after / (after - before)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--pictures", type=int, default=480)
    chosen = parser.parse_args()
    if chosen.large:
        large(chosen.pictures)
    elif chosen.folder:
        whole(chosen.folder)
    else:
        parser.error("name a folder, or --large")


if __name__ == "__main__":
    main()
