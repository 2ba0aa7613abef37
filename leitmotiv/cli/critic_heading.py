"""What stands above the columns that `leitmotiv critic` prints: by whom, what each is, and what is usual."""

import statistics
from collections.abc import Sequence
from typing import TYPE_CHECKING

from leitmotiv.cli.verbs import note

if TYPE_CHECKING:
    from leitmotiv.records import Critic, Float
    from leitmotiv.workflows.session import Session


def heading(name: str, columns: str, scores: "Float | Sequence[float]", of: str) -> list[str]:
    """Two lines: the critic with the mean and median of its scores, and the names of the columns."""
    if not len(scores):
        return [f"by {name}", columns]
    mean, middle = statistics.fmean(scores), statistics.median(scores)
    return [f"by {name}: {mean:.2f} in the mean and {middle:.2f} in the median of {of}", columns]


def asked(opened: "Session", name: str) -> "Critic":
    """The critic that is asked; where the last made one is passed over, a note says why."""
    from leitmotiv.workflows import critics

    critic = critics.get(opened, name)
    if not name and (why := critics.passed_over(opened)):
        note(f"{why} {critic.name} is asked in its place; for the other one: --critic {critics.names(opened)[0]}.")
    return critic
