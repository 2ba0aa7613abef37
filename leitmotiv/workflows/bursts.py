"""Bursts: pictures taken one after the other of one thing, and which of each to keep, compared among themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leitmotiv.analysis import technical as measures
from leitmotiv.errors import ImageNotFoundError, NoIndexError, UsageError
from leitmotiv.records import Float, Image, Rating
from leitmotiv.workflows import critics, critiques, nearness, selecting, taste, technical
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.session import Session

SECONDS = 8.0
"""Longest pause inside a burst."""
NEAR = 0.2
"""Greatest divergence between neighbours of a burst, nats."""
MOST = 60
"""Pictures of one burst at most: a longer run is parted."""
_LEAD = {"sharpness": 0.05, "noise": 0.5, "clipped_bright": 0.03}
"""By how much a measure has to lead to be named as a reason."""


@dataclass(frozen=True, eq=False)
class Member:
    """A picture of a burst.

    Attributes
    ----------
    score : float or None
        Of the technical critic; None where it was not measured.
    worth : float or None
        By the person's taste, where something was said.
    flags : tuple of str
    reasons : tuple of str
        Why it is kept, or what it lacks beside the one that is.
    """

    image: Image
    rating: Rating
    score: float | None
    worth: float | None
    flags: tuple[str, ...]
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Burst:
    """Pictures of one moment, the one to keep first; `chosen` tells whether a person said which."""

    members: tuple[Member, ...]
    seconds: float
    chosen: bool

    @property
    def keeper(self) -> Member:
        """The one that is proposed, or that was chosen."""
        return self.members[0]


def bursts(session: Session, *, text: str = "", seconds: float = SECONDS, near: float = NEAR) -> tuple[Burst, ...]:
    """The bursts of a selection, the latest first.

    Parameters
    ----------
    seconds : float
        Longest pause between two pictures of one burst, by the camera's clock.
    near : float
        Greatest divergence between them, nats; 0.69 is nothing in common.

    Raises
    ------
    UsageError
        The line cannot be read, or a limit is out of range.
    """
    if not 0 <= seconds <= 3600 or not 0 < near <= 0.7:
        raise UsageError("A burst's pause lies between 0 and 3600 seconds, its divergence between 0 and 0.7 nats.")
    library = session.library
    tables = ("images", "files", "measures", "ratings", "comparisons", "activations")
    key = ("bursts", text, seconds, near, selecting.state_of(session), library.revision(*tables))
    return remember(session, key, lambda: _found(session, text, seconds, near), lane=True)


def keep(session: Session, image_id: str, others: Sequence[str]) -> None:
    """Say which of a burst is kept: it is preferred to each of the others; this can be undone.

    Raises
    ------
    ImageNotFoundError
        One of them is not in the library; nothing was changed.
    UsageError
        No others.
    """
    rest = [one for one in dict.fromkeys(others) if one != image_id]
    if not rest:
        raise UsageError("Name the others of the burst, too.")
    there = {one.id: one.name for one in session.library.images.many([image_id, *rest])}
    for one in (image_id, *rest):
        if one not in there:
            raise ImageNotFoundError(f"No image {one} in the library; nothing was changed.")
    edits = [session.library.comparisons.edit(image_id, other) for other in rest]
    session.library.changes.apply(f"{there[image_id]} kept of {len(rest) + 1}", edits)


def _found(session: Session, text: str, seconds: float, near: float) -> tuple[Burst, ...]:
    images = session.library.images.many(list(selecting.select(session, text, sort="taken")))
    runs: list[list[Image]] = []
    for image in images:
        sure = image.taken.source == "exif"
        last = runs[-1][-1] if runs else None
        apart = (image.taken.at.replace(tzinfo=None) - last.taken.at.replace(tzinfo=None)) if last else None
        if sure and apart is not None and 0 <= apart.total_seconds() <= seconds and len(runs[-1]) < MOST:
            runs[-1].append(image)
        elif sure:
            runs.append([image])
    parts = [part for run in runs if len(run) > 1 for part in _parted(session, run, near)]
    known = _Known(session)
    return tuple(_proposed(session, known, part) for part in reversed(parts))


def _parted(session: Session, run: Sequence[Image], near: float) -> list[list[Image]]:
    """Runs of neighbours that look alike; what the index does not know is by itself."""
    try:
        found = nearness.between(session, [image.id for image in run])
    except NoIndexError:
        return []
    row_of = {image_id: row for row, image_id in enumerate(found.ids)}
    parts: list[list[Image]] = []
    for image in run:
        if image.id not in row_of:
            continue
        last = row_of[parts[-1][-1].id] if parts else None
        if last is not None and found.matrix[last, row_of[image.id]] <= near:
            parts[-1].append(image)
        else:
            parts.append([image])
    return [part for part in parts if len(part) > 1]


class _Known:
    """What is known of all pictures, asked for once."""

    def __init__(self, session: Session) -> None:
        self.ids, self.numbers = technical.matrix(session)
        self.row_of = {image_id: row for row, image_id in enumerate(self.ids)}
        self.flags = technical.flags(session)[1]
        self.score: Float = critiques.of_library(session, critics.get(session, critics.TECHNICAL)).mean
        self.worth: dict[str, float] = {}
        self.wins = set(session.library.comparisons.all())
        if session.library.activations.count() > 1:
            own = taste.taste(session)
            if own.stars or own.pairs:
                self.worth = dict(zip(own.ids, own.mine.tolist(), strict=True))


def _proposed(session: Session, known: _Known, part: Sequence[Image]) -> Burst:
    ratings = session.library.ratings.many([image.id for image in part])
    members = []
    for image in part:
        row = known.row_of.get(image.id)
        held = known.flags[row] if row is not None else np.zeros(len(technical.FLAGS), bool)
        flags = tuple(name for name, one in zip(technical.FLAGS, held, strict=True) if one)
        score = float(known.score[row]) if row is not None else None
        members.append(Member(image, ratings.get(image.id, Rating()), score, known.worth.get(image.id), flags))
    others = {one.id for one in part}
    chosen = [
        one
        for one in members
        if not one.rating.rejected and all((one.image.id, rest) in known.wins for rest in others - {one.image.id})
    ]
    best = chosen[0] if chosen else max(members, key=lambda one: _worth(one, members))
    rest = [one for one in members if one is not best]
    first = Member(**{**vars(best), "reasons": _why(known, best, rest, bool(chosen))})
    lacking = [Member(**{**vars(one), "reasons": _lacks(known, one, best)}) for one in rest]
    span = part[-1].taken.at.replace(tzinfo=None) - part[0].taken.at.replace(tzinfo=None)
    return Burst((first, *lacking), span.total_seconds(), bool(chosen))


def _worth(one: Member, members: Sequence[Member]) -> tuple[float, ...]:
    """By what one is before the others: what a person said, flaws, then how well it is made and how it is liked."""
    scores = [other.score for other in members if other.score is not None]
    liked = [other.worth for other in members if other.worth is not None]
    made = one.score - float(np.mean(scores)) if one.score is not None else 0.0
    taken = one.worth - float(np.mean(liked)) if one.worth is not None else 0.0
    said = (float(not one.rating.rejected), float(one.rating.favourite), float(one.rating.stars))
    return (*said, -float(len(one.flags)), made + taken)


def _why(known: _Known, best: Member, rest: Sequence[Member], chosen: bool) -> tuple[str, ...]:
    if chosen:
        return ("you chose it",)
    said = []
    if best.rating.favourite and not all(one.rating.favourite for one in rest):
        said.append("your favourite")
    if best.rating.stars > max(one.rating.stars for one in rest):
        said.append("more stars")
    if any(one.rating.rejected for one in rest):
        said.append("not rejected")
    if any(len(one.flags) > len(best.flags) for one in rest):
        said.append("fewer flaws")
    for name, words, sign in (("sharpness", "sharpest", 1), ("noise", "least noise", -1)):
        mine = _measure(known, best, name)
        theirs = [value for one in rest if (value := _measure(known, one, name)) is not None]
        if mine is not None and theirs and all(sign * (mine - value) > _LEAD[name] for value in theirs):
            said.append(words)
    if best.score is not None and all(one.score is not None and best.score > one.score + 0.05 for one in rest):
        said.append(f"made best ({best.score:.1f})")
    if best.worth is not None and all(one.worth is not None and best.worth > one.worth for one in rest):
        said.append("most to your taste")
    return tuple(said) or ("they hardly differ",)


def _lacks(known: _Known, one: Member, best: Member) -> tuple[str, ...]:
    said = [name for name in one.flags if name not in best.flags]
    if one.rating.rejected:
        said.append("rejected")
    for name, words, sign in (("sharpness", "softer", 1), ("noise", "noisier", -1), ("clipped_bright", "clipped", -1)):
        mine, theirs = _measure(known, one, name), _measure(known, best, name)
        if mine is not None and theirs is not None and sign * (theirs - mine) > _LEAD[name] and words not in said:
            said.append(words)
    if one.worth is not None and best.worth is not None and best.worth > one.worth + 0.3:
        said.append("less to your taste")
    return tuple(said) or ("nearly the same",)


def _measure(known: _Known, one: Member, name: str) -> float | None:
    row = known.row_of.get(one.image.id)
    return None if row is None else float(measures.column(known.numbers[row], name))
