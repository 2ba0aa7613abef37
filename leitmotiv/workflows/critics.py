"""Critics: learnt from ratings on what the backbone sees, kept with a card, and asked about pictures."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from leitmotiv.analysis import critic as learning
from leitmotiv.analysis import critique, histograms
from leitmotiv.analysis.critique import Figure
from leitmotiv.analysis.histograms import Spread
from leitmotiv.analysis.labels import counted, label
from leitmotiv.analysis.technical import VERSION as MEASURES
from leitmotiv.errors import CriticError, NotFoundError, UsageError
from leitmotiv.formats import critic_file, technical_file
from leitmotiv.records import ACTIVATIONS, Critic, Float, Half, Ranking, RatedItem, Result
from leitmotiv.workflows import activations, critiques, selecting
from leitmotiv.workflows.progress import Report
from leitmotiv.workflows.rating_sets import STARS
from leitmotiv.workflows.session import Session

KIND = "critic"
HELD_OUT = 0.2
ENOUGH = 20
"""Rated pictures from which on some are held out to measure a critic."""
GAIN = 0.01
"""Share by which a critic's distance to the votes held out has to be below its baseline's to become the default."""
BEST, SORTS = "-score", ("-score", "score", "controversial")
UNIT = "score"
TECHNICAL = technical_file.NAME
"""The critic that comes with leitmotiv: it knows how well a picture is made, and needs no ratings."""
NAMES = critique.NAMES
"""What the figures mean, in words."""


@dataclass(frozen=True, eq=False)
class Lesson:
    """Rated pictures that were seen: N labels, a row each.

    Attributes
    ----------
    ids : tuple of str
        A picture that several sets rate has several rows.
    features : (N, 1280) float16
    shares : (N, 10) float64
    votes : (N,) float64
        0 where a set does not tell.
    unseen : int
        Rated items without a picture that was seen.
    """

    ids: tuple[str, ...]
    features: Half
    shares: Float
    votes: Float
    unseen: int


def lesson(
    session: Session,
    sets: Sequence[str],
    *,
    spread: Spread = "wide",
    smoothing: float = 0.0,
    classic: bool = False,
    report: Report | None = None,
) -> Lesson:
    """What sets of ratings teach; "stars" is the set of a person's own.

    Raises
    ------
    NotFoundError
        There is no such set.
    CriticError
        None of its items has a picture that was seen.
    MissingExtraError
        Pictures of the library have to be seen first, and the weights are not installed or damaged.
    """
    rated: list[tuple[RatedItem, int]] = []
    for name in sets:
        rated += _items(session, name)
    if not rated:
        raise CriticError("No picture has stars yet. Give some pictures stars, or name a set: leitmotiv ratings sets.")
    known = seen(session, [item.image_id for item, _ in rated if item.image_id], report)
    kept = [(item, scale) for item, scale in rated if item.image_id in known]
    if not kept:
        raise CriticError(
            f"None of the {len(rated):,} rated items of {', '.join(sets)} has a picture that was seen. Import them "
            "with --images DIR, or add their pictures to the library."
        )
    labels = [label(item, scale, spread=spread, smoothing=smoothing) for item, scale in kept]
    shares = np.stack([one.shares for one in labels])
    if classic:
        shares = np.stack([_classic(item, scale, spread) for item, scale in kept])
    return Lesson(
        tuple(item.image_id for item, _ in kept),
        np.stack([known[item.image_id] for item, _ in kept]),
        shares,
        np.array([one.votes for one in labels]),
        len(rated) - len(kept),
    )


def train(
    session: Session,
    sets: Sequence[str],
    *,
    name: str = "",
    seed: int = 0,
    spread: Spread = "wide",
    smoothing: float = 0.0,
    classic: bool = False,
    most: int | None = None,
    report: Report | None = None,
) -> Critic:
    """Learn a critic from sets of ratings and keep it, in the place of an older one with its name.

    A fifth of the pictures, chosen by their hashes and the seed, is held out for the figures on the card; the critic
    that is kept then learns from all.

    Parameters
    ----------
    sets : sequence of str
        Names; "stars" for a person's own.
    name : str
        Of the critic; that of the first set without it.
    spread, smoothing
        How stars lie on 1 to 10, and the Dirichlet prior of labels in votes. Plain shares are the default: the loss is
        a proper score, so that even single votes teach the true shares in the mean.
    classic : bool
        Whether labels are softmaxes of counts, for comparison only.
    most : int, optional
        Rated pictures that whoever asks can wait for; more are refused.

    Raises
    ------
    CriticError
        Too few pictures, or all rated alike, or more than `most`.
    NotFoundError, UsageError, MissingExtraError, LibraryLockedError
    """
    title = titled(name, sets)
    if most is not None and (count := sum(len(_items(session, one)) for one in sets)) > most:
        raise CriticError(f"{count:,} ratings take longer than a page waits. Run `leitmotiv critic train` for them.")
    taught = lesson(session, sets, spread=spread, smoothing=smoothing, classic=classic, report=report)
    figures, held = measured(taught, seed) if len(set(taught.ids)) >= ENOUGH else ((), 0)
    head = learning.learn(taught.features, taught.shares, keys=taught.ids, seed=seed)
    card: dict[str, Any] = {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "sets": list(sets),
        "pictures": len(set(taught.ids)),
        "votes": float(taught.votes.sum()),
        "labels": "softmax of counts" if classic else "shares of votes",
        "spread": spread,
        "smoothing": smoothing,
        "seed": seed,
        "ridge": head.ridge,
        "loss": head.loss,
        "iterations": head.iterations,
        "slope": head.slope,
        "mean": float(histograms.means(taught.shares).mean()),
        "held_out": held,
        "figures": {one.name: told(one) for one in figures},
        "limits": limits(session, sets, taught, held, classic),
    }
    made = Critic(title, head.weights, head.bias, ACTIVATIONS, card)
    with session.library.writer("keeping a critic"):
        session.library.models.put(KIND, title, critic_file.written(made), critic_file.card(made))
    return made


def titled(name: str, sets: Sequence[str]) -> str:
    """What a critic that learns from sets is called.

    Raises
    ------
    UsageError
        No set, or the name of the critic that is always there.
    """
    if not sets:
        raise UsageError(f"Name the ratings to learn from: a set (`leitmotiv ratings sets`), or {STARS}.")
    title = name or "-".join(sets[0].split())
    if title == TECHNICAL:
        raise UsageError(f"{TECHNICAL} is the critic that comes with leitmotiv. Give yours another name: --name NAME.")
    return title


def names(session: Session) -> list[str]:
    """The critics that were learnt here, the last made first."""
    return [name for name in session.library.models.names(KIND) if name != TECHNICAL]


def every(session: Session) -> list[str]:
    """All critics that can be asked, those learnt here first; the technical one is always there."""
    return [*names(session), TECHNICAL]


def default(session: Session) -> str:
    """The critic that is asked if none is named: the last made that knows more than its baseline, else the technical.

    One whose file is damaged stays the default, so that whoever asks is told.
    """
    return next((name for name in names(session) if not doubt(session, name)), TECHNICAL)


def doubt(session: Session, name: str) -> str:
    """Why a critic that was learnt here is not asked unless it is named, as a sentence; empty where it is."""
    with suppress(CriticError, NotFoundError):
        card = get(session, name).card
        figure = card.get("figures", {}).get("emd2") if name != TECHNICAL else None
        if figure and figure["value"] > (1 - GAIN) * figure["baseline"]:
            return (
                f"On {card['held_out']:,} pictures held out {name} is no better than saying the same of every picture "
                f"(earth mover's distance {figure['value']:.3f}, baseline {figure['baseline']:.3f}): it is asked only "
                "by its name."
            )
    return ""


def passed_over(session: Session) -> str:
    """Why the critic that was made last is not the default, as a sentence; empty where it is."""
    return doubt(session, known[0]) if (known := names(session)) else ""


def starred(session: Session) -> int:
    """How many pictures have stars."""
    return len(_items(session, STARS))


def get(session: Session, name: str = "") -> Critic:
    """A critic by its name; the default without one.

    Raises
    ------
    NotFoundError
        There is none of this name.
    CriticError
        Its file is damaged, or it learnt from another backbone.
    """
    name = name or default(session)
    if name == TECHNICAL:
        return technical_file.shipped(MEASURES)
    if name not in names(session):
        raise NotFoundError(f"There is no critic {name!r}. There are: {', '.join(every(session))}.")
    return replace(critic_file.read(session.library.models.get(KIND, name)), name=name)


def remove(session: Session, name: str) -> None:
    """Remove a critic; what it learnt from stays.

    Raises
    ------
    NotFoundError
    """
    with session.library.writer("removing a critic"):
        with suppress(CriticError, NotFoundError):
            critiques.forget(session, get(session, name))
        session.library.models.remove(KIND, name)


def rank(
    session: Session,
    critic: Critic,
    *,
    text: str = "",
    sort: str = BEST,
    n: int = 100,
    offset: int = 0,
) -> Ranking:
    """The pictures of a selection by what a critic says; what the backbone has not seen yet is left out.

    Parameters
    ----------
    sort : str
        "-score", the best first; "score"; "controversial", where raters would differ most first.

    Raises
    ------
    UsageError
        The line or the order cannot be read.
    """
    if sort not in SORTS:
        raise UsageError(f"The order must be one of {', '.join(SORTS)}, not {sort!r}.")
    found = critiques.of_library(session, critic)
    row_of = {image_id: row for row, image_id in enumerate(found.ids)}
    chosen = selecting.select(session, text, sort=selecting.DEFAULT_SORT)
    rows = np.array([row_of[one] for one in chosen if one in row_of], np.int64)
    falling = {"-score": -found.mean, "score": found.mean, "controversial": -found.deviation}[sort][rows]
    rows = rows[np.argsort(falling, kind="stable")]
    page = rows[offset : offset + n].tolist()
    paths = {one.id: one.path for one in session.library.images.many([found.ids[row] for row in page])}
    results = tuple(
        Result(
            found.ids[row],
            paths[found.ids[row]],
            float(found.mean[row]),
            percentile=float(found.percentile[row]),
            deviation=float(found.deviation[row]),
        )
        for row in page
        if found.ids[row] in paths
    )
    query = {"critic": critic.name, "filter": text}
    return Ranking("critic", UNIT, "ascending" if sort == "score" else "descending", query, results, len(rows))


def _items(session: Session, name: str) -> list[tuple[RatedItem, int]]:
    if name == STARS:
        stars = session.library.ratings.all()
        return [
            (RatedItem(image_id, votes=(("", float(rating.stars)),), image_id=image_id), 5)
            for image_id, rating in sorted(stars.items())
            if rating.stars
        ]
    found = session.library.rating_sets.get(name)
    if found is None:
        known = ", ".join([*(one.name for one in session.library.rating_sets.all()), STARS])
        raise NotFoundError(f"There is no set of ratings {name!r}. There are: {known}.")
    return [(item, found.scale) for item in session.library.rating_sets.items(name)]


def seen(session: Session, ids: Sequence[str], report: Report | None = None) -> Mapping[str, Half]:
    """Activations of rated pictures: their own, else those of the library, which are made where they lack."""
    kept = dict(session.library.rating_sets.activations(list(dict.fromkeys(ids))))
    wanted = [one for one in dict.fromkeys(ids) if one not in kept]
    if set(wanted) & set(session.library.activations.missing()):
        activations.ensure(session, report)
    names, matrix = session.library.activations.matrix()
    row_of = {image_id: row for row, image_id in enumerate(names)}
    return kept | {one: matrix[row_of[one]] for one in wanted if one in row_of}


def _classic(item: RatedItem, scale: int, spread: Spread) -> Float:
    if item.votes:
        return histograms.classic(counted(item, scale, spread))
    if item.counts is None:
        raise CriticError(f"{item.key} has no counts, and a softmax needs them.")
    return histograms.classic(item.counts)


def measured(taught: Lesson, seed: int) -> tuple[tuple[Figure, ...], int]:
    """Figures of a head over the pictures held out, and how many these are."""
    out = learning.folds(taught.ids, round(1 / HELD_OUT), seed) == 0
    try:
        head = learning.learn(
            taught.features[~out],
            taught.shares[~out],
            keys=[one for one, held in zip(taught.ids, out, strict=True) if not held],
            seed=seed,
        )
    except CriticError:  # those that remain are rated alike: nothing can be measured
        return (), 0
    predicted = learning.predict(head.weights, head.bias, taught.features[out])
    constant = taught.shares[~out].mean(axis=0)
    return critique.figures(taught.shares[out], predicted, constant=constant, seed=seed), int(out.sum())


def told(one: Figure) -> dict[str, float | None]:
    """A figure as cards and JSON have it; what is not defined is None."""
    values = {"value": one.found.value, "low": one.found.low, "high": one.found.high}
    known: dict[str, float | None] = {name: value if np.isfinite(value) else None for name, value in values.items()}
    return {**known, "baseline": one.baseline}


def limits(session: Session, sets: Sequence[str], taught: Lesson, held: int, classic: bool) -> list[str]:
    """What a critic that learnt from a lesson cannot do."""
    formats = {one.name: one.format for one in session.library.rating_sets.all()}
    count = len(set(taught.ids))
    found = ["It knows pictures as a network trained on things that photos show sees them, at 224 x 224 pixels."]
    found.append("The deviation tells how raters would differ together with what the critic does not know.")
    if held < 100:
        found.append(
            f"Measured on {held} pictures: the intervals are wide." if held else "Too few pictures to measure."
        )
    if count < 200:
        found.append(f"{count} pictures are few: trust the order at its ends, not between neighbours.")
    if (taught.votes == 1).mean() > 0.5:
        found.append("Most pictures have a single vote: single scores are uncertain.")
    if all(formats.get(name) == "themes" for name in sets):
        found.append("It learnt from drawn colour themes: it judges colours, not photographs.")
    if classic:
        found.append("Its labels are softmaxes of counts, kept for comparison: neither means nor deviations are true.")
    return found
