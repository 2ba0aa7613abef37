"""Pictures of any folder by a critic, and other people's predictions by their labels; no library is changed."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from leitmotiv.analysis import critique, histograms
from leitmotiv.analysis.critique import Figure
from leitmotiv.errors import RatingsError, UsageError
from leitmotiv.formats import idealo
from leitmotiv.formats.tables import csv_lines
from leitmotiv.imaging.scan import scan
from leitmotiv.records import Critic, Critique, Float, Float32
from leitmotiv.workflows import critiques, technical
from leitmotiv.workflows.outside import read_ahead
from leitmotiv.workflows.progress import Pace, Report
from leitmotiv.workflows.session import Session

PHASE = "Scoring"


@dataclass(frozen=True, eq=False)
class Scored:
    """Files of folders with what a critic says of them; percentiles are among these files.

    Attributes
    ----------
    paths : tuple of bytes
        In the order of the critique.
    failed : list of (path as text, reason)
    """

    paths: tuple[bytes, ...]
    critique: Critique
    failed: list[tuple[str, str]]


def score(session: Session, critic: Critic, folders: Sequence[Path], report: Report | None = None) -> Scored:
    """Score the pictures of folders, or single files, without adding them to a library.

    Raises
    ------
    UsageError
        There is no such folder.
    MissingExtraError
        The weights are not installed, or damaged.
    """
    for folder in folders:
        if not folder.exists():
            raise UsageError(f"There is no folder or file {folder}.")
    failed: list[tuple[str, str]] = []

    def tell(path: bytes, why: str) -> None:
        failed.append((os.fsdecode(path), why))

    paths = [found.path for found in scan(folders, on_error=tell)]
    pace = Pace()
    kept: list[bytes] = []
    width = technical.WIDTH if critic.lift is not None else len(critic.weights)
    rows = [np.zeros((0, width), np.float32)]
    for part, found_rows in (_measured if critic.lift is not None else _seen)(session, critic, paths, tell):
        rows += found_rows
        kept += part
        if report is not None:
            report(pace.step(PHASE, len(kept) + len(failed), len(paths), failures=len(failed)))
    found = critiques.judge(critic, [os.fsdecode(path) for path in kept], np.concatenate(rows))
    return Scored(tuple(kept), found, failed)


Tell = Callable[[bytes, str], None]
Part = tuple[Sequence[bytes], list[Float32]]


def _seen(session: Session, critic: Critic, paths: Sequence[bytes], tell: Tell) -> Iterator[Part]:
    """Files with their pooled activations, batch by batch."""
    backbone = critiques.backbone(session, critic)
    for part, pictures in read_ahead(session, paths, tell):
        yield part, [backbone.features(np.stack(pictures)).pooled] if pictures else []


def _measured(session: Session, _: Critic, paths: Sequence[bytes], tell: Tell) -> Iterator[Part]:
    """Files with their measures, batch by batch."""
    for start in range(0, len(paths), technical.AT_ONCE):
        part, rows = [], []
        for path, numbers in technical.of_files(session, paths[start : start + technical.AT_ONCE], tell):
            part.append(path)
            rows.append(numbers[None])
        yield part, rows


def as_csv(scored: Scored) -> bytes:
    """A row a file: path, score, deviation, percentile, and the ten shares."""
    found = scored.critique
    rows = [
        {
            "path": found.ids[row],
            "score": round(float(found.mean[row]), 4),
            "deviation": round(float(found.deviation[row]), 4),
            "percentile": round(float(found.percentile[row]), 2),
            **{str(score): round(float(share), 6) for score, share in enumerate(found.shares[row], 1)},
        }
        for row in np.argsort(-found.mean, kind="stable")
    ]
    return b"".join(csv_lines(rows, ["path", "score", "deviation", "percentile", *map(str, range(1, 11))]))


def as_idealo(scored: Scored) -> bytes:
    """The JSON of idealo's predictions: pictures are called by their names up to the first dot."""
    found = scored.critique
    entries = {}
    for row, path in enumerate(scored.paths):
        name = os.path.basename(os.fsdecode(path))  # noqa: PTH119 - bytes of any kind
        shares = tuple(round(float(share), 6) for share in found.shares[row])
        entries[name.split(".")[0] or name] = (float(found.mean[row]), shares)
    return idealo.written(entries)


@dataclass(frozen=True)
class Judged:
    """Figures of predictions, beside the labels.

    Attributes
    ----------
    pictures : int
        With a label and a prediction.
    unlabelled, unpredicted : int
        Predictions without a label, and labels without a prediction.
    corrupt : tuple of (where, reason)
        Labels and predictions that cannot be used.
    means_only : bool
        Whether some prediction is a mean without shares; then figures of histograms are left out.
    """

    pictures: int
    unlabelled: int
    unpredicted: int
    corrupt: tuple[tuple[str, str], ...]
    means_only: bool
    figures: tuple[Figure, ...]


def evaluate(labels: Path, predictions: Path, *, seed: int = 0) -> Judged:
    """Measure predictions by labels, both in idealo's JSON; whose model made them does not matter.

    Raises
    ------
    RatingsError
        A file cannot be read, or they have no picture in common.
    """
    known = idealo.read(labels)
    told, wrong = idealo.read_predictions(predictions)
    both = [(item.counts, told[item.key]) for item in known.items if item.key in told and item.counts is not None]
    if not both:
        raise RatingsError(f"{labels} and {predictions} have no image_id in common.")
    truth = histograms.of_counts([counts for counts, _ in both])
    means_only = any(isinstance(one, float) for _, one in both)
    found = critique.figures(truth, _predicted([one for _, one in both], means_only), seed=seed)
    keys = {item.key for item in known.items}
    corrupt = (*known.corrupt, *known.repeated, *wrong)
    return Judged(len(both), len(told.keys() - keys), len(keys - told.keys()), corrupt, means_only, found)


def _predicted(given: Sequence[tuple[float, ...] | float], means_only: bool) -> Float:
    if not means_only:
        return histograms.of_counts(given)
    return np.array(
        [one if isinstance(one, float) else float(histograms.means(histograms.of_counts(one))) for one in given]
    )
