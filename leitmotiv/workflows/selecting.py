"""The filter grammar: a line of text to pictures in an order; everything that works on a part of a library takes it.

A line is terms side by side, all of which must hold: ``year:2024 folder:"trip to x" rating:>=3 -camera:ricoh``. A
comma in a value is an "or"; ``-`` or ``NOT`` before a term takes its pictures out. The empty line is every picture
whose file is there or on a drive that is away.
"""

from leitmotiv.workflows.asking import Asking, ask, columns
from leitmotiv.workflows.filters import FILTERS, mask, parse
from leitmotiv.workflows.grammar import Term, write
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.orders import DEFAULT_SORT, SORTS, Order, arrange
from leitmotiv.workflows.session import Session

__all__ = ["DEFAULT_SORT", "FILTERS", "SORTS", "Term", "columns", "parse", "select", "state_of", "write"]


def select(session: Session, text: str = "", *, sort: str = DEFAULT_SORT) -> tuple[str, ...]:
    """Ids of the pictures that a line of filters holds for, in an order.

    Parameters
    ----------
    sort : str
        One of `SORTS`, with "-" before it for falling.

    Raises
    ------
    UsageError
        The line or the order cannot be read.
    NoIndexError
        It asks for a trend, and there is no index.
    """
    return ordered(session, text, sort=sort).ids


def ordered(session: Session, text: str = "", *, sort: str = DEFAULT_SORT, group: str = "") -> Order:
    """As `select`, with what a page needs to lay the pictures out in the sections of the order.

    Parameters
    ----------
    group : str
        "" for the sections that go with the order, "none", or for times "day", "month" or "year".
    """
    key = ("selection", state_of(session), text.strip(), sort, group)
    return remember(session, key, lambda: within(ask(session), text, sort, group))


def check(session: Session, text: str) -> None:
    """Read a line, with the columns of catalogues that this library has.

    Raises
    ------
    UsageError
        Something in it is no filter.
    """
    parse(text, ask(session).catalogue)


def state_of(session: Session) -> tuple[object, ...]:
    """What selections are made from; while it is the same, so are they."""
    library = session.library
    counted = library.revision(
        "images", "files", "ratings", "selections", "catalogue_columns", "trend_edits", "captions", "measures"
    )
    return (*counted, library.clusters.stamp())


def within(asking: Asking, text: str, sort: str, group: str) -> Order:
    """As `ordered`, in columns that the caller has; not remembered."""
    return arrange(asking, mask(asking, parse(text, asking.catalogue)).nonzero()[0], sort, group)
