"""How well captions find their own pictures, untrained and learnt, on pictures that nothing was learnt from."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import background as ground
from leitmotiv.analysis import captions as cleaning
from leitmotiv.analysis import joint, ranks
from leitmotiv.analysis.joint import Ranker
from leitmotiv.analysis.ranks import Found
from leitmotiv.analysis.space import NEGATIVES, Plan
from leitmotiv.errors import SpaceError, UsageError
from leitmotiv.formats import captions as reading
from leitmotiv.imaging.scan import scan
from leitmotiv.nets import classes
from leitmotiv.records import Float, Float32, Half
from leitmotiv.settings import Settings
from leitmotiv.workflows import captions, space_learning, space_training, taught, word_space
from leitmotiv.workflows.evaluate_boards import seen
from leitmotiv.workflows.progress import Pace, Report
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.space_learning import Speech, WordsOf

FOLDS = 5
SPLITS = ("by file", "by folder")
PHASE = "Learning without what is asked"
Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Captioned:
    """Pictures with captions, N of them.

    Attributes
    ----------
    pooled : (N, 1280) float16
    texts, folders : tuple of str
    none : int
        Pictures without a caption, which are left out.
    failed : list of (path as text, reason)
    """

    pooled: Half
    texts: tuple[str, ...]
    folders: tuple[str, ...]
    none: int
    failed: list[tuple[str, str]]


@dataclass(frozen=True)
class SpaceReport:
    """What `evaluate space` found.

    Attributes
    ----------
    words : str
        Where words come from.
    pictures, captions, folders, none, folds : int
        Captions are the different ones; `none` counts pictures without any.
    pool : int
        Pictures that a caption is looked for among, on average.
    results : mapping of str to mapping of str to Found
        By split, then by way; the first is the untrained space.
    failed : list of (path as text, reason)
    """

    words: str
    pictures: int
    captions: int
    folders: int
    none: int
    folds: int
    pool: int
    results: Mapping[str, Mapping[str, Found]]
    failed: list[tuple[str, str]]


def evaluate_space(
    settings: Settings,
    folder: Path | None,
    *,
    table: Path | None = None,
    plan: Plan | None = None,
    words: WordsOf = "auto",
    folds: int = FOLDS,
    every: bool = False,
    report: Report | None = None,
) -> SpaceReport:
    """Learn from some of the pictures, and ask for each of the others by its caption among the others.

    Once the pictures are parted by file (those of one caption stay together), once by folder: what is asked then lies
    in folders that nothing was learnt from.

    Parameters
    ----------
    folder : Path or None
        Captions are read from beside and inside its pictures, or from `table`; the library's own without it.
    folds : int
        Parts of the collection; each is asked once.
    every : bool
        Measure every loss and every kind of negatives.

    Raises
    ------
    UsageError
        No such folder, or two folds at least are needed.
    SpaceError
        There are too few captions.
    MissingExtraError
    """
    if folds < 2:
        raise UsageError("At least two folds are needed: one to learn from, one to ask.")
    plan = plan or Plan()
    with Session(settings, create=False) as session:
        held = of_library(session, report) if folder is None else of_folder(session, folder, table, report)
        if len(held.texts) < 2 * space_learning.FEWEST:
            raise SpaceError(
                f"{len(held.texts)} pictures with captions are too few to measure with; {2 * space_learning.FEWEST} "
                f"are needed. {held.none:,} have none."
            )
        results: dict[str, dict[str, Found]] = {}
        name: str = words
        pool = 0.0
        for split in SPLITS:
            parts = parted(held.texts if split == "by file" else held.folders, folds, plan.seed)
            if len(np.unique(parts)) < 2:
                continue  # a single folder
            name, asked = _asked(session, held, parts, (_plans(plan, every), _name(plan)), words, split, report)
            groups = _numbered(held.texts if split == "by file" else held.folders)
            base = asked[UNTRAINED]
            results[split] = {
                way: ranks.found(one, groups, plan.seed, None if way == UNTRAINED else base)
                for way, one in asked.items()
            }
            pool = len(parts) / len(np.unique(parts))
    counts = (len(held.texts), len(set(held.texts)), len(set(held.folders)), held.none, folds, round(pool))
    return SpaceReport(name, *counts, results, held.failed)


UNTRAINED = "untrained"
SEARCHED = "search, untrained"


def _plans(plan: Plan, every: bool) -> dict[str, Plan]:
    """What is learnt, by name."""
    if not every:
        found = {"ridge": replace(plan, loss="ridge")}
        return found if plan.loss == "ridge" else {**found, _name(plan): plan}
    triplets = [replace(plan, loss="triplet", negatives=kind) for kind in NEGATIVES]
    return {_name(one): one for one in (replace(plan, loss="ridge"), replace(plan, loss="sigmoid"), *triplets)}


def _name(plan: Plan) -> str:
    return f"triplet, {plan.negatives}" if plan.loss == "triplet" else plan.loss


def _asked(
    session: Session,
    held: Captioned,
    parts: Rows,
    ways: tuple[Mapping[str, Plan], str],
    words: WordsOf,
    split: str,
    report: Report | None,
) -> tuple[str, dict[str, Float]]:
    """Where words come from, and the place of each picture by its own caption, by way of ranking.

    Parameters
    ----------
    ways : tuple
        What is learnt, by name, and which of it is searched with.
    """
    plans, chosen = ways
    asked: dict[str, Float] = {}
    shared = None if words in ("glove", "ppmi") else space_learning.speech(session, words, (), 0, report)
    pace, name = Pace(), ""
    for done, part in enumerate(np.unique(parts)):
        out, kept = np.flatnonzero(parts == part), np.flatnonzero(parts != part)
        texts = [held.texts[row] for row in out]
        taught_texts = [held.texts[row] for row in kept]
        seed = next(iter(plans.values())).seed
        speech = shared or space_learning.speech(session, words, taught_texts, seed, report)
        name = speech.name
        numbers = _numbered(texts)
        same = numbers[:, None] == numbers[None, :]
        spoken = speech.place(texts)

        def put(way: str, scores: Float | Float32, same: NDArray[np.bool_] = same, out: Rows = out) -> None:
            asked.setdefault(way, np.zeros(len(parts)))[out] = ranks.places(scores, same)

        put(UNTRAINED, spoken @ speech.starts(held.pooled[out]).T)
        prepared = space_learning.prepare(speech, held.pooled[kept], taught_texts, report)
        for number, (way, plan) in enumerate(plans.items()):
            state = space_learning.beginning(prepared)
            for reached in space_learning.states(prepared, plan, state):
                state = reached
            learnt = space_learning.finished(way, prepared, plan, state)
            located = space_learning.located(learnt, speech, held.pooled[out])
            put(way, spoken @ located.T)
            if way == chosen:
                for searched, scores in _searched(session, speech, held.pooled[out], texts, located, spoken).items():
                    put(searched, scores)
            if report is not None:
                report(
                    pace.step(f"{PHASE} ({split})", done * len(plans) + number + 1, len(plans) * len(np.unique(parts)))
                )
    return name, asked


def _searched(
    session: Session, speech: Speech, pooled: Half, texts: Sequence[str], located: Float32, spoken: Float32
) -> dict[str, Float]:
    """How a search for each caption ranks the pictures: without what was learnt, and with it (`taught.WEIGHT`)."""
    known = word_space.class_words(session)
    ranker = Ranker(joint.placed(pooled, classes.head(), known.space), ground.learn(pooled), len(known.names))
    first = ranker.first(known.said(word_space.place(known, texts), texts))
    both = first + taught.says(located, spoken)
    ways: dict[str, Callable[[], Float]] = {
        SEARCHED: lambda: np.stack([ranker.second(column) for column in first.T]),
        "search, with it": lambda: np.stack([ranker.second(column) for column in both.T]),
    }
    return {way: rank() for way, rank in ways.items()}


def of_folder(session: Session, folder: Path, table: Path | None = None, report: Report | None = None) -> Captioned:
    """The pictures of a folder that have a caption, with what the backbone makes of them.

    Raises
    ------
    UsageError
        It is no folder, or `table` cannot be read.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder.")
    failed: list[tuple[str, str]] = []
    files = sorted(scan([folder], on_error=lambda path, reason: None), key=lambda one: one.path)
    inside = [Path(os.path.relpath(os.fsdecode(one.path), folder)) for one in files]
    told = {} if table is None else _by_file(reading.read(table).texts, inside)
    texts = []
    for one, place in zip(files, inside, strict=True):
        own = told.get(place, []) if table is not None else captions.of_file(one.path, captions.BESIDE[:-1], failed)
        text = cleaning.joined([said for _, (_, said) in own])
        texts.append(text if cleaning.says_something(text) else "")
    chosen = [row for row, text in enumerate(texts) if text]
    kept, features, unread = seen(session, [files[row].path for row in chosen], report)
    rows = [chosen[at] for at in kept]
    return Captioned(
        features.astype(np.float16),
        tuple(texts[row] for row in rows),
        tuple(str(inside[row].parent) for row in rows),
        len(files) - len(chosen),
        failed + unread,
    )


def _by_file(
    told: Mapping[str, Sequence[tuple[str, str]]], files: Sequence[Path]
) -> dict[Path, list[tuple[str, tuple[str, str]]]]:
    """What a table says of files, by their paths inside of the folder, or by their names."""
    found: dict[Path, list[tuple[str, tuple[str, str]]]] = {}
    for file in files:
        for called in (str(file), file.name, file.stem):
            if called in told:
                found[file] = [("table", one) for one in told[called]]
                break
    return found


def of_library(session: Session, report: Report | None = None) -> Captioned:
    """The same of the pictures of a library."""
    ids, texts = space_training.material(session, (), report)
    known, matrix = session.library.activations.matrix()
    row_of = {image_id: row for row, image_id in enumerate(known)}
    folders = {one.id: os.path.dirname(one.path) for one in session.library.images.many(ids)}  # noqa: PTH120 - a path that need not be UTF-8
    return Captioned(
        matrix[[row_of[one] for one in ids]],
        tuple(texts),
        tuple(folders.get(one, "") for one in ids),
        len(known) - len(ids),
        [],
    )


def parted(names: Sequence[str], folds: int, seed: int) -> Rows:
    """A fold for each row, of about the same size; rows with the same name stay together."""
    numbers = _numbered(names)
    sizes = np.bincount(numbers)
    order = np.random.default_rng(seed).permutation(len(sizes))
    fold_of, loads = np.zeros(len(sizes), np.int64), np.zeros(folds, np.int64)
    for number in order[np.argsort(-sizes[order], kind="stable")]:
        fold = int(loads.argmin())
        fold_of[number] = fold
        loads[fold] += sizes[number]
    return fold_of[numbers]


def _numbered(names: Sequence[str]) -> Rows:
    return np.unique(np.array(names), return_inverse=True)[1].astype(np.int64)
