"""Words: how long a phrase takes in a large collection, and what it takes to prepare one.

    python -m benchmarks.words [--pictures 100000] [--words minilm|wordllama]

Features and neighbours are random, so the rankings mean nothing; their cost is that of real ones. Then the same from a
cold command line, on a library of DIR if one is named with --library.
"""

import argparse
import os
import subprocess
import sys
import time

import numpy as np

from leitmotiv.analysis import decoys, joint
from leitmotiv.analysis.background import AXES, NEIGHBOURS, Background, unit
from leitmotiv.analysis.joint import Ranker
from leitmotiv.nets import classes
from leitmotiv.settings import load
from leitmotiv.workflows import word_space, words
from leitmotiv.workflows.session import Session

PHRASES = 60


def background(count: int, rng: np.random.Generator) -> Background:
    """A background of random rows, with neighbours at random: nothing in a score depends on which they are."""
    rows = unit(rng.standard_normal((count, AXES), np.float32)).astype(np.float32)
    closeness = np.full((count, NEIGHBOURS), 1 / NEIGHBOURS, np.float32)
    near = rng.integers(0, count, (count, NEIGHBOURS), np.int32)
    axes = np.linalg.qr(rng.standard_normal((1280, AXES)))[0].astype(np.float32)
    varied = np.linspace(0.02, 0.001, AXES, dtype=np.float32)
    return Background(
        np.zeros(1280, np.float32),
        axes,
        rows.astype(np.float16),
        rows,
        np.eye(AXES, dtype=np.float32),
        varied,
        near,
        closeness,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=100_000)
    parser.add_argument("--words", default="auto")
    parser.add_argument("--library", help="of which a search is started anew, five times")
    asked = parser.parse_args()
    with Session(load({"words": asked.words}, environ=os.environ), create=False) as session:
        began = time.perf_counter()
        known = word_space.class_words(session)
        print(f"{known.encoder.name}; words of classes ready after {time.perf_counter() - began:.2f} s")
        rng = np.random.default_rng(0)
        pooled = rng.gamma(0.4, 1.0, (asked.pictures, 1280)).astype(np.float16)
        ground = background(asked.pictures, rng)
        began = time.perf_counter()
        places = joint.placed(pooled, classes.head(), known.space)
        ranker = Ranker(places, ground, len(known.names))
        print(f"{asked.pictures:,} pictures placed in {time.perf_counter() - began:.1f} s")
        began = time.perf_counter()
        unrelated = decoys.unrelated(known.space, places)
        asked_of = decoys.ask(ranker, known.said(known.space.names[unrelated], [known.names[n] for n in unrelated]))
        print(f"unrelated words asked in {time.perf_counter() - began:.1f} s")
        spent = []
        for number in range(PHRASES):
            phrase = f"{known.names[number * 13]} and {known.names[number * 7 + 1]}"
            began = time.perf_counter()
            said = words.what_is_said(known, phrase)
            first = ranker.first(said)
            final = ranker.second(first)
            decoys.cut(first, final, asked_of, float(said.max()))
            spent.append((time.perf_counter() - began) * 1000)
        median, late = np.percentile(spent, (50, 95))
        print(f"a phrase: median {median:.0f} ms, p95 {late:.0f} ms, worst {max(spent):.0f} ms")
    if asked.library:
        for _ in range(5):
            began = time.perf_counter()
            environment = {**os.environ, "LEITMOTIV_WORDS": asked.words, "LEITMOTIV_LIBRARY": asked.library}
            command = [sys.executable, "-m", "leitmotiv", "search", "a grand piano", "--json"]
            done = subprocess.run(command, env=environment, capture_output=True, check=False)
            print(f"from a cold command line: {time.perf_counter() - began:.2f} s, exit code {done.returncode}")


if __name__ == "__main__":
    main()
