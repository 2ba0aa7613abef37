"""Bursts: pictures taken one after the other of one thing, and which of each to keep, compared among themselves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np

from leitmotiv.analysis import technical as measures
from leitmotiv.errors import ImageNotFoundError, UsageError
from leitmotiv.records import Image, Rating
from leitmotiv.workflows import critics, critiques, selecting, taste, technical
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.moments import Moments, moments
from leitmotiv.workflows.session import Session

SECONDS = 8.0
"""Longest pause inside a burst."""
NEAR = 0.2
"""Greatest divergence between neighbours of a burst, nats."""
TOGETHER = 100
"""Bursts of which what is known is asked for together, where all are gone through."""
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


class Bursts(Sequence[Burst]):
    """The bursts of a selection, the latest first: their pictures are known, and more of those that are asked for."""

    def __init__(self, session: Session, found: Moments) -> None:
        self._session, self._found = session, found

    def __len__(self) -> int:
        return len(self._found)

    @overload
    def __getitem__(self, at: int) -> Burst: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Burst, ...]: ...
    def __getitem__(self, at: int | slice) -> Burst | tuple[Burst, ...]:
        """One burst, or some: what is told of these is asked for together."""
        if isinstance(at, int):
            return self._some((range(len(self))[at],))[0]
        return self._some(range(len(self))[at])

    def __iter__(self) -> Iterator[Burst]:
        for start in range(0, len(self), TOGETHER):
            yield from self[start : start + TOGETHER]

    def _some(self, places: Sequence[int]) -> tuple[Burst, ...]:
        held = [self._found.ids(len(self) - 1 - place) for place in places]
        ids = [one for part in held for one in part]
        images = {image.id: image for image in self._session.library.images.many(ids)}
        known = _Known(self._session, ids)
        parts = ([images[one] for one in part if one in images] for part in held)
        return tuple(_proposed(known, part) for part in parts if part)


def bursts(session: Session, *, text: str = "", seconds: float = SECONDS, near: float = NEAR) -> Bursts:
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
    # what is said of pictures moves none, unless the line asks for it
    state = selecting.state_of(session) if text else (library.revision("images", "files"), library.clusters.stamp())
    key = ("bursts", text, seconds, near, state)
    return Bursts(session, remember(session, key, lambda: moments(session, text, seconds, near), lane=True))


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


class _Known:
    """What is known of some pictures, asked for once."""

    def __init__(self, session: Session, ids: Sequence[str]) -> None:
        self.numbers = technical.of_pictures(session, ids)
        self.ratings = session.library.ratings.many(ids)
        self.wins = set(session.library.comparisons.all())
        self.flags: dict[str, tuple[str, ...]] = {}
        self.score: dict[str, float] = {}
        self.worth: dict[str, float] = {}
        if self.numbers:
            rows = np.stack(list(self.numbers.values()))
            judged = critiques.judge(critics.get(session, critics.TECHNICAL), list(self.numbers), rows)
            self.score = dict(zip(judged.ids, judged.mean.tolist(), strict=True))
            for one, held in zip(self.numbers, measures.flags(rows), strict=True):
                self.flags[one] = tuple(name for name, is_so in zip(technical.FLAGS, held, strict=True) if is_so)
        if taste.said(session) and session.library.activations.count() > 1:
            own = taste.taste(session)
            wanted = set(ids)
            self.worth = {one: mine for one, mine in zip(own.ids, own.mine.tolist(), strict=True) if one in wanted}


def _proposed(known: _Known, part: Sequence[Image]) -> Burst:
    members = []
    for image in part:
        rating, score = known.ratings.get(image.id, Rating()), known.score.get(image.id)
        members.append(Member(image, rating, score, known.worth.get(image.id), known.flags.get(image.id, ())))
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
    numbers = known.numbers.get(one.image.id)
    return None if numbers is None else float(measures.column(numbers, name))
