"""Who judges designs: a critic that was learnt, through the backbone, or the plain measure that needs no training."""

from collections.abc import Callable
from typing import Any

import numpy as np

from leitmotiv.analysis import composition, histograms, technical_critic
from leitmotiv.analysis import critic as learning
from leitmotiv.errors import UsageError
from leitmotiv.records import Critic, Float, Judged, Lift, Pixels
from leitmotiv.workflows import critics, critiques, technical
from leitmotiv.workflows.session import Session

Judge = Callable[[Pixels], Judged]
"""Takes pictures (B, 224, 224, 3) uint8."""
PLAIN = "plain"
"""The name of the measure that needs no training; a critic of that name is reached no other way than by ratings."""
_PLAIN_BAND = 0.05


def judge(session: Session, name: str = "") -> tuple[str, Judge]:
    """A judge and its name: the critic that was named, the last trained that knows something, or the plain measure.

    Raises
    ------
    NotFoundError, CriticError, MissingExtraError
    """
    name = name or choices(session)[0]
    if name == PLAIN:
        return PLAIN, plain
    critic = critics.get(session, name)
    if critic.lift is None:
        critiques.backbone(session, critic)
    return critic.name, by_critic(session, critic)


def choices(session: Session) -> list[str]:
    """The names of all judges; the first is taken if none is named.

    Drawings are no photographs, so the technical critic comes late: it is taken only by its name, as are critics that
    are no better than their baseline.
    """
    known = [name for name in critics.names(session) if name != PLAIN]
    poor = [name for name in known if critics.doubt(session, name)]
    return [*(name for name in known if name not in poor), PLAIN, critics.TECHNICAL, *poor]


def fingerprint(session: Session, name: str) -> str:
    """What tells whether a judge of this name is still the same.

    Raises
    ------
    NotFoundError, CriticError
    """
    if name == PLAIN:
        return PLAIN
    return critiques.fingerprint(critics.get(session, name))


def by_critic(session: Session, critic: Critic) -> Judge:
    """A critic as a judge; its band is how much the score hangs on strips of the picture."""
    if critic.lift is not None:
        return by_measures(critic, critic.lift)

    def ask(pictures: Pixels) -> Judged:
        seen = critiques.backbone(session, critic).features(pictures)
        return Judged(_scores(critic, seen.pooled), jackknife(critic, seen.map), seen.pooled)

    return ask


def by_measures(critic: Critic, lift: Lift) -> Judge:
    """A critic that knows technical measures as a judge.

    A score's band is the standard error over the halves of a picture, left and right, upper and lower; pictures lie by
    their measures as the critic's head sees them.
    """

    def ask(pictures: Pixels) -> Judged:
        half = pictures.shape[1] // 2
        parts = (
            pictures,
            *(pictures[:, :half], pictures[:, half:]),
            *(pictures[:, :, :half], pictures[:, :, half:]),
        )
        seen = [np.stack([technical.of_pixels(np.ascontiguousarray(one)) for one in part]) for part in parts]
        scores, upper, lower, left, right = (
            histograms.means(technical_critic.shares(critic, measures)) for measures in seen
        )
        bands = np.sqrt(((upper - lower) ** 2 + (left - right) ** 2) / 8)
        return Judged(scores, bands, technical_critic.lifted(lift, seen[0]))

    return ask


def jackknife(critic: Critic, maps: Any) -> Float:
    """The standard error of a score (B,), from leaving out each row, then each column, of the map (B, 7, 7, 1280).

    What is told of a picture should not hang on a strip of it: this is how far the judge's own word can be trusted for
    telling one design from another.
    """
    spread = []
    for axis in (1, 2):
        count = maps.shape[axis]
        strips = maps.mean(axis=3 - axis)  # (B, 7, 1280)
        whole = strips.mean(axis=1)
        left = [_scores(critic, (whole * count - strips[:, one]) / (count - 1)) for one in range(count)]
        spread.append((count - 1) / count * ((np.stack(left) - np.mean(left, axis=0)) ** 2).sum(axis=0))
    return np.asarray(np.sqrt(np.mean(spread, axis=0)))


def plain(pictures: Pixels) -> Judged:
    """The plain measure of composition; pictures lie by their colours on a coarse grid."""
    scores = composition.scores(pictures)
    small = pictures.reshape(len(pictures), 14, 16, 14, 16, 3).mean(axis=(2, 4)).reshape(len(pictures), -1)
    return Judged(scores, np.full(len(scores), _PLAIN_BAND), (small - 127.5).astype(np.float32) / 255)


def _scores(critic: Critic, pooled: Any) -> Float:
    return histograms.means(learning.predict(critic.weights, critic.bias, pooled))


def known(session: Session, name: str) -> str:
    """A judge's name, where there is one.

    Raises
    ------
    UsageError
        There is none of this name.
    """
    if name and name not in choices(session):
        raise UsageError(f"There is no critic {name!r}. There are: {', '.join(choices(session))}.")
    return name or choices(session)[0]
