"""Statements past the library, as another program or a fault of the disk would change its rows; on either database."""

import contextlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from leitmotiv.store.library_file import read


def meddle(folder: Path, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Carry out one statement, its parameters as SQLite writes them; returns the rows of an answer."""
    url = read(folder).database
    if url is None:
        with contextlib.closing(sqlite3.connect(folder / "leitmotiv.db")) as database, database:
            return database.execute(statement, values).fetchall()
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement.replace("?", "%s").encode(), values)
        return cursor.fetchall() if cursor.description else []
