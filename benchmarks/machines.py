"""Many small pictures read and indexed by the workers of a cluster over PostgreSQL, one of which is killed in between.

    python -m benchmarks.machines WORK --photos DIR [--database URL] [--pictures 20000]
        [--side 56] [--limit 5000] [--steps add,…]

WORK gets small files made of the photos in DIR (each a crop in colours of its own), the library and its log; URL names
an empty database of PostgreSQL. Without it a server of its own is started, which keeps its data in WORK and waits for
the disk as servers do; WORK must have a short name then. A scheduler and its workers, one thread each, are started on
loopback and ended.

Steps: `add` reads a tenth with one worker, a tenth with two, a tenth by this machine alone into another library, and
the rest with two, one of which is killed after a fifth of it and replaced after two fifths. `index` builds the index
with two workers, one of which is killed and replaced. `one` and `two` build it anew with one and two, `local` with this
machine's own threads, one and two. What each step took is written to WORK/machines.json: seconds by the clock, seconds
of processors (of this process and of each worker), and a hash of the clusters, which must be the same for all.
"""

import argparse
import contextlib
import hashlib
import json
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import PIL.Image
import psutil

from leitmotiv.settings import Settings
from leitmotiv.store import tables
from leitmotiv.workflows import index as indexing
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.ingest import add_directories
from leitmotiv.workflows.session import Session
from tests import postgres

SIDE = 56
FOLDERS = ("one", "two", "rest")


def make(photos: Path, work: Path, count: int, side: int = SIDE) -> None:
    """Write the pictures: a tenth, a tenth, and the rest."""
    files = sorted(path for path in photos.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg"))
    for name, first, last in zip(FOLDERS, (0, count // 10, count // 5), (count // 10, count // 5, count), strict=True):
        folder = work / "photos" / name
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(first, last):
            path = folder / f"{number:06}.jpg"
            if not path.exists():
                rng = np.random.default_rng(number)
                picture = PIL.Image.open(files[number % len(files)]).convert("RGB")
                width, height = picture.size
                left, top = rng.uniform(0, 0.3, 2) * (width, height)
                right, bottom = (width, height) - rng.uniform(0, 0.3, 2) * (width, height)
                part = picture.crop((int(left), int(top), int(right), int(bottom)))
                part.thumbnail((side, side))
                pixels = np.asarray(part) * rng.uniform(0.7, 1.1, 3) + rng.normal(0, 8, 3)
                PIL.Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path, quality=90)


class Workers:
    """A scheduler and workers, as processes."""

    def __init__(self, work: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.name, self.work = f"dask://127.0.0.1:{self.port}", work
        self.running: list[psutil.Process] = []
        self.spent = 0.0
        scheduler = ("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(self.port))
        self._scheduler = self._start(*scheduler, "--no-dashboard")
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.2)

    def _start(self, *arguments: str) -> psutil.Process:
        with (self.work / "workers.log").open("ab") as log:
            command = [sys.executable, "-W", "ignore", "-m", *arguments]
            env = {**os.environ, "OMP_NUM_THREADS": "1"}
            return psutil.Process(subprocess.Popen(command, stdout=log, stderr=log, env=env).pid)

    def add(self) -> None:
        where = f"tcp://127.0.0.1:{self.port}"
        arguments = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(self.work / "dask"))
        self.running.append(self._start("distributed.cli.dask_worker", where, *arguments))

    def kill(self) -> None:
        victim = self.running.pop()
        self.spent += _seconds(victim)
        victim.kill()

    def processor(self) -> float:
        """Seconds of processors that all workers spent so far."""
        return self.spent + sum(_seconds(one) for one in self.running)

    def close(self) -> None:
        for one in (*self.running, self._scheduler):
            one.kill()


@contextmanager
def database(work: Path, given: str | None) -> Iterator[str]:
    """The URL of the database: one that is there, or one of a server that runs as long as the block."""
    if given is not None:
        yield given
        return
    programs = postgres.programs()
    if programs is None:
        raise SystemExit("PostgreSQL is not installed: apt install postgresql, or name a database by --database.")
    postgres.FAST = ("shared_buffers=128MB", "max_connections=60")
    work.chmod(0o755)
    server = postgres.Server(work / "postgres", programs)
    try:
        there = server.sql("SELECT 1 FROM pg_database WHERE datname = 'library1'")
        yield server.url("library1") if there else server.new()
    finally:
        server.stop()


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


@contextmanager
def workers(work: Path, count: int) -> Iterator[Workers]:
    made = Workers(work)
    try:
        for _ in range(count):
            made.add()
        yield made
    finally:
        made.close()


class Log:
    """What each step took, kept in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, step: str, **values: object) -> None:
        told = json.loads(self._path.read_text()) if self._path.exists() else {}
        told[step] = values
        self._path.write_text(json.dumps(told, indent=1))
        print(step, json.dumps(values), flush=True)


class Watch:
    """A report that times phases and kills a worker on the way."""

    def __init__(self, phase: str = "", cluster: Workers | None = None) -> None:
        self._phase, self._cluster = phase, cluster
        self.killed, self.replaced = False, False
        self.phases: dict[str, float] = {}
        self._last = ("", time.perf_counter())

    def __call__(self, step) -> None:
        now = time.perf_counter()
        before, since = self._last
        if before:
            self.phases[before] = round(self.phases.get(before, 0.0) + now - since, 2)
        self._last = (step.phase, now)
        if self._cluster is None or step.phase != self._phase or not step.total:
            return
        if not self.killed and step.done > step.total / 5:
            self._cluster.kill()
            self.killed = True
        if self.killed and not self.replaced and step.done > 2 * step.total / 5:
            self._cluster.add()
            self.replaced = True


def timed(log: Log, name: str, work, cluster: Workers | None = None, watch: Watch | None = None) -> None:
    """Carry out `work`, which gives what else is worth noting.

    Without a cluster the time of children counts too, which then read; with one, children are workers that were killed.
    """
    here = (resource.RUSAGE_SELF,) if cluster else (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    began, own = time.perf_counter(), _own(here)
    spent = cluster.processor() if cluster else 0.0
    told = work()
    values = {
        "seconds": round(time.perf_counter() - began, 1),
        "processor_here": round(_own(here) - own, 2),
        "processor_workers": round((cluster.processor() if cluster else 0.0) - spent, 1),
        "load": round(os.getloadavg()[0], 1),
    }
    log.write(name, **values, **told, **({"phases": watch.phases, "killed": watch.killed} if watch else {}))


def _own(whose: tuple[int, ...]) -> float:
    used = [resource.getrusage(one) for one in whose]
    return sum(one.ru_utime + one.ru_stime for one in used)


def adding(work: Path, log: Log) -> None:
    def add(settings: Settings, folder: str, watch: Watch | None = None):
        def run() -> dict[str, object]:
            with Session(settings) as session:
                added = add_directories(session, [work / "photos" / folder], report=watch)
            return {"new": added.new, "copies": added.copies, "failed": len(added.failed)}

        return run

    with workers(work, 1) as cluster:
        shared = Settings(library=work / "library", executor=cluster.name)
        timed(log, "add, one worker", add(shared, "one"), cluster)
        cluster.add()
        timed(log, "add, two workers", add(shared, "two"), cluster)
        watch = Watch("Reading pictures", cluster)
        timed(log, "add, two workers, one killed", add(shared, "rest", watch), cluster, watch)
    for count in (1, 2):
        alone = Settings(library=work / f"alone{count}", workers=count)
        timed(log, f"add, this machine, processes {count}", add(alone, "one"))


def index(work: Path, log: Log, limit: int, name: str, count: int, *, kill: bool = False, cores: int = 2) -> None:
    """Build the index from nothing; the map is left out, which is no part of what is shared."""
    indexing.make_map = lambda *given: None
    folder = work / "library"
    with Session(Settings(library=folder)) as session:
        for array in ("neighbours", "vectors", "remoteness"):
            session.library.arrays.remove(array)
        session.library._database.run(tables.Clusters.delete())

    def build(executor: str, watch: Watch):
        def run() -> dict[str, object]:
            with Session(Settings(library=folder, executor=executor, workers=cores, limit=limit)) as session:
                built = build_index(session, report=watch)
                found = session.library.clusters.get()
            data = (found.labels.tobytes(), found.exemplars.tobytes(), "".join(found.ids).encode())
            clusters = hashlib.sha256(b"".join(data)).hexdigest()[:16]
            return {"images": built.images, "pairs": built.pairs, "shown": built.shown, "clusters": clusters}

        return run

    if not count:
        watch = Watch()
        timed(log, name, build("local", watch), None, watch)
        return
    with workers(work, count) as cluster:
        watch = Watch("Comparing pictures", cluster if kill else None)
        timed(log, name, build(cluster.name, watch), cluster, watch)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--database")
    parser.add_argument("--pictures", type=int, default=20_000)
    parser.add_argument("--side", type=int, default=SIDE, help="longest side of the pictures, pixels")
    parser.add_argument("--limit", type=int, default=5000)
    parser.add_argument("--steps", default="add,index,one,two,local")
    given = parser.parse_args()
    make(given.photos, given.work, given.pictures, given.side)
    (given.work / "library").mkdir(exist_ok=True)
    with database(given.work, given.database) as url:
        (given.work / "library" / "library.toml").write_text(f'[database]\nurl = "{url}"\n')
        carry_out(given)


def carry_out(given: argparse.Namespace) -> None:
    log, steps = Log(given.work / "machines.json"), given.steps.split(",")
    if "add" in steps:
        adding(given.work, log)
    if "index" in steps:
        index(given.work, log, given.limit, "index, two workers, one killed", 2, kill=True)
    if "one" in steps:
        index(given.work, log, given.limit, "index, one worker", 1)
    if "two" in steps:
        index(given.work, log, given.limit, "index, two workers", 2)
    if "local" in steps:
        for cores in (1, 2):
            index(given.work, log, given.limit, f"index, this machine, threads {cores}", 0, cores=cores)


if __name__ == "__main__":
    main()
