"""`library.toml` in the library folder: where else the library's database and its derived arrays are kept."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from leitmotiv.errors import SettingsError
from leitmotiv.store.explain import closed_off

NAME = "library.toml"
_SCHEMES = ("postgresql", "postgres")


@dataclass(frozen=True)
class Places:
    """What the file names.

    Attributes
    ----------
    database : str or None
        A URL of PostgreSQL; None for the file in the library folder.
    arrays : str or None
        A URL of fsspec; None for the folder `arrays`.
    """

    database: str | None = None
    arrays: str | None = None


def read(folder: Path) -> Places:
    """What a library's file names; nothing where there is none.

    Raises
    ------
    SettingsError
        It cannot be read as TOML, names something that is not known, or holds a password.
    PermissionDeniedError
    """
    path = folder / NAME
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return Places()
    except OSError as error:
        raise closed_off(path) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not TOML ({error}). Correct it, or remove it.") from error
    unknown = sorted(set(told).difference(("database", "arrays")))
    if unknown:
        raise SettingsError(f"{path} names {unknown[0]}, and only [database] and [arrays] are known there.")
    database, arrays = _url(path, told, "database"), _url(path, told, "arrays")
    if database is not None:
        _check(path, database)
    if arrays is not None and urlsplit(arrays).password is not None:
        raise SettingsError(
            f"{path}: the url of [arrays] holds a password, which backups and messages would carry on. Put it where "
            "the storage's own programs look for it."
        )
    return Places(database, arrays)


def _url(path: Path, told: dict[str, object], name: str) -> str | None:
    table = told.get(name)
    if table is None:
        return None
    if not isinstance(table, dict) or set(table) != {"url"} or not isinstance(table["url"], str) or not table["url"]:
        raise SettingsError(f'{path}: [{name}] must hold one line, url = "…".')
    return str(table["url"])


def _check(path: Path, url: str) -> None:
    try:
        parts = urlsplit(url)
        secret = parts.password is not None or "password" in parse_qs(parts.query)
    except ValueError as error:
        raise SettingsError(f"{path}: the url of [database] is no URL ({error}).") from error
    if secret:  # the text does not repeat it
        raise SettingsError(
            f"{path}: the url of [database] holds a password, which backups and messages would carry on. Put it into "
            "~/.pgpass or a service file instead."
        )
    if parts.scheme not in _SCHEMES:
        raise SettingsError(
            f"{path}: the url of [database] begins with {parts.scheme or url!r}, and must begin with postgresql://. "
            "Without [database] the library keeps its own file."
        )
