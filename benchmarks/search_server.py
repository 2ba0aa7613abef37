"""Searches of a large library as a person meets them: over HTTP from a real server, and from a cold command line.

    python benchmarks/search_server.py LIBRARY [--fill] [--words minilm|wordllama] [--queries 200]

LIBRARY may be one of `benchmarks/synthetic.py`. With `--fill` its pictures get made-up activations first, each near one
of the thousand classes, and the collection is learnt, which takes minutes; this changes the library. Queries are words,
sums, differences and meetings, no phrase twice, so that nothing is remembered from one to the next.
"""

import argparse
import json
import os
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable

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


def timed(url: str) -> tuple[float, int]:
    """Milliseconds until the whole answer is there, and its pictures."""
    began = time.perf_counter()
    with urllib.request.urlopen(url, timeout=600) as answer:
        data = answer.read()
    spent = (time.perf_counter() - began) * 1000
    return spent, len(json.loads(data).get("results", ())) if url.find("/api/") > 0 else data.count(b'class="result"')


def served(library: str, environment: dict[str, str], lines: list[str]) -> None:
    """Ask a server, the API and the page in turn."""
    command = [sys.executable, "-m", "leitmotiv", "serve", "--library", library, "--port", "0"]
    with subprocess.Popen([*command, "--json"], env=environment, stdout=subprocess.PIPE, text=True) as server:
        try:
            url = address(server)
            quoted = urllib.parse.quote("a first phrase")
            print(f"the first search of a process: {timed(f'{url}/api/v1/search?q={quoted}')[0] / 1000:.2f} s")
            for name, path in (("API", "/api/v1/search"), ("page", "/search")):
                own = lines[: len(lines) // 2] if name == "API" else lines[len(lines) // 2 :]
                spent = [timed(f"{url}{path}?q={urllib.parse.quote(line)}")[0] for line in own]
                median, late = np.percentile(spent, (50, 95))
                print(
                    f"{name}, {len(own)} queries: median {median:.0f} ms, p95 {late:.0f} ms, worst {max(spent):.0f} ms"
                )
                for way in range(4):
                    print(f"    {own[way][:60]:60} median {np.median(spent[way::4]):.0f} ms")
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
        done = subprocess.run(command, env=environment, capture_output=True, check=False)
        print(f"from a cold command line: {time.perf_counter() - began:.2f} s, exit code {done.returncode}")


if __name__ == "__main__":
    main()
