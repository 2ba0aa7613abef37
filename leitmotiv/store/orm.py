"""peewee for the rest of the store, its only home: without the drivers of servers until one is asked for.

peewee imports each driver that is installed. Those take longer than all that is needed to open a library of one file.
"""

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from typing import Any

DRIVERS = frozenset(("psycopg", "psycopg2", "psycopg2cffi", "pymysql", "MySQLdb"))


class _Absent:
    """A finder that says of drivers that they are not installed, to one thread."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> ModuleSpec | None:
        """None: the next finder may know, unless it is a driver."""
        if name in DRIVERS and threading.get_ident() == self._thread:
            raise ModuleNotFoundError(f"{name} is imported when a library asks for it.", name=name)
        return None


@contextmanager
def _without_drivers() -> Iterator[None]:
    finder = _Absent()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


with _without_drivers():
    import peewee
    from peewee import (
        SQL,
        BlobField,
        Case,
        Cast,
        FloatField,
        IntegerField,
        IntegrityError,
        Model,
        NodeList,
        PeeweeException,
        PostgresqlDatabase,
        SqliteDatabase,
        Table,
        TextField,
        Value,
        fn,
    )

__all__ = [
    "SQL",
    "BlobField",
    "Case",
    "Cast",
    "FloatField",
    "IntegerField",
    "IntegrityError",
    "Model",
    "NodeList",
    "PeeweeException",
    "PostgresqlDatabase",
    "SqliteDatabase",
    "Table",
    "TextField",
    "Value",
    "fn",
    "take_psycopg",
]


def take_psycopg() -> None:
    """Give peewee the driver of PostgreSQL, as it takes it itself where it finds it.

    Raises
    ------
    ImportError
        It is not installed.
    """
    import psycopg
    from psycopg.pq import TransactionStatus
    from psycopg.types.json import Json, Jsonb

    vars(peewee).update(psycopg=psycopg, TransactionStatus=TransactionStatus, Json_pg3=Json, Jsonb_pg3=Jsonb)
    adapter = peewee.Psycopg3Adapter
    adapter.txn_idle, adapter.txn_inerror = TransactionStatus.IDLE, TransactionStatus.INERROR
    adapter.txn_unknown = TransactionStatus.UNKNOWN
