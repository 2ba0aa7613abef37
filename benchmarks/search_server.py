"""Searches of a large library as a person meets them: over HTTP from a real server, and from a cold command line.

    python -m benchmarks.search_server LIBRARY [--fill] [--words minilm|wordllama] [--queries 200]

LIBRARY may be one of `benchmarks.synthetic`. With `--fill` its pictures get made-up activations first, each near one
of the thousand classes, and the collection is learnt, which takes minutes; this changes the library. Queries are words,
sums, differences and meetings, no phrase twice, so that nothing is remembered from one to the next. Beside the time on
the clock stands that of the processor (of the server's process, all of its threads, on Linux), which a busy machine
leaves nearly as it is.
"""

import argparse
import os
import resource
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

import numpy as np

from leitmotiv.nets import classes
from leitmotiv.settings import load
from leitmotiv.workflows import word_space
from leitmotiv.workflows.session import Session

COLD = 5
"""Command lines that are started."""
BATCH = 5_000


def fill(session: Session) -> None:
    """Give each picture activations near those that a class asks for, in the order of adding."""
    weight, _ = classes.head()
    asked = np.maximum(weight, 0)
    rng = np.random.default_rng(0)
    ids = session.library.activations.missing()
    for start in range(0, len(ids), BATCH):
        part = ids[start : start + BATCH]
        own = asked[rng.integers(0, len(asked), len(part))]
        pooled = 0.6 * rng.gamma(0.4, 1.0, own.shape) + 8 * own * rng.gamma(2.0, 0.5, own.shape)
        session.library.activations.put(part, pooled.astype(np.float16))
    began = time.perf_counter()
    word_space.placed(session)
    print(f"{len(ids):,} pictures filled; the collection learnt and placed in {time.perf_counter() - began:.0f} s")


def queries(count: int, asked: Callable[[int], str]) -> list[str]:
    """Lines, no two of which share a phrase."""
    ways = ("{}", "{} + {}", "{} - {}", "{} & {}")
    found, number = [], 0
    for row in range(count):
        way = ways[row % len(ways)]
        terms = [f'"{asked(number + at)}"' for at in range(way.count("{}"))]
        number += len(terms)
        found.append(way.format(*terms))
    return found


def timed(url: str, pid: int) -> tuple[float, float]:
    """Milliseconds until the whole answer is there, and what the server's processors worked for it."""
    began, worked = time.perf_counter(), work(pid)
    with urllib.request.urlopen(url, timeout=600) as answer:
        answer.read()
    return (time.perf_counter() - began) * 1000, work(pid) - worked


def prepared(url: str, pid: int) -> None:
    """Wait while the server says that it is preparing words."""
    began = time.perf_counter()
    while True:
        try:
            first, worked = timed(url, pid)
        except urllib.error.HTTPError as error:
            if error.code != 503:
                raise
            time.sleep(2)
        else:
            ready = time.perf_counter() - began
            print(
                f"ready after {ready:.1f} s; the first search: {first / 1000:.2f} s, {worked / 1000:.2f} s of processor"
            )
            return


def work(pid: int) -> float:
    """Milliseconds of processor time of a process so far, of threads that ended too; nan where nobody tells."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(told[11]) + int(told[12])) * 1000 / os.sysconf("SC_CLK_TCK")
    except OSError:
        return float("nan")


def served(library: str, environment: dict[str, str], lines: list[str]) -> None:
    """Ask a server, the API and the page in turn."""
    command = [sys.executable, "-m", "leitmotiv", "serve", "--library", library, "--port", "0"]
    with subprocess.Popen([*command, "--json"], env=environment, stdout=subprocess.PIPE, text=True) as server:
        try:
            url = address(server)
            prepared(f"{url}/api/v1/search?q=word", server.pid)
            for name, path in (("API", "/api/v1/search"), ("page", "/search")):
                own = lines[: len(lines) // 2] if name == "API" else lines[len(lines) // 2 :]
                times = np.array([timed(f"{url}{path}?q={urllib.parse.quote(line)}", server.pid) for line in own])
                median, late = np.percentile(times[:, 0], (50, 95))
                print(f"{name}, {len(own)} queries: median {median:.0f} ms, p95 {late:.0f} ms")
                for way in range(4):  # the processor's time is told in hundredths of a second
                    print(f"    {own[way][:60]:60} processor, mean {times[way::4, 1].mean():.0f} ms")
        finally:
            server.terminate()


def address(server: subprocess.Popen[str]) -> str:
    """Where a server that was just started listens."""
    assert server.stdout is not None
    for line in server.stdout:
        if "http://" in line:
            return "http://" + line.split("http://", 1)[1].split()[0].strip('",').rstrip("/")
    raise SystemExit("The server said no address.")


def main() -> None:
    """Print the measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library")
    parser.add_argument("--fill", action="store_true")
    parser.add_argument("--words", default="auto")
    parser.add_argument("--queries", type=int, default=200)
    chosen = parser.parse_args()
    environment = {**os.environ, "LEITMOTIV_WORDS": chosen.words, "LEITMOTIV_LIBRARY": chosen.library}
    with Session(load({}, environ=environment), create=False) as session:
        if chosen.fill:
            fill(session)
        known = word_space.class_words(session)
        print(f"{session.library.images.count():,} pictures, {known.encoder.name}")
        names = known.names
    lines = queries(chosen.queries, lambda at: f"{names[at * 13 % 1000]} and {names[(at * 7 + 1) % 1000]}")
    served(chosen.library, environment, lines)
    for number in range(COLD):
        began = time.perf_counter()
        command = [sys.executable, "-m", "leitmotiv", "search", f"a {names[number * 31]}", "--json"]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(command, env=environment, capture_output=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        clock = time.perf_counter() - began
        print(f"from a cold command line: {clock:.2f} s, {worked:.2f} s of processor, exit code {done.returncode}")


if __name__ == "__main__":
    main()
