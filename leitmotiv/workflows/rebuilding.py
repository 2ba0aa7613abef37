"""Fewer or more trends at a page's wish: whether they are the usual ones, and the job that finds others."""

from dataclasses import dataclass

from leitmotiv.records import Job
from leitmotiv.workflows import queue, trends
from leitmotiv.workflows.grain import Groups, asked
from leitmotiv.workflows.session import Session


@dataclass(frozen=True)
class Standing:
    """What number of trends a library has.

    Attributes
    ----------
    groups : str
        "fewer" or "more" where a person asked for it, else "default".
    count : int
        Trends shown first, pictures that stand alone included.
    usual : int
        What it was before anybody asked.
    stamp : int
        Another one when the trends were found anew.
    """

    groups: Groups
    count: int
    usual: int
    stamp: int


def standing(session: Session) -> Standing:
    """Tell whether the trends are the usual ones, fewer or more.

    Raises
    ------
    NoIndexError
        There are no trends yet.
    """
    clusters = trends.stored(session)
    count, stamp = clusters.default_count, session.library.clusters.stamp() or 0
    if clusters.grain is None:
        return Standing("default", count, count, stamp)
    usual = len(clusters.grain.exemplars)
    return Standing("fewer" if count < usual else "more", count, usual, stamp)


def ask(session: Session, groups: Groups) -> Job:
    """Put the finding of fewer, more or the usual number of trends into the queue.

    Raises
    ------
    NoIndexError
        There are no trends yet.
    UsageError
        There can be no fewer, or no more.
    """
    clusters = trends.stored(session)
    asked(clusters, groups, len(clusters.ids))
    return queue.ask(session, "index", {"groups": groups})
