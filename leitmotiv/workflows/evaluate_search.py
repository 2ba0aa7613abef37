"""How well words find pictures, measured on folders of known truth: the name of each is asked; no library."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import background as ground
from leitmotiv.analysis import joining, joint
from leitmotiv.analysis.joint import Places, Ranker
from leitmotiv.analysis.lexical import stems
from leitmotiv.analysis.retrieval import Bootstrap, Interval, average_precision
from leitmotiv.errors import UsageError
from leitmotiv.nets import classes
from leitmotiv.records import ClassText, Float, Float32, Half
from leitmotiv.settings import Settings
from leitmotiv.workflows import word_space, words
from leitmotiv.workflows.evaluate_boards import categories, seen
from leitmotiv.workflows.evaluate_space import of_folder
from leitmotiv.workflows.progress import Report
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.word_space import ClassWords

MEASURES = ("P@5", "P@10", "mAP", "nDCG")
QUERIES = 300
"""Most captions that are asked, drawn by the seed."""
PAIRS = 60
"""Pairs of names of which unions are asked, drawn by the seed."""
TAGS = 5
"""Classes whose names are the tags of a picture."""


@dataclass(frozen=True)
class SearchResult:
    """What one way of ranking found: each of `MEASURES`, with its 95 % interval from draws of names."""

    name: str
    results: Mapping[str, Interval]


@dataclass(frozen=True)
class SearchReport:
    """What `evaluate search` found.

    Attributes
    ----------
    encoder : str
        "MiniLM" or "WordLlama".
    pictures, queries, pairs : int
    single, unions : tuple of SearchResult
        Of single names, and of two names of which either is wanted; the one in use first.
    balance : float
        Of unions, the mean of the rarer kind's count by the other's, among as many results as a kind has on average.
    weakest : tuple of (name, average precision)
        The five names that are found worst.
    failed : list of (path as text, reason)
    """

    encoder: str
    pictures: int
    queries: int
    pairs: int
    single: tuple[SearchResult, ...]
    unions: tuple[SearchResult, ...]
    balance: float
    weakest: tuple[tuple[str, float], ...]
    failed: list[tuple[str, str]]


def evaluate_search(
    settings: Settings, folder: Path, *, captions: bool = False, report: Report | None = None
) -> SearchReport:
    """Ask for the name of each folder, underscores as spaces, and see how its pictures are ranked.

    With captions, ask for the captions that the pictures have, `QUERIES` at most, and see how those pictures are ranked
    that have just this one.

    Beside: the space without lexical match, neighbours and second ranking; a match of the names of each picture's
    five likeliest classes as tags; and a random order.

    Raises
    ------
    UsageError
        No folder, or not two categories, or captions, of pictures that can be read.
    MissingExtraError
        Weights are not installed, or damaged.
    """
    with Session(settings, create=False) as session:
        known = word_space.class_words(session, report)
        names, truth, features, failed = (_captioned if captions else _foldered)(session, folder, report)
    if len(names) > QUERIES and captions:
        drawn = np.sort(np.random.default_rng(settings.seed).choice(len(names), QUERIES, replace=False))
        row_of = {int(number): row for row, number in enumerate(drawn)}
        truth = np.array([row_of.get(int(number), -1) for number in truth], np.int64)
        names = [names[number] for number in drawn]
    # Equal scores count in the order of the rows.
    order = np.random.default_rng(settings.seed).permutation(len(truth))
    truth, features = truth[order], features[order]
    pooled = features.astype(np.float16)
    places = joint.placed(pooled, classes.head(), known.space)
    ranker = Ranker(places, ground.learn(pooled), len(known.names))
    asked = [name.replace("_", " ").strip() or name for name in names]
    ways = _ways(known, places, ranker, settings.seed, len(truth))
    ranked = {way: [rank(phrase) for phrase in asked] for way, rank in ways.items()}
    pairs = _pairs(len(names), settings.seed)
    single = {way: np.array([_measured(one, truth == n) for n, one in enumerate(rows)]) for way, rows in ranked.items()}
    unions = {
        way: np.array([_measured(_union(rows[a], rows[b]), (truth == a) | (truth == b)) for a, b in pairs])
        for way, rows in ranked.items()
    }
    used = next(iter(ranked.values()))
    worst = np.argsort(single[known.encoder.name][:, 2], kind="stable")[:5]
    return SearchReport(
        known.encoder.name,
        len(truth),
        len(names),
        len(pairs),
        _with_intervals(single, settings.seed),
        _with_intervals(unions, settings.seed, pairs, len(names)),
        float(np.mean([_balance(_union(used[a], used[b]), truth, a, b) for a, b in pairs])),
        tuple((names[row], float(single[known.encoder.name][row, 2])) for row in worst),
        failed,
    )


_Truth = tuple[list[str], NDArray[np.int64], Float32 | Half, list[tuple[str, str]]]
"""Names, which of them each picture has, features, and what could not be read."""


def _foldered(session: Session, folder: Path, report: Report | None) -> _Truth:
    paths, kinds = categories(folder)
    kept, features, failed = seen(session, paths, report)
    names = sorted({kinds[row] for row in kept})
    if len(names) < 2:
        raise UsageError(f"{folder} has not two folders of pictures that can be read, a folder a category.")
    return names, np.array([names.index(kinds[row]) for row in kept], np.int64), features, failed


def _captioned(session: Session, folder: Path, report: Report | None) -> _Truth:
    held = of_folder(session, folder, None, report)
    names = sorted(set(held.texts))
    if len(names) < 2:
        raise UsageError(f"{folder} has not two pictures with captions that differ; see leitmotiv captions import.")
    row_of = {name: row for row, name in enumerate(names)}
    return names, np.array([row_of[text] for text in held.texts], np.int64), held.pooled, held.failed


def _ways(
    known: ClassWords, places: Places, ranker: Ranker, seed: int, count: int
) -> dict[str, Callable[[str], Float]]:
    """How phrases rank, by name: each gives standardised scores (N,)."""
    mixing = places.mixing(len(known.names))
    tags = _tags(places, word_space.texts())
    rng = np.random.default_rng(seed)

    unrelated = word_space.asked(known, places, ranker)

    def in_use(phrase: str) -> Float:
        return words.ranked(known, ranker, unrelated, phrase, words.what_is_said(known, phrase))[0]

    def vectors(phrase: str) -> Float:
        return joint.standardised(mixing @ (known.space.words @ word_space.place(known, [phrase])[0]))

    def tagged(phrase: str) -> Float:
        said = set(stems(phrase))
        return joint.standardised(np.array([sum(share for word, share in one.items() if word in said) for one in tags]))

    def random(phrase: str) -> Float:
        return rng.standard_normal(count)

    return {known.encoder.name: in_use, "vectors alone": vectors, "tags": tagged, "random": random}


def _tags(places: Places, texts: Sequence[ClassText]) -> list[dict[str, float]]:
    """Of each picture, the words in the names of its likeliest classes, each with the sum of their shares."""
    of_class = [set(stems(" ".join((one.name, *one.synonyms)))) for one in texts]
    found = []
    for numbers, shares in zip(places.classes, places.shares, strict=True):
        one: dict[str, float] = {}
        for at in np.argsort(-shares, kind="stable")[:TAGS]:
            for word in of_class[int(numbers[at])]:
                one[word] = one.get(word, 0.0) + float(shares[at])
        found.append(one)
    return found


def _pairs(count: int, seed: int) -> list[tuple[int, int]]:
    every = list(combinations(range(count), 2))
    if len(every) <= PAIRS:
        return every
    drawn = np.random.default_rng(seed).choice(len(every), PAIRS, replace=False)
    return [every[row] for row in np.sort(drawn)]


def _measured(scores: Float, wanted: NDArray[np.bool_]) -> tuple[float, float, float, float]:
    """Precision among the first 5 and 10, average precision, and normalised discounted cumulative gain."""
    hits = wanted[np.argsort(-scores, kind="stable")]
    discounts = 1 / np.log2(np.arange(2, len(hits) + 2))
    gain = float(discounts[hits].sum() / discounts[: int(hits.sum())].sum())
    return float(hits[:5].mean()), float(hits[:10].mean()), average_precision(scores, wanted), gain


def _balance(scores: Float, truth: NDArray[np.int64], one: int, other: int) -> float:
    sizes = [int((truth == kind).sum()) for kind in (one, other)]
    first = truth[joint.top(scores, max(2, sum(sizes) // 2))]
    shares = sorted(float((first == kind).sum()) / size for kind, size in zip((one, other), sizes, strict=True))
    return shares[0] / shares[1] if shares[1] else 0.0


def _union(one: Float, other: Float) -> Float:
    """Either of two, as a search for both joins them: the larger, by rank."""
    return np.maximum(joining.by_rank(one), joining.by_rank(other))


def _with_intervals(
    measured: Mapping[str, Float], seed: int, pairs: Sequence[tuple[int, int]] = (), names: int = 0
) -> tuple[SearchResult, ...]:
    """Each measure with its interval: by draws of queries, or of the names that pairs are of."""
    found = []
    for way, values in measured.items():
        bootstrap = Bootstrap(np.arange(names or len(values)), np.random.default_rng(seed))
        intervals = bootstrap.of_pairs(values, pairs) if pairs else bootstrap.intervals(values)
        found.append(SearchResult(way, dict(zip(MEASURES, intervals, strict=True))))
    return tuple(found)
