"""What critics say of pictures: who sees for them, what was seen of the library, and the votes that follow."""

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import critic as learning
from leitmotiv.analysis import histograms, technical_critic
from leitmotiv.records import Critic, Critique
from leitmotiv.workflows import activations, technical
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.progress import Pace, Report
from leitmotiv.workflows.session import Session

if TYPE_CHECKING:
    from leitmotiv.nets.backbone import Backbone

PHASE = "Showing pictures to the critic"
KEPT_EVERY = 1000
"""Pictures that a critic's own network has seen before they are kept."""


def backbone(session: Session, critic: Critic) -> "Backbone":
    """Who sees for a critic: the backbone of all, or its own, which was trained with it.

    Raises
    ------
    MissingExtraError
        The weights are not installed, or damaged.
    CriticError
        Its network is damaged.
    """
    return session.network(critic.network) if critic.network else session.backbone()


def judge(critic: Critic, ids: Sequence[str], features: NDArray[Any]) -> Critique:
    """What a critic says of pictures whose activations (N, 1280) are known; of their measures, if it knows these."""
    if critic.lift is not None:
        shares = technical_critic.shares(critic, features)
    else:
        shares = learning.predict(critic.weights, critic.bias, features)
    mean = histograms.means(shares)
    below = np.searchsorted(np.sort(mean), mean, side="left")
    percentile = 100 * below / max(1, len(mean))
    return Critique(tuple(ids), shares, mean, histograms.deviations(shares), percentile)


def known(session: Session, critic: Critic) -> tuple[tuple[str, ...], NDArray[Any]]:
    """Ids, ascending, and what a critic judges by: activations, of its own network if it has one, or measures."""
    if critic.lift is not None:
        return technical.matrix(session)
    if not critic.network:
        return session.library.activations.matrix()
    stored = session.library.arrays.get(_seen_as(critic))
    if stored is None:
        return (), np.zeros((0, len(critic.weights)), np.float16)
    there = set(session.library.images.ids(all=True))
    rows = sorted((one, row) for row, one in enumerate(stored.ids) if one in there)
    return tuple(one for one, _ in rows), stored["pooled"][[row for _, row in rows]]


def ensure(session: Session, critic: Critic, report: Report | None = None) -> None:
    """Have every picture measured, or seen by the backbone, as a critic needs it.

    What a critic's own network saw is kept every thousand pictures: interrupted, the next call goes on from there.

    Raises
    ------
    MissingExtraError, LibraryLockedError, CriticError
    """
    if critic.lift is not None:
        technical.ensure(session, report)
    elif critic.network:
        _see(session, critic, report)
    else:
        activations.ensure(session, report)


def fingerprint(critic: Critic) -> str:
    """Tells critics apart whatever they are called: one that learns again keeps its name. SHA-256, 64 hex."""
    digest = hashlib.sha256(critic.weights.tobytes() + critic.bias.tobytes() + critic.layer.encode() + critic.network)
    if critic.lift is not None:
        digest.update(b"".join(np.asarray(one).tobytes() for one in vars(critic.lift).values()))
    return digest.hexdigest()


def of_library(session: Session, critic: Critic) -> Critique:
    """What a critic says of the whole library, remembered as long as both stay the same."""
    state: Any = session.library.revision("activations" if critic.lift is None else "measures", "images")
    if critic.network:
        stored = session.library.arrays.get(_seen_as(critic))
        state = (session.library.revision("images"), 0 if stored is None else len(stored.ids))
    key = ("critique", fingerprint(critic), state)
    return remember(session, key, lambda: judge(critic, *known(session, critic)), lane=True)


def usual(session: Session, critic: Critic) -> float | None:
    """The mean of what a critic says of the pictures of the library that it has seen; None where there are none."""
    found = of_library(session, critic)
    return float(found.mean.mean()) if len(found.ids) else None


def forget(session: Session, critic: Critic) -> None:
    """Drop what a critic's own network saw of the library."""
    if critic.network:
        session.library.arrays.remove(_seen_as(critic))


def _seen_as(critic: Critic) -> str:
    return f"seen-by-{hashlib.sha256(critic.network).hexdigest()[:16]}"


def _see(session: Session, critic: Critic, report: Report | None) -> None:
    library, pace = session.library, Pace()
    ids, pooled = known(session, critic)
    lacking = sorted(set(library.images.ids()) - set(ids))
    if not lacking:
        return
    sees = backbone(session, critic)
    names, rows, since, passed = list(ids), [np.asarray(pooled, np.float16)], 0, 0
    with library.writer("showing pictures to a critic"):

        def keep() -> None:
            library.arrays.put(_seen_as(critic), {"pooled": np.concatenate(rows)}, names, critic.layer)

        for batch, pictures in activations.read_ahead(session, lacking):
            shown = [(name, one) for name, one in zip(batch, pictures, strict=True) if one is not None]
            passed += len(pictures) - len(shown)
            if shown:
                rows.append(sees.features(np.stack([one for _, one in shown])).pooled.astype(np.float16))
                names += [name for name, _ in shown]
                since += len(shown)
            if report is not None:
                report(pace.step(PHASE, len(names) - len(ids) + passed, len(lacking), failures=passed))
            if since >= KEPT_EVERY:
                since = 0
                keep()
        keep()
