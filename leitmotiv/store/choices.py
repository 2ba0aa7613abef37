"""What a person chose for a library, by name: settings that make sense for this one alone."""

from collections.abc import Sequence
from typing import Any

from leitmotiv.store import tables
from leitmotiv.store.database import Database


class Choices:
    """Names and values; reached as `library.choices`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str) -> str:
        """What was chosen; "" where nothing was."""
        return next((str(value) for (value,) in self._database.rows_of(_values, (name,))), "")

    def put(self, name: str, value: str) -> None:
        """Choose; "" takes a choice back."""
        table = tables.Choices
        with self._database.transaction():
            self._database.run(table.delete().where(table.name == name))
            if value:
                self._database.insert_many(table, [{"name": name, "value": value}])


def _values(names: Sequence[str]) -> Any:
    table = tables.Choices
    return table.select(table.value).where(table.name.in_(names))
