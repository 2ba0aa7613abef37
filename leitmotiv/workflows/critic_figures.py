"""Pictures of how a critic does: contact sheets of truth and prediction, and the curves of its learning."""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from leitmotiv.analysis import critic as learning
from leitmotiv.analysis import earth_mover, histograms
from leitmotiv.errors import CriticError, ImageNotFoundError, ImageReadError, RatingsError
from leitmotiv.formats import idealo
from leitmotiv.imaging import curves, tile_sheet
from leitmotiv.imaging import read as reading
from leitmotiv.imaging.scan import scan
from leitmotiv.imaging.tile_sheet import Tile
from leitmotiv.records import Float, Pixels
from leitmotiv.workflows import critics
from leitmotiv.workflows.critic_networks import Trained
from leitmotiv.workflows.session import Session

COLUMNS, MOST = 12, 96
SIDE = 120
RIGHT, NEAR, FAR = "#79c26b", "#e39a3c", "#e2604f"
"""Green within 0.5 of the truth, orange within 1, red beyond."""
CLOSE, FARTHER = 0.5, 1.0


def colour(truth: float, said: float) -> str:
    """The colour of a prediction by how far it is from the truth."""
    apart = abs(truth - said)
    return RIGHT if apart < CLOSE else NEAR if apart < FARTHER else FAR


def sheet(truth: Float, said: Float, pictures: Sequence[Pixels | None], title: str = "") -> bytes:
    """A contact sheet as PNG: under each picture the true mean and the predicted one, coloured.

    Parameters
    ----------
    truth : (N, 10) float64
        Histograms; where there is no picture of an item, the two histograms are drawn.
    said : (N, 10) or (N,) float64
        Histograms, or means alone.
    pictures : N of (H, W, 3) uint8 or None
    """
    means = histograms.means(truth)
    guesses = said if said.ndim == 1 else histograms.means(said)
    tiles = [
        Tile(
            picture if picture is not None else _drawn(truth[row], said[row] if said.ndim == 2 else None),
            f"t{means[row]:.2f} p{guesses[row]:.2f}",
            colour=colour(float(means[row]), float(guesses[row])),
        )
        for row, picture in enumerate(pictures)
    ]
    return tile_sheet.paint(tiles, COLUMNS, title, SIDE)


def _drawn(truth: Float, said: Float | None) -> Pixels:
    """Ten bars of the votes, and the prediction as lines over them."""
    page = np.full((SIDE, SIDE, 3), 40, np.uint8)
    top = max(float(truth.max()), 0.0 if said is None else float(said.max()), 1e-9)
    for score in range(10):
        left, right = SIDE * score // 10 + 1, SIDE * (score + 1) // 10 - 1
        page[SIDE - round((SIDE - 8) * truth[score] / top) :, left:right] = 150
        if said is not None:
            at = SIDE - round((SIDE - 8) * said[score] / top)
            page[max(0, at - 2) : at, left - 1 : right + 1] = (242, 199, 68)
    return page


def of_training(
    session: Session, sets: Sequence[str], *, seed: int = 0, wanted: Sequence[str] = ("sheet", "curves"), **labels: Any
) -> dict[str, bytes]:
    """How a critic that learns from sets does on the fifth of the pictures that it does not learn from.

    Parameters
    ----------
    wanted : sequence of str
        "sheet" and "curves".
    **labels
        `spread`, `smoothing` and `classic`, as `critics.train` takes them.

    Returns
    -------
    PNG by name

    Raises
    ------
    CriticError
        Too few pictures to hold some out.
    NotFoundError, MissingExtraError
    """
    taught = critics.lesson(session, sets, **labels)
    if len(set(taught.ids)) < critics.ENOUGH:
        raise CriticError(f"Figures need {critics.ENOUGH} rated pictures or more, of which some are held out.")
    out = learning.folds(taught.ids, round(1 / critics.HELD_OUT), seed) == 0
    keys = [one for one, held in zip(taught.ids, out, strict=True) if not held]
    losses: list[tuple[float, float]] = []

    def trace(weights: Float, bias: Float) -> None:
        losses.append((_loss(taught, ~out, weights, bias), _loss(taught, out, weights, bias)))

    head = learning.learn(taught.features[~out], taught.shares[~out], keys=keys, seed=seed, trace=trace)
    found: dict[str, bytes] = {}
    if "curves" in wanted:
        constant = taught.shares[~out].mean(axis=0)
        base = float(((np.cumsum(taught.shares[out] - constant, axis=1)) ** 2).mean(axis=1).mean())
        title = "Loss over training: a head alone, so that nothing is unfrozen"
        train, held = zip(*losses, strict=True)
        found["curves"] = curves.paint(
            train, held, title=title, x="steps", y="squared earth mover's distance, r = 2", base=base
        )
    if "sheet" in wanted:
        rows = np.flatnonzero(out)[:MOST]
        said = learning.predict(head.weights, head.bias, taught.features[rows])
        shown = [_thumbnail(session, taught.ids[row]) for row in rows.tolist()]
        title = f"{int(out.sum()):,} held out of {len(out):,}: t truth, p prediction"
        found["sheet"] = sheet(taught.shares[rows], said, shown, title)
    return found


def of_network(trained: Trained) -> dict[str, bytes]:
    """The sheet and the curves of a critic whose network was trained; the unfreezing is marked."""
    card = trained.critic.card
    points = card["curve"]
    curve = curves.paint(
        [one["train"] for one in points],
        [one["held"] for one in points],
        at=[one["step"] for one in points],
        title=f"Loss over training: schedule {card['schedule']['name']}",
        x="steps",
        y="squared earth mover's distance, r = 2",
        base=card["constant"],
        events=[(card["unfrozen_at"], "all layers")],
        second="watched",
    )
    shown = len(trained.pictures)
    title = f"{shown:,} of {card['held_out']:,} held out: t truth, p prediction"
    return {"curves": curve, "sheet": sheet(trained.truth, trained.said, trained.pictures, title)}


def _loss(taught: critics.Lesson, rows: Any, weights: Float, bias: Float) -> float:
    logits = taught.features[rows].astype(np.float64) @ weights + bias
    return float(earth_mover.squared(logits, taught.shares[rows])[0].mean())


def _thumbnail(session: Session, image_id: str) -> Pixels | None:
    with suppress(ImageNotFoundError, OSError):
        return reading.decoded(session.library.images.thumbnail(image_id, 256))
    return None


def of_predictions(labels: Path, predictions: Path, images: Path | None = None, *, seed: int = 0) -> bytes:
    """A contact sheet of at most 96 predictions beside their labels, both in idealo's JSON, drawn by the seed.

    Parameters
    ----------
    images : Path, optional
        A folder that has the pictures, called by their image_id up to the first dot.

    Raises
    ------
    RatingsError
        A file cannot be read, or they have no picture in common.
    """
    known = idealo.read(labels)
    told, _ = idealo.read_predictions(predictions)
    both = [(one.key, one.counts, told[one.key]) for one in known.items if one.key in told and one.counts is not None]
    if not both:
        raise RatingsError(f"{labels} and {predictions} have no image_id in common.")
    chosen = sorted(np.random.default_rng(seed).permutation(len(both))[:MOST].tolist())
    rows = [both[row] for row in chosen]
    truth = histograms.of_counts([counts for _, counts, _ in rows])
    said = _said([one for _, _, one in rows])
    files = {} if images is None else _files(images)
    pictures = [_read(files[key]) if key in files else None for key, _, _ in rows]
    return sheet(truth, said, pictures, f"{len(rows):,} of {len(both):,}: t truth, p prediction")


def _said(given: Sequence[tuple[float, ...] | float]) -> Float:
    if all(not isinstance(one, float) for one in given):
        return histograms.of_counts(given)
    return np.array([one if isinstance(one, float) else histograms.means(histograms.of_counts(one)) for one in given])


def _files(folder: Path) -> Mapping[str, bytes]:
    names: dict[str, bytes] = {}
    for found in scan([folder], on_error=lambda _path, _why: None):
        name = os.fsdecode(os.path.basename(found.path))  # noqa: PTH119 - bytes of any kind
        names.setdefault(name.split(".")[0] or name, found.path)
    return names


def _read(path: bytes) -> Pixels | None:
    with suppress(ImageReadError):
        return reading.read_pixels(path, max_size=256)
    return None
