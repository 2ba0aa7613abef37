"""Two selections beside each other: which trends they share, and which belong to one of them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from leitmotiv.analysis.chance import bar, fisher
from leitmotiv.analysis.proportions import newcombe, wilson
from leitmotiv.errors import UsageError
from leitmotiv.records import Cluster
from leitmotiv.workflows import portraits, selecting, trends
from leitmotiv.workflows.session import Session

Where = Literal["both", "more in a", "more in b", "only in a", "only in b"]


@dataclass(frozen=True)
class Side:
    """One selection.

    Attributes
    ----------
    query : str
    size : int
        Pictures of it that were indexed.
    left_out : int
        Pictures of it that came after the index.
    """

    query: str
    size: int
    left_out: int


@dataclass(frozen=True)
class Share:
    """A trend's part of one selection, with its 95 % interval."""

    count: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Shared:
    """A trend in two selections.

    Attributes
    ----------
    where : str
        "more in …" only where the difference is more than chance, "only in …" only where chance would hardly leave the
        other one without any; else "both". Of those that are said to differ, at most 5 % may do so by chance.
    low, high : float
        Of the second share less the first: its 95 % interval.
    """

    group: Cluster
    name: str
    colour: str
    a: Share
    b: Share
    low: float
    high: float
    where: Where


@dataclass(frozen=True)
class Comparison:
    """Two selections, and the trends of both, those with the largest share first.

    Attributes
    ----------
    in_both : int
        Pictures that both selections have.
    """

    a: Side
    b: Side
    in_both: int
    trends: tuple[Shared, ...]


def compare(session: Session, a: str, b: str, *, count: int | None = None) -> Comparison:
    """Compare two selections by the trends of the library.

    Raises
    ------
    UsageError
        One of them is empty or cannot be read.
    NoIndexError
        No index was built yet.
    """
    groups = trends.cut(session, count)
    indexed = set(trends.stored(session).ids)
    sides, sets = [], []
    for letter, query in (("a", a), ("b", b)):
        chosen = set(selecting.select(session, query))
        kept = chosen & indexed
        if not kept:
            raise UsageError(f"The selection {letter} ({query or 'all pictures'}) has no picture that was indexed.")
        sides.append(Side(query, len(kept), len(chosen) - len(kept)))
        sets.append(kept)
    return Comparison(sides[0], sides[1], len(sets[0] & sets[1]), _shared(session, groups, sets[0], sets[1]))


def _shared(
    session: Session, groups: tuple[Cluster, ...], a: Collection[str], b: Collection[str]
) -> tuple[Shared, ...]:
    shown = [group for group in groups if group.size > 1]
    names = portraits.names(session, shown)
    counted = [
        (group, sum(one in a for one in group.members), sum(one in b for one in group.members)) for group in shown
    ]
    present = [(group, one, other) for group, one, other in counted if one or other]
    chances = [fisher(one, len(a), other, len(b)) for _, one, other in present]
    least = bar(chances)
    found = []
    for (group, one, other), chance in zip(present, chances, strict=True):
        low, high = newcombe(one, len(a), other, len(b))
        found.append(
            Shared(
                group=group,
                name=names[group.id],
                colour=portraits.colour(session, group.members),
                a=_share(one, len(a)),
                b=_share(other, len(b)),
                low=low,
                high=high,
                where=_where(one / len(a), other / len(b)) if chance <= least else "both",
            )
        )
    return tuple(sorted(found, key=lambda one: (-max(one.a.share, one.b.share), one.group.id)))


def _share(count: int, total: int) -> Share:
    low, high = wilson(count, total)
    return Share(count, count / total, low, high)


def _where(one: float, other: float) -> Where:
    if other > one:
        return "more in b" if one else "only in b"
    return "more in a" if other else "only in a"
