"""Which of two pictures a person prefers; changed through the journal, see `changes`."""

from datetime import UTC, datetime

from leitmotiv.store import tables
from leitmotiv.store.changes import Edit
from leitmotiv.store.database import Database


class Comparisons:
    """Pairs that were compared; reached as `library.comparisons`.

    Of a pair, the last word counts; it is kept under the lesser id and the greater, in this order.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[tuple[str, str]]:
        """Every pair as (preferred, other), in the order of their ids; undecided ones are left out."""
        return [(one, other) if preferred == 1 else (other, one) for one, other, preferred in self._rows() if preferred]

    def asked(self) -> set[tuple[str, str]]:
        """Every pair that was shown, decided or not: (lesser id, greater id)."""
        return {(one, other) for one, other, _ in self._rows()}

    def _rows(self) -> list[tuple[str, str, int]]:
        rows = tables.Comparisons
        query = rows.select(rows.one_id, rows.other_id, rows.preferred).order_by(rows.one_id, rows.other_id)
        return [(one, other, int(preferred)) for one, other, preferred in self._database.rows(query)]

    @staticmethod
    def edit(preferred: str, other: str, *, decided: bool = True) -> Edit:
        """What `changes.apply` takes to write a choice down; undecided, that the pair was shown.

        Raises
        ------
        ValueError
            A picture beside itself.
        """
        if preferred == other:
            raise ValueError(f"{preferred} is compared with itself.")
        one, two = sorted((preferred, other))
        which = 0 if not decided else 1 if preferred == one else 2
        at = datetime.now(UTC).isoformat(timespec="seconds")
        return Edit("comparisons", {"one_id": one, "other_id": two}, {"preferred": which, "at": at})
