"""My taste, from stars and pairs, about what everybody's critic says; and which pair to ask next."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import taste as learning
from leitmotiv.errors import CriticError, ImageNotFoundError, UsageError
from leitmotiv.records import Float, Ranking, Result
from leitmotiv.workflows import activations, critics, critiques, plain_axes, selecting, technical
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.rating_sets import STARS
from leitmotiv.workflows.session import Session

NAME = "my taste"
SORTS = ("-score", "score", "unlike", "unsure")
"""The best first, the worst first, where mine is farthest from everybody's, where it is least known."""


@dataclass(frozen=True, eq=False)
class Taste:
    """What is known of a person's taste, about the pictures that were seen.

    Attributes
    ----------
    ids : tuple of str
        N, ascending.
    mine, sure : (N,) float64
        Worth in scores, and how far it may be from that (a deviation).
    everybody : (N,) float64
        What the global critic says.
    critic : str
        Its name.
    stars, pairs, asked : int
        Pictures with stars and pairs that were decided, among those seen; pairs that were shown.
    agreement : float
        Correlation of both orders.
    """

    ids: tuple[str, ...]
    mine: Float
    sure: Float
    everybody: Float
    critic: str
    stars: int
    pairs: int
    asked: int
    agreement: float
    learnt: learning.Taste
    places: Float


@dataclass(frozen=True)
class Question:
    """Two pictures, and how likely the left one is preferred; `gain` is what the answer tells, in bits."""

    left: str
    right: str
    likely: float
    gain: float


def taste(session: Session, critic: str = "") -> Taste:
    """A person's taste as it is known now, about a critic's word; made anew when something was said.

    Parameters
    ----------
    critic : str
        The global one; the first that was not learnt from the person's stars if not given, else the technical one.

    Raises
    ------
    CriticError
        No picture was seen by the backbone yet.
    """
    name = critic or everybodys(session)
    revision = session.library.revision("activations", "measures", "images", "ratings", "comparisons")
    known = critiques.fingerprint(critics.get(session, name))
    return remember(session, ("taste", name, known, revision), lambda: _learnt(session, name), lane=True)


def said(session: Session) -> bool:
    """Whether the person said anything, by stars or in pairs, from which a taste can be learnt."""
    library = session.library
    return bool(library.comparisons.all()) or any(one.stars for one in library.ratings.all().values())


def everybodys(session: Session) -> str:
    """The global critic: the one made last of those that know more than the person's own stars.

    Critics that are no better than their baseline do not count.
    """
    for name in critics.names(session):
        if critics.get(session, name).card.get("sets") != [STARS] and not critics.doubt(session, name):
            return name
    return critics.TECHNICAL


def _learnt(session: Session, name: str) -> Taste:
    ids, seen = session.library.activations.matrix()
    if len(ids) < 2:
        raise CriticError(activations.NOTHING_SEEN)
    judge = critics.get(session, name)
    if session.patient:  # a page waits for a few pictures only; what was not judged counts as the mean
        critiques.ensure(session, judge)
    else:
        technical.catch_up(session)
    said = critiques.of_library(session, judge)
    opinion = np.full(len(ids), float(said.mean.mean()) if len(said.ids) else 5.5)
    row_of = {image_id: row for row, image_id in enumerate(ids)}
    for image_id, mean in zip(said.ids, said.mean.tolist(), strict=True):
        if image_id in row_of:
            opinion[row_of[image_id]] = mean
    key = ("axes", critiques.fingerprint(judge), session.library.revision("activations", "measures", "images"))
    axes = remember(session, key, lambda: learning.axes(seen, opinion, plain_axes.of_library(session, ids)))
    rated = [(row_of[one], r.stars) for one, r in session.library.ratings.all().items() if r.stars and one in row_of]
    compared = session.library.comparisons.all()
    pairs = np.array([(row_of[a], row_of[b]) for a, b in compared if a in row_of and b in row_of], np.int64)
    rows = np.array([row for row, _ in rated], np.int64)
    stars = np.array([2.0 * one - 1 for _, one in rated])
    learnt = learning.learn(axes.places, rows, stars, pairs.reshape(-1, 2), axes.level, axes.plain)
    mine, sure = learning.worth(learnt, axes.places)
    flat = np.ptp(opinion) < 1e-9 or np.ptp(mine) < 1e-9
    agreement = float("nan") if flat else float(np.corrcoef(mine, opinion)[0, 1])
    asked = len(session.library.comparisons.asked())
    counts = (len(rated), len(pairs), asked)
    return Taste(ids, mine, sure, opinion, name, *counts, agreement, learnt, axes.places)


def question(session: Session, critic: str = "", *, text: str = "") -> Question | None:
    """Which pair to ask next: of pictures of a selection, the pair whose answer tells most; None where all were asked.

    Raises
    ------
    CriticError
        No picture was seen by the backbone yet.
    UsageError
        The line cannot be read.
    """
    known = taste(session, critic)
    there = set(selecting.select(session, text))
    rows = np.array([row for row, one in enumerate(known.ids) if one in there], np.int64)
    at = {known.ids[row]: place for place, row in enumerate(rows.tolist())}
    asked = {
        (min(at[one], at[other]), max(at[one], at[other]))
        for one, other in session.library.comparisons.asked()
        if one in at and other in at
    }
    found = learning.ask_next(known.learnt, known.places[rows], asked, seed=known.asked)
    if found is None:
        return None
    left, right = (known.places[rows[[one]]] for one in found)
    likely = float(learning.preferred(known.learnt, left, right)[0])
    gain = float(learning.gains(known.learnt, left, right)[0])
    return Question(known.ids[rows[found[0]]], known.ids[rows[found[1]]], likely, gain)


def prefer(session: Session, preferred: str, other: str, *, decided: bool = True) -> None:
    """Write down which of two pictures is preferred, or that neither is; it can be undone.

    Raises
    ------
    UsageError
        A picture beside itself.
    ImageNotFoundError
        One of them is not in the library.
    """
    if preferred == other:
        raise UsageError("A picture cannot be compared with itself.")
    there = {image.id: image.name for image in session.library.images.many([preferred, other])}
    for image_id in (preferred, other):
        if image_id not in there:
            raise ImageNotFoundError(f"No image {image_id} in the library; nothing was changed.")
    names = f"{there[preferred]} over {there[other]}" if decided else f"{there[preferred]} or {there[other]}: neither"
    edit = session.library.comparisons.edit(preferred, other, decided=decided)
    session.library.changes.apply(names, [edit])


def rank(session: Session, critic: str = "", *, text: str = "", sort: str = "-score", n: int = 100) -> Ranking:
    """The pictures of a selection in the order of the person's taste; `deviation` is how far it may be off.

    Raises
    ------
    UsageError
        The line or the order cannot be read.
    CriticError
        No picture was seen by the backbone yet.
    """
    if sort not in SORTS:
        raise UsageError(f"The order must be one of {', '.join(SORTS)}, not {sort!r}.")
    known = taste(session, critic)
    there = set(selecting.select(session, text))
    rows = np.array([row for row, one in enumerate(known.ids) if one in there], np.int64)
    apart = np.abs(_places_in_order(known.mine) - _places_in_order(known.everybody))
    falling = {"-score": -known.mine, "score": known.mine, "unlike": -apart, "unsure": -known.sure}[sort][rows]
    page = rows[np.argsort(falling, kind="stable")][:n].tolist()
    paths = {one.id: one.path for one in session.library.images.many([known.ids[row] for row in page])}
    shares = percentiles(known.mine)
    results = tuple(
        Result(
            known.ids[row],
            paths[known.ids[row]],
            float(known.mine[row]),
            percentile=float(shares[row]),
            deviation=float(known.sure[row]),
        )
        for row in page
        if known.ids[row] in paths
    )
    query = {"critic": known.critic, "filter": text}
    rising = sort == "score"
    return Ranking("taste", critics.UNIT, "ascending" if rising else "descending", query, results, len(rows))


def percentiles(values: Float) -> Float:
    """Percent of the values that are less, of each."""
    return np.asarray(100 * np.searchsorted(np.sort(values), values, side="left") / max(1, len(values)))


def _places_in_order(values: Float) -> NDArray[np.int64]:
    return np.argsort(np.argsort(values, kind="stable"), kind="stable")


def side_by_side(session: Session, ids: Sequence[str], critic: str = "") -> dict[str, tuple[float, float, float]]:
    """Mine, how far it may be off, and everybody's, in percent of the library that is worth less (and scores)."""
    known = taste(session, critic)
    row_of = {image_id: row for row, image_id in enumerate(known.ids)}
    mine, everybody = percentiles(known.mine), percentiles(known.everybody)
    return {
        one: (float(mine[row_of[one]]), float(known.sure[row_of[one]]), float(everybody[row_of[one]]))
        for one in ids
        if one in row_of
    }
