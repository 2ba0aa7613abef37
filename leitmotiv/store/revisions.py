"""How often each table was changed, by any process: the database counts it itself, by triggers of the schema."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

from leitmotiv.store import tables
from leitmotiv.store.database import Database

T = TypeVar("T")


class Held:
    """What was read of tables, held until one of them changes.

    Parameters
    ----------
    names : sequence of str
        The tables; they are counted.
    """

    def __init__(self, database: Database, *names: str) -> None:
        self._database = database
        self._names = names
        self._values: dict[Hashable, tuple[dict[str, int], Any]] = {}

    def get(self, key: Hashable, read: Callable[[], T]) -> T:
        """What `read` gives; inside a transaction it is asked each time, as what it sees may be taken back."""
        if self._database.is_inside():
            return read()
        with self._database.snapshot():
            now = numbers(self._database, self._names)
            known = self._values.get(key)
            if known is None or known[0] != now:
                known = self._values[key] = now, read()
        value: T = known[1]
        return value


def numbers(database: Database, names: Sequence[str]) -> dict[str, int]:
    """The count of each of these tables; one that is not counted is not there."""
    found: dict[str, int] = dict(database.rows_of(_question, names))
    return found


def _question(names: Sequence[str]) -> Any:
    rows = tables.Revisions
    return rows.select(rows.name, rows.number).where(rows.name.in_(names))
