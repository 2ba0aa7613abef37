"""What a person chose for a library, by name: settings that make sense for this one alone."""

from leitmotiv.store import tables
from leitmotiv.store.database import Database


class Choices:
    """Names and values; reached as `library.choices`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str) -> str:
        """What was chosen; "" where nothing was."""
        table = tables.Choices
        row = self._database.row(table.select(table.value).where(table.name == name))
        return "" if row is None else str(row[0])

    def put(self, name: str, value: str) -> None:
        """Choose; "" takes a choice back."""
        table = tables.Choices
        with self._database.transaction():
            self._database.run(table.delete().where(table.name == name))
            if value:
                self._database.insert_many(table, [{"name": name, "value": value}])
