"""A whole library in one zip and back: the database as one moment has it, and the arrays that save computing again.

What is not in it: the secrets (a restored library makes new ones), what pages wrote out, and older copies.
"""

import contextlib
import json
import os
import secrets
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import leitmotiv
from leitmotiv.errors import LibraryDamagedError, LibraryTooNewError, NotALibraryError, UsageError
from leitmotiv.store.explain import from_system
from leitmotiv.store.library import NAME, Library
from leitmotiv.store.library_file import masked
from leitmotiv.store.migrations import APPLICATION_ID, MIGRATIONS, backup

NOTE = "backup.json"
SCHEMA = "leitmotiv.backup/1"
DERIVED, FOLDERS = "arrays", ("arrays", "models", "plans")
FILES = ("library.toml",)
CHUNK = 1 << 20
Progress = Callable[[int, int], None]


def write(library: Library, target: Path, *, arrays: bool = True, progress: Progress | None = None) -> int:
    """Write a backup; others may read and write the library meanwhile. Returns its size in bytes.

    Parameters
    ----------
    arrays : bool
        Whether what can be computed again comes along.

    Raises
    ------
    UsageError
        There is a file already.
    DiskFullError, PermissionDeniedError
    """
    if library.places.database is not None:
        kept = (*FILES, *(f"{name}/" for name in FOLDERS if name != DERIVED))
        raise UsageError(
            f"The database of this library is {masked(library.places.database)}, and a server's databases are copied "
            "with its own programs: pg_dump --format custom --file FILE URL. Critics, eyes, learnt spaces and plans "
            f"are not in it: copy {', '.join(kept)} in {library.folder} as well. All else there can be made again."
        )
    if os.path.lexists(target):
        raise UsageError(f"There is a file {target} already. Name another.")
    part = target.with_name(f".{target.name[:200]}.{secrets.token_hex(4)}.part")
    try:
        with tempfile.TemporaryDirectory(prefix="leitmotiv-", dir=target.parent) as folder:
            copy = Path(folder) / NAME
            with contextlib.closing(sqlite3.connect(library.folder / NAME)) as database:
                backup(database, copy)
            files = [(NAME, copy), *_others(library.folder, arrays)]
            with zipfile.ZipFile(part, "x", zipfile.ZIP_STORED, allowZip64=True) as archive:
                made = {"schema": SCHEMA, "version": leitmotiv.__version__, "at": datetime.now(UTC).isoformat()}
                archive.writestr(NOTE, json.dumps(made))
                for done, (name, path) in enumerate(files):
                    if progress is not None:
                        progress(done, len(files))
                    with suppress(FileNotFoundError):  # an array that was replaced meanwhile: it can be made again
                        archive.write(path, name)
                if progress is not None:
                    progress(len(files), len(files))
        part.replace(target)
        return target.stat().st_size
    except OSError as error:
        raise from_system(error, target) or error from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _others(folder: Path, arrays: bool) -> Iterator[tuple[str, Path]]:
    for name in FILES:
        if (folder / name).is_file():
            yield name, folder / name
    for kind in FOLDERS:
        if kind == DERIVED and not arrays:
            continue
        for path in sorted((folder / kind).rglob("*")):
            if path.is_file():
                yield path.relative_to(folder).as_posix(), path


def restore(source: Path, folder: Path, *, progress: Progress | None = None) -> None:
    """Make a library from a backup, in a folder that is new or empty; whole or not at all.

    Raises
    ------
    NotALibraryError
        The folder holds something already: nothing is ever replaced.
    UsageError
        The file is not there, or no backup.
    LibraryDamagedError
        The backup is damaged.
    LibraryTooNewError
        A newer leitmotiv wrote it.
    DiskFullError, PermissionDeniedError
    """
    folder = folder.absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotALibraryError(f"{folder} is not an empty folder. Name a new one with --library; nothing is replaced.")
    part = folder.with_name(f".{folder.name[:200]}.{secrets.token_hex(4)}.part")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        part.mkdir()
        with zipfile.ZipFile(source) as archive:
            names = _checked(archive, source)
            for done, name in enumerate(names):
                if progress is not None:
                    progress(done, len(names))
                _extract(archive, name, part)
            if progress is not None:
                progress(len(names), len(names))
        _check(part / NAME, source)
        if folder.exists():
            folder.rmdir()
        part.rename(folder)
    except FileNotFoundError as error:
        raise UsageError(f"There is no file {source}.") from error
    except IsADirectoryError as error:
        raise UsageError(f"{source} is a folder, not a backup.") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise LibraryDamagedError(f"The backup {source} is damaged or none ({error}). Nothing was restored.") from error
    except OSError as error:
        raise from_system(error, folder / NAME) or error from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _checked(archive: zipfile.ZipFile, source: Path) -> list[str]:
    """The names in a backup, none of which leads out of the folder."""
    names = archive.namelist()
    if NOTE not in names or NAME not in names:
        raise UsageError(f"{source} is a zip, but no backup of a library.")
    try:
        with archive.open(NOTE) as packed:
            made = json.loads(packed.read(10_000))
        schema = made["schema"]
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{source} is a zip, but no backup of a library.") from error
    if schema != SCHEMA:
        raise LibraryTooNewError(
            f"{source} was written by a newer leitmotiv ({made.get('version')}). Update leitmotiv."
        )
    for name in names:
        parts = PurePosixPath(name).parts
        allowed = name in (NAME, NOTE, *FILES) or (len(parts) >= 2 and parts[0] in FOLDERS)
        if not allowed or ".." in parts or "\\" in name or name.startswith("/"):
            raise LibraryDamagedError(f"The backup {source} names a file {name!r}, which no backup has.")
    return [name for name in names if name != NOTE]


def _extract(archive: zipfile.ZipFile, name: str, folder: Path) -> None:
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(name) as packed, target.open("xb") as file:
        shutil.copyfileobj(packed, file, CHUNK)


def _check(path: Path, source: Path) -> None:
    """Refuse what is no whole database of ours."""
    try:
        with contextlib.closing(sqlite3.connect(path)) as database:
            (ours,) = database.execute("PRAGMA application_id").fetchone()
            (number,) = database.execute("PRAGMA user_version").fetchone()
            (whole,) = database.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.Error as error:
        raise LibraryDamagedError(f"The database in {source} is damaged ({error}). Nothing was restored.") from error
    if ours != APPLICATION_ID or whole != "ok":
        raise LibraryDamagedError(f"The database in {source} is damaged or not one of leitmotiv. Nothing was restored.")
    if number > len(MIGRATIONS):
        raise LibraryTooNewError(f"{source} was written by a newer leitmotiv (schema {number}). Update leitmotiv.")
