"""Columns of imported catalogues, one row each; they are changed through the journal, see `changes`."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from leitmotiv.records import CatalogueColumn
from leitmotiv.store import tables
from leitmotiv.store.changes import Edit
from leitmotiv.store.database import Database


class Metadata:
    """What others wrote about pictures; reached as `library.metadata`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[CatalogueColumn]:
        """Every column, in the order of importing."""
        table = tables.CatalogueColumns
        query = table.select(table.name, table.kind, table.source, table.at, table.entries).order_by(table.place)
        return [_as_column(row) for row in self._database.rows(query)]

    @staticmethod
    def edits(columns: Iterable[tuple[int, CatalogueColumn]]) -> list[Edit]:
        """What `changes.apply` takes to keep columns as they are here, each with its place among all."""
        return [
            Edit(
                "catalogue_columns",
                {"name": one.name},
                {
                    "place": place,
                    "kind": one.kind,
                    "source": one.source,
                    "at": one.at.isoformat(timespec="seconds"),
                    "entries": json.dumps(dict(one.entries), ensure_ascii=False),
                },
            )
            for place, one in columns
        ]

    @staticmethod
    def removal(name: str) -> Edit:
        """What `changes.apply` takes to remove a column."""
        return Edit("catalogue_columns", {"name": name}, None)


def _as_column(row: tuple[Any, ...]) -> CatalogueColumn:
    name, kind, source, at, entries = row
    return CatalogueColumn(name, kind, source, datetime.fromisoformat(at), json.loads(entries))
