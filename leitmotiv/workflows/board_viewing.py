"""What pages of a board tell beside its results: how many are likely, how one picture fits, two trainings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from leitmotiv.records import Board, Image, Result, Snapshot
from leitmotiv.workflows import activations, finding, learning, queue, selecting, twins
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.session import Session

SURE = 0.5
"""Probability from which a picture counts as likely."""


def pictures(session: Session, ids: Iterable[str]) -> dict[str, Image]:
    """Those of these pictures that the library has, by their ids."""
    return {image.id: image for image in session.library.images.many(list(dict.fromkeys(ids)))}


def likely(session: Session, board: Board, snapshot: Snapshot, text: str = "") -> int | None:
    """How many pictures, those it was taught apart, are more likely what a board means than not.

    Parameters
    ----------
    text : str
        A line of filters: only those that it holds for count.

    Returns
    -------
    int or None
        None where the concept has no calibration, as one that was imported.
    """
    scores = finding.scored(session, learning.concept_of(session, board, snapshot.id))
    if np.isnan(scores.probability).all():
        return None
    taught = {one.id for one in snapshot.examples}
    among = set(selecting.select(session, text)) if text.strip() else None
    rows = np.flatnonzero(scores.probability > SURE)
    found = (scores.ids[row] for row in rows)
    return sum(one not in taught and (among is None or one in among) for one in found)


@dataclass(frozen=True)
class Look:
    """The backbone looks at pictures of the library, or waits for its turn.

    Attributes
    ----------
    wished : bool
        Whether the board is trained when that is done.
    """

    wished: bool


def looking(session: Session, board: Board) -> Look | None:
    """Whether the backbone looks at pictures now; None where it does not."""
    # one that rests holds nobody up where nothing is left to look at
    states = [state for state in queue.LIVE if state != "paused" or unseen(session)]
    live = [one for one in session.library.jobs.list() if one.state in states]
    those = [one for one in live if one.kind == "activations" or one.phase == activations.PHASE]
    return Look(any(one.parameters.get("train") == board.id for one in those)) if those else None


def same(session: Session, board: Board) -> str:
    """That pictures of a board are one picture, in words; empty where all differ."""
    ids = tuple(one.id for one in board.side("positive"))
    if len(ids) < 2:
        return ""
    revision = session.library.revision("activations", "boards", "board_examples", "board_snapshots")
    found = remember(session, ("twins", ids, revision), lambda: twins.groups(session, ids))
    if not found:
        return ""
    count = sum(map(len, found))
    if len(found) == 1:
        return f"{count} of these are the same picture; they count once where it is told how well the board holds out."
    return (
        f"{count} of these are {len(found)} pictures; each counts once where it is told how well the board holds out."
    )


def unseen(session: Session) -> int:
    """How many pictures the backbone has not seen yet: they are in no ranking until it has."""
    return len(session.library.activations.missing())


def fit(session: Session, board: Board, snapshot: Snapshot, image_id: str) -> Result | None:
    """How well one picture fits; None where the backbone has not seen it yet."""
    ranking = finding.results(session, board.id, snapshot.id, text=f"id:{image_id}", n=1, own=True)
    return ranking.results[0] if ranking.results else None


@dataclass(frozen=True)
class Moved:
    """A result of one training, and where it lies in the other.

    Attributes
    ----------
    place : int or None
        Its place in the other, from 0; None where the other was taught it, or has it further back than was looked.
    """

    result: Result
    place: int | None


@dataclass(frozen=True)
class Trainings:
    """Two trainings of one board beside each other.

    Attributes
    ----------
    first, second : sequence of Moved
        What fits best, each with its place in the other.
    common : int
        How many are among the best of both.
    """

    first: Sequence[Moved]
    second: Sequence[Moved]
    common: int


LOOKED = 2000
"""Places of a ranking in which the results of the other are looked for."""


def beside(session: Session, board: Board, one: Snapshot, other: Snapshot, n: int) -> Trainings:
    """Compare what two trainings find; pictures that either was taught are ranked too, as both may have been."""
    rankings = [
        finding.results(session, board.id, each.id, n=max(n, LOOKED), own=True).results for each in (one, other)
    ]
    places = [{result.id: place for place, result in enumerate(ranking)} for ranking in rankings]
    first, second = (_moved(ranking[:n], there) for ranking, there in zip(rankings, reversed(places), strict=True))
    best = [{result.id for result in ranking[:n]} for ranking in rankings]
    return Trainings(first, second, len(best[0] & best[1]))


def _moved(results: Sequence[Result], there: Mapping[str, int]) -> list[Moved]:
    return [Moved(result, there.get(result.id)) for result in results]
