"""How well terms go together, on a folder with a folder a kind: unions, meetings with a colour, boards less a word.

Run it as ``python -m benchmarks.joining LIBRARY``: an indexed library whose folders are named for what they hold.
"""

import sys
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np

from leitmotiv.analysis import joining
from leitmotiv.records import Example
from leitmotiv.settings import Settings
from leitmotiv.workflows import concepts, scoring, seeking, spaces
from leitmotiv.workflows.query import parse
from leitmotiv.workflows.said import Said
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


PAIRS = 60
"""Boards of two kinds, less the word of one."""


def above(values: np.ndarray, one: np.ndarray, other: np.ndarray) -> float:
    """How likely a picture of one kind comes before one of the other."""
    apart = values[one][:, None] - values[other][None]
    return float((apart > 0).mean() + 0.5 * (apart == 0).mean())


def boards_less_a_word(session: Session, ids: list[str], kind: np.ndarray, words: dict[str, joining.Joined]) -> None:
    """Boards of four pictures of each of two kinds, less the word of one: is the other what is left?"""
    rng = np.random.default_rng(0)
    found_here = [name for name in words if words[name].found.any()]
    pairs = list(combinations(found_here, 2))
    rows = []
    for at in rng.permutation(len(pairs))[:PAIRS]:
        one, other = pairs[at]
        shown = [row for name in (one, other) for row in rng.choice(np.flatnonzero(kind == name), 4, replace=False)]
        scores = concepts.score(session, concepts.teach(session, [Example(ids[row]) for row in shown]))
        row_of = {image_id: row for row, image_id in enumerate(scores.ids)}
        values, found = scoring.standardised(Said(np.array([scores.score[row_of[image_id]] for image_id in ids])))
        board = joining.alone(0, values, found)
        less = joining.less(board, [(1.0, words[other])]).values
        rest = np.ones(len(ids), bool)
        rest[shown] = False
        wanted, unwanted = (kind == one) & rest, (kind == other) & rest
        row = [precision(values[rest], wanted[rest]), precision(less[rest], wanted[rest])]
        rows.append([*row, above(values, wanted, unwanted), above(less, wanted, unwanted)])
    means = np.mean(rows, axis=0)
    print(
        f"board of two kinds, less the word of one ({len(rows)} pairs): average precision of the wanted "
        f"{means[0]:.3f} -> {means[1]:.3f}, P(wanted before unwanted) {means[2]:.3f} -> {means[3]:.3f}"
    )


def asked(session: Session, line: str, mode: str, ids: list[str]) -> np.ndarray:
    """What a line says of every picture, by one of `spaces.MODES`."""
    if mode == "scores":
        return seeking.totals(session, line)[1]
    return spaces.parts(session, seeking.read(session, line, mode=mode), mode, ids).sum(axis=0)


def ways(session: Session, ids: list[str], kind: np.ndarray, names: list[str]) -> None:
    """Unions of two names, and two pictures of two kinds less the name of one, by scores and by the ways of vectors."""
    rng = np.random.default_rng(0)
    pairs = list(combinations(names, 2))
    drawn = [pairs[at] for at in rng.permutation(len(pairs))[:PAIRS]]
    for mode in spaces.MODES:
        unions, less = [], []
        for one, other in drawn:
            a, b = kind == one, kind == other
            said = [f'"{name.replace("_", " ")}"' for name in (one, other)]

            both = asked(session, " + ".join(said), mode, ids)
            unions.append((precision(both, a | b), balance(both, a, b, 20)))
            if mode == "classic":  # it adds or takes away, and never both
                continue
            shown = [int(np.flatnonzero(one)[0]) for one in (a, b)]
            rest = np.ones(len(ids), bool)
            rest[shown] = False
            line = " + ".join(f"[img:{ids[row][:16]}]" for row in shown) + f" - {said[1]}"
            left = asked(session, line, mode, ids)
            less.append((precision(left[rest], a[rest]), above(left, a & rest, b & rest)))
        text = (
            f"mode {mode}: unions mAP {np.mean(unions, 0)[0]:.3f}, balance of the first 20 {np.mean(unions, 0)[1]:.2f}"
        )
        if less:
            means = np.mean(less, 0)
            text += f"; two pictures less a name: mAP {means[0]:.3f}, P(wanted before unwanted) {means[1]:.3f}"
        print(text)


def main(library: Path) -> None:
    """Measure and print."""
    with Session(replace(Settings(), library=library)) as session:
        ids = session.library.images.ids()
        paths = {one.id: Path(one.path) for one in session.library.images.many(ids)}
        kind = np.array([paths[image_id].parent.name for image_id in ids])

        def said(text: str) -> Said:
            return scoring.said(session, parse(text).terms[0], ids, 1.0)

        kinds = sorted(set(kind.tolist()))
        told = {name: scoring.standardised(said('"' + name.replace("_", " ") + '"')) for name in kinds}
        words = {name: values for name, (values, _) in told.items()}
        ranks = {name: joining.by_rank(values) for name, values in words.items()}
        boards_less_a_word(session, ids, kind, {name: joining.alone(1, *one) for name, one in told.items()})
        ways(session, ids, kind, kinds)
        for label, scores in (("larger z", words), ("larger by rank", ranks), ("as in searches", ranks)):
            found = []
            for one, other in combinations(kinds, 2):
                values, a, b = np.maximum(scores[one], scores[other]), kind == one, kind == other
                if label == "as in searches":
                    terms = [joining.alone(at, ranks[name], told[name][1]) for at, name in enumerate((one, other))]
                    values = joining.largest(joining.abreast(terms)).values
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
                    "geometric mean": joining.meeting([terms[0], joining.from_nothing(terms[1])], [1, 1]).values,
                    "of standard deviations": joining.meeting(terms, [1, 1]).values,
                    "least": np.minimum(words[name], traits),
                    "sum": words[name] + traits,
                }.items():
                    meetings.setdefault(label, []).append(precision(values, right))
        for label, found_here in meetings.items():
            print(f"word and colour, {label}: mAP {np.mean(found_here):.3f} over {len(found_here)} pairs")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
