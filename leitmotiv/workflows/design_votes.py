"""What people preferred among designs, as a critic of one's own can learn it: pairs of what the backbone sees."""

from dataclasses import dataclass

import numpy as np

from leitmotiv.records import DesignVote, Float32
from leitmotiv.workflows import designing
from leitmotiv.workflows.session import Session


@dataclass(frozen=True, eq=False)
class Preferences:
    """N votes.

    Attributes
    ----------
    preferred, over : (N, 1280) float32
        Pooled activations of the design that was chosen, and of the one that the critic would have chosen.
    """

    votes: tuple[DesignVote, ...]
    preferred: Float32
    over: Float32


def preferences(session: Session, number: int | None = None) -> Preferences:
    """The votes of one run, or of all, each design seen once.

    Raises
    ------
    NotFoundError
        There is no such run.
    MissingExtraError
        The weights are not installed, or damaged.
    """
    if number is not None:
        designing.of(session, number)
    votes, rows = session.library.evolutions.votes(number), []
    seen: dict[tuple[int, int, int], Float32] = {}
    for vote in votes:
        for row in (vote.preferred, vote.over):
            key = vote.run, vote.round, row
            if key not in seen:
                run, rounds = designing.of(session, vote.run)
                pictures = designing.seen(session, run, designing.genome(rounds, vote.round, row)[None])
                seen[key] = session.backbone().features(pictures).pooled[0]
        rows.append((seen[vote.run, vote.round, vote.preferred], seen[vote.run, vote.round, vote.over]))
    pairs = np.array(rows, np.float32).reshape(len(votes), 2, -1) if rows else np.empty((0, 2, 1280), np.float32)
    return Preferences(tuple(votes), pairs[:, 0], pairs[:, 1])
