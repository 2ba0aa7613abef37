"""How well something is taken away: a kind from a broad word, a broad word from a broader one, one kind from another.

Run it as ``python -m benchmarks.less LIBRARY [--words minilm|wordllama] [--each]``, with the sample photos as library:
what is right of broad words are the folders of the table in `benchmarks.broader`. Each difference is measured as it is,
and with all that is in doubt taken for the unwanted, as it was before. The numbers of `leitmotiv.analysis.joining` were
chosen on every second pair, in the order of the alphabet; the other half is reported apart.
"""

import argparse
import os
from collections.abc import Mapping
from itertools import permutations
from pathlib import Path

import numpy as np

from benchmarks.broader import FOLDERS
from benchmarks.joining import above, precision
from leitmotiv.analysis import joining
from leitmotiv.analysis.joining import Joined
from leitmotiv.settings import load
from leitmotiv.workflows import scoring, seeking
from leitmotiv.workflows.session import Session

PAGE = 10
NAMES = (
    "mAP",
    "P(wanted before unwanted)",
    "of the wanted shown before, still shown",
    "precision of what is shown",
    f"unwanted in the first {PAGE}",
)


def told(library: Path, words: str) -> tuple[np.ndarray, dict[str, frozenset[str]], dict[str, Joined]]:
    """The folder of each picture, the folders that are right of each word, and what those say that find something."""
    with Session(load({"library": library, "words": words}, environ=os.environ)) as session:
        ids = session.library.images.ids()
        paths = {one.id: Path(one.path) for one in session.library.images.many(ids)}
        kind = np.array([paths[image_id].parent.name for image_id in ids])
        right = {name.replace("_", " "): frozenset((name,)) for name in set(kind.tolist())}
        right |= {word: frozenset(found.split()) for word, found in FOLDERS.items() if word not in right}
        said = {}
        for word in sorted(right):
            term = seeking.read(session, f'"{word}"').terms[0]
            values, found = scoring.standardised(scoring.said(session, term, ids, 1.0))
            if found.any():
                said[word] = joining.alone(0, values, found)
    return kind, right, said


def pairs(right: Mapping[str, frozenset[str]], said: Mapping[str, Joined]) -> dict[str, list[tuple[str, str]]]:
    """Differences of words that find something, by what they are."""
    names = {word for word in said if len(right[word]) == 1 and word.replace(" ", "_") in right[word]}
    within = [(a, b) for a, b in permutations(sorted(said), 2) if right[b] < right[a]]
    return {
        "a broad word less a kind of it": [(a, b) for a, b in within if b in names],
        "a broad word less a narrower one": [(a, b) for a, b in within if b not in names],
        "a kind less another": list(permutations(sorted(names), 2)),
    }


def measured(kind: np.ndarray, a: Joined, b: Joined, wanted: np.ndarray, unwanted: np.ndarray) -> tuple[float, ...]:
    """The measures of `NAMES`, of one difference."""
    left = joining.less(a, [(1.0, Joined(b.values, {1: b.values}, b.found))])
    first = np.argsort(-left.values, kind="stable")[:PAGE]
    return (
        precision(left.values, wanted),
        above(left.values, wanted, unwanted),
        float((left.found & wanted).sum() / max(1, (a.found & wanted).sum())),
        float((left.found & wanted).sum() / left.found.sum()) if left.found.any() else np.nan,
        float(unwanted[first].mean()),
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("--words", default="auto")
    parser.add_argument("--each", action="store_true", help="print every difference")
    given = parser.parse_args()
    kind, right, said = told(given.library, given.words)
    print(", ".join(NAMES))
    nearly = joining.NEARLY
    for label, lines in pairs(right, said).items():
        for way, share in (("before", 0.0), ("now", nearly)):
            joining.NEARLY = share
            rows = []
            for a, b in lines:
                unwanted, wanted = (np.isin(kind, list(some)) for some in (right[b], right[a] - right[b]))
                rows.append(measured(kind, said[a], said[b], wanted, unwanted))
                if given.each:
                    print(f"{a} - {b}", way, " ".join(f"{value:.2f}" for value in rows[-1]))
            for half, name in ((0, "chosen on"), (1, "others")):
                means = " ".join(f"{value:6.3f}" for value in np.nanmean(rows[half::2], axis=0))
                print(f"{label:34} {name:10} {len(rows[half::2]):4} {way:7} {means}")


if __name__ == "__main__":
    main()
