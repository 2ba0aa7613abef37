"""Likeness by look, by subject, or by both at once: one number `by`, from 0, the look, to 1, the subject.

The subject is what the backbone sees: it needs no training here. How far two pictures are apart in it is one minus the
cosine of their activations, corrected for hubs as looks are: by each picture's remoteness, its mean distance to the
same witnesses. Both are then relative, with 0.5 for what is usual, and a blend is their weighted mean.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import hubness, subject
from leitmotiv.errors import NoActivationsError
from leitmotiv.imaging import read as reading
from leitmotiv.records import Float, Half
from leitmotiv.workflows import activations, correcting, likeness
from leitmotiv.workflows.degrees import LOOK as LOOK
from leitmotiv.workflows.degrees import STEPS as STEPS
from leitmotiv.workflows.degrees import SUBJECT as SUBJECT
from leitmotiv.workflows.degrees import measure as measure
from leitmotiv.workflows.degrees import read as read
from leitmotiv.workflows.degrees import said as said
from leitmotiv.workflows.degrees import told as told
from leitmotiv.workflows.fitting import fit_file
from leitmotiv.workflows.likeness import EXACT, NEAR, Order
from leitmotiv.workflows.measuring import to_many
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.session import Session

USUAL_LOOK = 0.5 / hubness.USUAL
"""By which divergences in nats are multiplied where nothing is corrected, so that the usual one is 0.5."""
_USUAL_SUBJECT = 0.5 / subject.USUAL


@dataclass(frozen=True, eq=False)
class Subjects:
    """What the backbone has seen of a library, and how remote each picture is in it.

    Attributes
    ----------
    ids : tuple of str
        Ascending.
    pooled : (N, 1280) float16
    correction : str
        As the setting.
    """

    ids: tuple[str, ...]
    pooled: Half
    correction: str

    @cached_property
    def row_of(self) -> dict[str, int]:
        """Rows by id."""
        return {image_id: row for row, image_id in enumerate(self.ids)}

    @cached_property
    def lengths(self) -> NDArray[np.float32]:
        """Of the rows, (N,)."""
        return subject.lengths(self.pooled)

    @cached_property
    def _witnesses(self) -> Half:
        return self.pooled[[self.row_of[name] for name in hubness.witnesses(self.ids)]]

    def remoteness(self, pooled: NDArray[Any]) -> Float:
        """Mean cosine distance of pictures, (M, 1280), to the witnesses, (M,)."""
        distances = subject.apart(self._witnesses, pooled, subject.lengths(pooled)).T
        return hubness.remoteness(distances, subject.USUAL)

    @cached_property
    def remote(self) -> Float:
        """Remoteness of each picture, (N,)."""
        return self.remoteness(self.pooled)

    def scored(self, pooled: NDArray[Any]) -> tuple[Float, Float]:
        """How far one picture, (1280,), is from all: what orders go by, and the cosines; both (N,) float64."""
        (distances,) = subject.apart(pooled[None], self.pooled, self.lengths)
        if self.correction == "none":
            scores = distances * _USUAL_SUBJECT
        else:
            (own,) = self.remoteness(pooled[None])
            scores = hubness.relative(distances, own, self.remote, float(self.remote.mean()))
        return np.asarray(scores, np.float64), 1.0 - distances.astype(np.float64)

    def between(self, row: int, rows: NDArray[np.int64]) -> Float:
        """How far one picture of these is from some others, (M,) float64, as `scored` has it."""
        (apart,) = subject.apart(self.pooled[row][None], self.pooled[rows], self.lengths[rows])
        if self.correction == "none":
            return np.asarray(apart.astype(np.float64) * _USUAL_SUBJECT)
        return np.asarray(hubness.relative(apart, self.remote[row], self.remote[rows], float(self.remote.mean())))

    def pairs(self, rows: NDArray[np.int64], others: NDArray[np.int64]) -> Float:
        """How far each of some pictures of these is from one other, (M,) float64, as `scored` has it."""
        products = np.einsum("md,md->m", *(self.pooled[part].astype(np.float32) for part in (rows, others)))
        apart = subject.distances(products / (self.lengths[rows] * self.lengths[others]))
        if self.correction == "none":
            return np.asarray(apart.astype(np.float64) * _USUAL_SUBJECT)
        return hubness.relative(apart, self.remote[rows], self.remote[others], float(self.remote.mean()))

    def matrix(self, ids: Sequence[str]) -> NDArray[np.float32]:
        """How far all pairs of some pictures are apart, (M, M) float32, as `scored` has it."""
        rows = [self.row_of[image_id] for image_id in ids]
        distances = subject.apart_matrix(self.pooled[rows])
        if self.correction == "none":
            return np.asarray(distances * np.float32(_USUAL_SUBJECT))
        return hubness.relative_matrix(distances, self.remote[rows], float(self.remote.mean()))


def subjects(session: Session) -> Subjects:
    """What the backbone has seen; a few pictures that it has not seen yet are shown to it now.

    Raises
    ------
    NoActivationsError
        It has seen none, and there are too many to be seen while somebody waits.
    MissingExtraError
        It has seen none, and cannot: its weights are not installed, or damaged.
    """
    library = session.library
    activations.catch_up(session)
    state = (library.revision("activations"), session.settings.correction)
    ids, pooled = library.activations.matrix()
    found = remember(session, ("subjects", state, len(ids)), lambda: Subjects(ids, pooled, session.settings.correction))
    if not found.ids:
        raise NoActivationsError(activations.NOTHING_SEEN)
    return found


def check(session: Session) -> None:
    """Look whether a job can see what pictures show, before it is begun.

    Raises
    ------
    MissingExtraError
        Somebody has to look at pictures, and the weights are not installed, or damaged.
    """
    if session.library.activations.missing():
        session.backbone()


def order(session: Session, image_id: str, wanted: int | None = None, *, by: float = LOOK) -> Order:
    """Every other picture, the nearest first.

    Pictures that the backbone has not seen stand at the end, without a score.

    Parameters
    ----------
    image_id : str
        Full id.
    wanted : int, optional
        As in `likeness.order`.
    by : float
        From 0, the look, to 1, the subject.

    Raises
    ------
    NoActivationsError, MissingExtraError
        As `subjects`; not by look alone.
    """
    if by == LOOK:
        return likeness.order(session, image_id, wanted)
    known = subjects(session)
    row = known.row_of.get(image_id)
    library = session.library

    def make() -> Order:
        pooled = known.pooled[row] if row is not None else activations.of_picture(session, image_id).pooled[0]
        looks = None if by == SUBJECT else _looks(session, image_id)
        ids = [other for other in library.images.ids() if other != image_id]
        return _Blend(session, known, by, pooled).of(ids, image_id, looks)

    state = (library.revision("images"), library.clusters.stamp(), session.settings.correction)
    # what was seen is kept with the order, so that nothing else can be at its place in memory
    return remember(session, ("order", image_id, by, state, id(known)), lambda: (known, make()))[1]


def order_to_file(session: Session, path: Path, wanted: int | None = None, *, by: float = LOOK) -> Order:
    """Every picture, the nearest first, to a file that need not be in the library.

    Raises
    ------
    NoActivationsError, MissingExtraError
        As `order`.
    ImageReadError
        The file is no readable picture.
    """
    if by == LOOK:
        return likeness.order_to(session, fit_file(path, session.settings), wanted)
    known = subjects(session)
    pixels = reading.read_pixels(path, max_megapixels=session.settings.max_megapixels)
    pooled = activations.of_pixels(session, pixels).pooled[0]
    if by == SUBJECT:
        return _Blend(session, known, by, pooled).of(session.library.images.ids(), None, None)
    mixture = fit_file(path, session.settings)
    return _Blend(session, known, by, pooled).of(
        session.library.images.ids(), mixture, likeness.order_to(session, mixture)
    )


def _looks(session: Session, image_id: str) -> Order:
    """The order by look, as far as it costs little: with all pairs compared all of it, else what the index kept."""
    return likeness.order(session, image_id, NEAR)


@dataclass(frozen=True, eq=False)
class _Blend:
    """One query by subject and, unless that is all, by look."""

    session: Session
    known: Subjects
    by: float
    pooled: NDArray[Any]

    def of(self, ids: Sequence[str], query: Any, looks: Order | None) -> Order:
        """Put pictures in order: first those of which everything is known, then those of which less is."""
        subject_scores, cosines = self.known.scored(self.pooled)
        row_of = self.known.row_of
        seen = [image_id for image_id in ids if image_id in row_of]
        rows = np.array([row_of[image_id] for image_id in seen], np.int64)
        scores, values = subject_scores[rows], np.full(len(seen), np.nan)
        if looks is not None:
            look_scores, values = self._look(seen, scores, query, looks)
            blended = subject.blended(look_scores, scores, self.by)
        else:
            blended = scores
        # What was not compared by look comes after all that was, by subject alone.
        order = np.lexsort((rows, scores, np.nan_to_num(blended), np.isnan(blended)))
        unknown = [image_id for image_id in ids if image_id not in row_of]
        rest = np.full(len(unknown), np.nan)
        shown = np.where(np.isnan(blended), np.nan, cosines[rows])
        return Order(
            [*(seen[at] for at in order), *unknown],
            np.concatenate([values[order], rest]),
            np.concatenate([blended[order], rest]),
            "relative" if self.known.correction != "none" else "usual",
            np.concatenate([shown[order], rest]),
        )

    def _look(self, ids: Sequence[str], scores: Float, query: Any, looks: Order) -> tuple[Float, Float]:
        """Scores and divergences by look of pictures, (N,) each; NaN beyond those that a request may compare."""
        there = ~np.isnan(looks.scores)
        known = {
            image_id: (score, value)
            for image_id, score, value, one in zip(looks.ids, looks.scores, looks.values, there, strict=True)
            if one
        }
        by_subject = [ids[at] for at in np.argsort(scores, kind="stable")]
        lacking = [image_id for image_id in by_subject if image_id not in known][: max(0, EXACT - len(known))]
        if lacking and query is not None:
            mixture = self.session.library.mixtures.get(query) if isinstance(query, str) else query
            found = to_many(self.session, mixture, lacking)
            more = correcting.scores(self.session, query, lacking, found).values
            known |= {one: (score, value) for one, score, value in zip(lacking, more, found, strict=True)}
        nothing = (math.nan, math.nan)
        pairs = np.array([known.get(image_id, nothing) for image_id in ids], np.float64).reshape(-1, 2)
        if looks.unit == "nats":
            pairs[:, 0] *= USUAL_LOOK
        return pairs[:, 0], pairs[:, 1]


def matrix(
    session: Session, ids: Sequence[str], looks: NDArray[np.float32], by: float, *, nats: bool
) -> NDArray[np.float32]:
    """How far all pairs of pictures that were seen are apart, (M, M) float32, from how far their looks are.

    Parameters
    ----------
    looks : (M, M) float32
        Relative divergences; or, with `nats`, those that were not corrected.
    """
    if by == LOOK:
        return looks
    apart = subjects(session).matrix(ids)
    if by == SUBJECT:
        return apart
    scaled = looks * np.float32(USUAL_LOOK) if nats else looks
    return subject.blended(scaled, apart, by).astype(np.float32)
