"""How often each table was changed, by any process: the database counts it itself, by triggers of the schema."""

from collections.abc import Sequence
from typing import Any

from leitmotiv.store import tables
from leitmotiv.store.database import Database


def numbers(database: Database, names: Sequence[str]) -> dict[str, int]:
    """The count of each of these tables; one that is not counted is not there."""
    found: dict[str, int] = dict(database.rows_of(_question, names))
    return found


def _question(names: Sequence[str]) -> Any:
    rows = tables.Revisions
    return rows.select(rows.name, rows.number).where(rows.name.in_(names))
