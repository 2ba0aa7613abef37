"""How well terms go together, on a folder with a folder a kind: unions, meetings with a colour, boards less a word.

Run it as ``python benchmarks/joining.py LIBRARY``: an indexed library whose folders are named for what they hold.
"""

import sys
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np

from leitmotiv.analysis import joining
from leitmotiv.settings import Settings
from leitmotiv.workflows import scoring
from leitmotiv.workflows.query import parse
from leitmotiv.workflows.session import Session

COLOURS = ("red", "blue", "green", "yellow", "white", "black", "brown", "orange", "pink")


def precision(values: np.ndarray, right: np.ndarray) -> float:
    """Average precision of an order by values."""
    hits = right[np.argsort(-values, kind="stable")]
    return float((np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits].mean())


def balance(values: np.ndarray, one: np.ndarray, other: np.ndarray, first: int) -> float:
    """How many of the rarer kind the first results have for one of the other."""
    rows = np.argsort(-values, kind="stable")[:first]
    counts = sorted((one[rows].sum() / one.sum(), other[rows].sum() / other.sum()))
    return float(counts[0] / max(counts[1], 1e-9))


def main(library: Path) -> None:
    """Measure and print."""
    with Session(replace(Settings(), library=library)) as session:
        ids = session.library.images.ids()
        paths = {one.id: Path(one.path) for one in session.library.images.many(ids)}
        kind = np.array([paths[image_id].parent.name for image_id in ids])

        def said(text: str) -> scoring.Said:
            return scoring.said(session, parse(text).terms[0], ids, 1.0)

        kinds = sorted(set(kind.tolist()))
        words = {name: scoring.standardised(said('"' + name.replace("_", " ") + '"'))[0] for name in kinds}
        ranks = {name: joining.by_rank(values) for name, values in words.items()}
        for label, scores in (("larger z", words), ("larger by rank", ranks)):
            found = []
            for one, other in combinations(kinds, 2):
                values, a, b = np.maximum(scores[one], scores[other]), kind == one, kind == other
                both = int(a.sum() + b.sum())
                found.append((precision(values, a | b), balance(values, a, b, 20), balance(values, a, b, both)))
            print(f"union, {label}: mAP, balance of the first 20, of as many as there are:", np.mean(found, 0).round(3))
        meetings: dict[str, list[float]] = {}
        for colour in COLOURS:
            had = said(f"colour:{colour}").values
            traits = joining.standardised(had)
            for name in kinds:
                rows = np.flatnonzero(kind == name)
                best = rows[np.argsort(-had[rows])][: max(3, len(rows) // 4)]
                if had[best[-1]] < 0.25:
                    continue
                right = np.isin(np.arange(len(ids)), best)
                nothing = np.zeros(len(ids), bool)
                terms = [joining.alone(0, words[name], nothing), joining.alone(1, traits, nothing)]
                for label, values in {
                    "geometric mean": joining.meeting(terms, [1, 1]).values,
                    "least": np.minimum(words[name], traits),
                    "sum": words[name] + traits,
                }.items():
                    meetings.setdefault(label, []).append(precision(values, right))
        for label, found_here in meetings.items():
            print(f"word and colour, {label}: mAP {np.mean(found_here):.3f} over {len(found_here)} pairs")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
