"""What the library remembers of files and folders on disk; it never looks at them itself."""

import json
import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import reduce
from operator import or_
from typing import Any

from leitmotiv.errors import ImageNotFoundError, UsageError
from leitmotiv.records import Failure, KnownFile
from leitmotiv.store import tables
from leitmotiv.store.database import Database, IntegrityError, chunks
from leitmotiv.store.orm import SQL, Case, Cast, NodeList, Value, fn

SEPARATOR = os.sep.encode()
ROOTS_AT_ONCE = 20  # of one statement: SQLite nests each "or" deeper, and takes not even 100


_FORGOTTEN = (tables.Files.state == "forgotten") & tables.Files.image_id.is_null()


def under(column: Any, roots: Sequence[bytes]) -> Any:
    """Condition that a path is one of `roots` or lies below one: a range of the index each."""
    conditions = [column.in_(list(roots))]
    for root in roots:
        start = root.rstrip(SEPARATOR) + SEPARATOR
        conditions.append((column >= start) & (column < start[:-1] + bytes([start[-1] + 1])))
    return reduce(or_, conditions)


class Files:
    """Every path that holds a picture, or held one; reached as `library.files`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, roots: Sequence[bytes]) -> dict[bytes, KnownFile]:
        """Every file that is one of `roots` or lies below one."""
        files = tables.Files
        found: dict[bytes, KnownFile] = {}
        for part in chunks(roots, ROOTS_AT_ONCE):
            query = files.select(
                files.path, files.image_id, files.sha256, files.size, files.mtime_ns, files.state
            ).where(under(files.path, part))
            for path, image_id, sha256, size, mtime_ns, state in self._database.rows(query):
                found[path] = KnownFile(path, image_id, sha256, size, int(mtime_ns), state)
        return found

    def holding(self, image_ids: Sequence[str]) -> list[KnownFile]:
        """Every file that holds one of these images, or held it."""
        files = tables.Files
        columns = (files.path, files.image_id, files.sha256, files.size, files.mtime_ns, files.state)
        return [
            KnownFile(path, image_id, sha256, size, int(mtime_ns), state)
            for part in chunks(image_ids)
            for path, image_id, sha256, size, mtime_ns, state in self._database.rows(
                files.select(*columns).where(files.image_id.in_(part))
            )
        ]

    def first(self, ids: Sequence[str]) -> dict[str, str]:
        """The path of each picture that `Image.path` tells; pictures that the library does not have are not there."""
        with self._database.snapshot():
            found = dict.fromkeys((image_id for (image_id,) in self._database.rows_of(_there, ids)), "")
            for image_id, path in self._database.rows_of(paths_of, ids):
                found[image_id] = found[image_id] or bytes(path).decode("utf-8", "replace")
        return found

    def forgotten(self) -> set[str]:
        """SHA-256 of every file that was forgotten and may still be there."""
        files = tables.Files
        return {sha256 for (sha256,) in self._database.rows(files.select(files.sha256).where(_FORGOTTEN))}

    def sizes(self) -> list[tuple[int, str]]:
        """Size in bytes and SHA-256 of every file that holds a picture: another of that size may be a copy."""
        files = tables.Files
        return self._database.rows(
            files.select(files.size, files.sha256).where(files.image_id.is_null(False)).distinct()
        )

    def shared(self) -> dict[str, list[tuple[bytes, str]]]:
        """Pictures that several files hold, with the path and the state of each file that is not missing."""
        files = tables.Files
        there = files.state.in_(("present", "offline")) & files.image_id.is_null(False)
        several = files.select(files.image_id).where(there).group_by(files.image_id).having(fn.COUNT(files.serial) > 1)
        query = files.select(files.image_id, files.path, files.state).where(there & files.image_id.in_(several))
        found: dict[str, list[tuple[bytes, str]]] = {}
        for image_id, path, state in self._database.rows(query.order_by(files.image_id, files.serial)):
            found.setdefault(image_id, []).append((bytes(path), state))
        return found

    def put(self, file: KnownFile) -> None:
        """Remember a file as it is now, whatever image it held before."""
        with self._database.transaction():
            files = tables.Files
            before = self._database.row(files.select(files.image_id).where(files.path == file.path))
            write_files(self._database, [file])
            refresh_states(self._database, [file.image_id, *(before or ())])

    def set_state(self, paths: Iterable[bytes], state: str) -> None:
        """Give files one state; paths that are not known are passed over."""
        with self._database.transaction():
            for part in chunks(paths):
                where = tables.Files.path.in_(part)
                self._database.run(tables.Files.update(state=state).where(where))
                refresh_states(self._database, self._images(where))

    def remove(self, paths: Iterable[bytes]) -> None:
        """Forget that these paths hold anything; the images stay, and are missing when no path is left."""
        with self._database.transaction():
            for part in chunks(paths):
                where = tables.Files.path.in_(part)
                images = self._images(where)
                self._database.run(tables.Files.delete().where(where))
                refresh_states(self._database, images)

    def relocate(self, old: bytes, new: bytes) -> int:
        """Change the folder `old` to `new` in every path, also of added folders and of failures.

        Returns
        -------
        int
            How many files moved.

        Raises
        ------
        UsageError
            A file is already known at a path that another would get; then nothing changes.
        """
        old, new = old.rstrip(SEPARATOR) or SEPARATOR, new.rstrip(SEPARATOR) or SEPARATOR
        if old == new:
            return 0
        with self._database.transaction():
            moved = _move_away(self._database, tables.Files, old, new)
            awaited = _awaited(self._database, tables.Files)
            in_the_way = self._database.row(tables.Files.select(tables.Files.path).where(awaited))
            if in_the_way is not None:
                path = in_the_way[0].decode("utf-8", "replace")
                raise UsageError(f"The library already has a file at {path}. Forget it first: leitmotiv forget")
            _settle(self._database, tables.Files)
            for table in (tables.Folders, tables.Failures):
                _move_away(self._database, table, old, new)
                self._database.run(table.delete().where(_awaited(self._database, table)))
                _settle(self._database, table)
            return moved

    def _images(self, where: Any) -> list[str | None]:
        query = tables.Files.select(tables.Files.image_id).where(where).distinct()
        return [image_id for (image_id,) in self._database.rows(query)]


# A table's paths move in two steps, over places that no path can have (a NUL before the new path), since a new path may
# still be another row's old one.
def paths_of(ids: Sequence[str]) -> Any:
    """Select the paths of pictures: those that are there first, then in the order of adding."""
    files = tables.Files
    rank = Case(files.state, (("present", 0), ("offline", 1)), 2)
    return files.select(files.image_id, files.path).where(files.image_id.in_(ids)).order_by(rank, files.serial)


def _there(ids: Sequence[str]) -> Any:
    return tables.Images.select(tables.Images.id).where(tables.Images.id.in_(ids))


def _move_away(database: Database, table: Any, old: bytes, new: bytes) -> int:
    """First step: every path at or below `old` gets its new name, behind a NUL."""
    kept = len(old) + 1 if old != SEPARATOR else 1
    ahead = b"\0" + (new if new != SEPARATOR else b"")
    moved = _blob(database, Value(ahead), SQL("||"), fn.SUBSTR(table.path, kept))
    return database.run(table.update(path=moved).where(under(table.path, [old])))


def _settle(database: Database, table: Any) -> None:
    """Second step: the NUL goes; what has become nothing is the root."""
    database.run(table.update(path=_blob(database, fn.SUBSTR(table.path, 2))).where(_away(table)))
    database.run(table.update(path=SEPARATOR).where(table.path == b""))


def _away(table: Any) -> Any:
    return (table.path >= b"\0") & (table.path < b"\1")


def _awaited(database: Database, table: Any) -> Any:
    """Condition that a path that stays is the new one of a path that moves."""
    moving = table.alias()
    return table.path.in_(moving.select(_blob(database, fn.SUBSTR(moving.path, 2))).where(_away(moving)))


def _blob(database: Database, *parts: Any) -> Any:
    return Cast(NodeList(parts), database.blob)


def insert_files(database: Database, files: Iterable[KnownFile]) -> None:
    """Insert files at paths that are new.

    Raises
    ------
    IntegrityError
        A path is known; some files may have been inserted.
    """
    database.insert_many(tables.Files, [_as_row(file) for file in files])


def write_files(database: Database, files: Iterable[KnownFile]) -> None:
    """Insert files, or overwrite what is known at their paths."""
    for part in chunks(files, 100):
        table = tables.Files
        query = table.insert_many([_as_row(file) for file in part]).on_conflict(
            conflict_target=[table.path],
            preserve=[table.image_id, table.sha256, table.size, table.mtime_ns, table.state],
        )
        try:
            with database.attempt():
                database.run(query)
        except IntegrityError as error:
            raise ImageNotFoundError("A file names an image that is not in the library (any more).") from error


def _as_row(file: KnownFile) -> dict[str, Any]:
    return {
        "path": file.path,
        "image_id": file.image_id,
        "sha256": file.sha256,
        "size": file.size,
        "mtime_ns": file.mtime_ns,
        "state": file.state,
    }


def refresh_states(database: Database, image_ids: Iterable[str | None]) -> None:
    """Derive the state of images from their files, as `best_state` does."""
    images, files = tables.Images, tables.Files
    rank = fn.MIN(Case(files.state, (("present", 0), ("offline", 1)), 2))
    best = files.select(rank).where(files.image_id == images.id)
    for part in chunks({image_id for image_id in image_ids if image_id is not None}):
        state = Case(best, ((0, "present"), (1, "offline")), "missing")
        database.run(images.update(state=state).where(images.id.in_(part)))


def best_state(states: Iterable[str]) -> str:
    """Tell the state of an image by those of its files: present if any is, else offline if any is, else missing."""
    states = set(states)
    return next((state for state in ("present", "offline") if state in states), "missing")


class Folders:
    """The folders that were added; reached as `library.folders`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, path: bytes, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> None:
        """Remember a folder with its patterns; the latest patterns count."""
        folders = tables.Folders
        self._database.run(
            folders.insert(
                path=path,
                include=json.dumps(list(include)),
                exclude=json.dumps(list(exclude)),
                added=datetime.now(UTC).isoformat(timespec="seconds"),
            ).on_conflict(conflict_target=[folders.path], preserve=[folders.include, folders.exclude])
        )

    def list(self) -> list[tuple[bytes, tuple[str, ...], tuple[str, ...]]]:
        """Path, include and exclude patterns of each folder, by path."""
        folders = tables.Folders
        query = folders.select(folders.path, folders.include, folders.exclude).order_by(folders.path)
        return [
            (path, tuple(json.loads(include)), tuple(json.loads(exclude)))
            for path, include, exclude in self._database.rows(query)
        ]

    def remove(self, path: bytes) -> None:
        """Forget a folder; its pictures stay."""
        self._database.run(tables.Folders.delete().where(tables.Folders.path == path))


class Failures:
    """Files that could not be read; reached as `library.failures`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, path: bytes, reason: str, size: int, mtime_ns: int) -> None:
        """Remember why a file could not be read, and what it was then, so that it is not tried again unchanged."""
        failures = tables.Failures
        self._database.run(
            failures.insert(
                path=path,
                reason=reason,
                size=size,
                mtime_ns=mtime_ns,
                at=datetime.now(UTC).isoformat(timespec="seconds"),
            ).on_conflict(
                conflict_target=[failures.path],
                preserve=[failures.reason, failures.size, failures.mtime_ns, failures.at],
            )
        )

    def clear(self, paths: Iterable[bytes]) -> None:
        """Forget failures: the files were read, or are gone."""
        with self._database.transaction():
            for part in chunks(paths):
                self._database.run(tables.Failures.delete().where(tables.Failures.path.in_(part)))

    def known(self, roots: Sequence[bytes]) -> dict[bytes, tuple[str, int, int]]:
        """Reason, size in bytes and mtime in ns of every failure at or below `roots`."""
        failures = tables.Failures
        found: dict[bytes, tuple[str, int, int]] = {}
        for part in chunks(roots, ROOTS_AT_ONCE):
            query = failures.select(failures.path, failures.reason, failures.size, failures.mtime_ns)
            for path, reason, size, mtime_ns in self._database.rows(query.where(under(failures.path, part))):
                found[path] = (reason, size, int(mtime_ns))
        return found

    def list(self) -> "list[Failure]":
        """Every failure, by path."""
        failures = tables.Failures
        query = failures.select(failures.path, failures.reason, failures.at).order_by(failures.path)
        return [Failure(path, reason, datetime.fromisoformat(at)) for path, reason, at in self._database.rows(query)]

    def count(self) -> int:
        """How many files could not be read."""
        (count,) = self._database.row(tables.Failures.select(fn.COUNT(tables.Failures.path))) or (0,)
        return int(count)
