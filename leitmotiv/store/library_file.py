"""`library.toml` in the library folder: where else the library's database and its derived arrays are kept."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from leitmotiv.errors import SettingsError
from leitmotiv.store.explain import closed_off

NAME = "library.toml"
_SCHEMES = ("postgresql", "postgres")
_SECRET = ("pass", "secret", "token", "key")
"""What is in the names of parameters that must not be told."""
_FILES = frozenset(("passfile", "sslkey", "key_filename", "keyfile"))
"""Parameters named alike that only say where a secret lies."""
_MARK = "***"


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
    for name, url, instead in (
        ("database", database, "into ~/.pgpass or a service file instead"),
        ("arrays", arrays, "where the storage's own programs look for it"),
    ):
        if url is not None and _tells(url):  # the text does not repeat it
            raise SettingsError(
                f"{path}: the url of [{name}] holds a password or a key, which backups and messages would carry on. "
                f"Put it {instead}."
            )
    if database is not None:
        _check(path, database)
    return Places(database, arrays)


def _url(path: Path, told: dict[str, object], name: str) -> str | None:
    table = told.get(name)
    if table is None:
        return None
    if not isinstance(table, dict) or set(table) != {"url"} or not isinstance(table["url"], str) or not table["url"]:
        raise SettingsError(f'{path}: [{name}] must hold one line, url = "…".')
    return str(table["url"])


def masked(url: str) -> str:
    """A URL, or a text with one in it, without what it should not tell."""
    url = re.sub(r"(//[^/?#@:\s]*):[^/?#\s]*@", rf"\1:{_MARK}@", url)
    return re.sub(
        r"([?&;])([^=&#\s]+)=([^&#\s]*?)(?=[&#\s]|::|$)",
        lambda found: f"{found[1]}{found[2]}={_MARK}" if _is_secret(found[2]) else found[0],
        url,
    )


def _tells(url: str) -> bool:
    """Whether a URL, or one of a chain of them, holds what it should not tell."""
    return masked(url) != url


def _is_secret(parameter: str) -> bool:
    name = unquote(parameter).lower()
    return name not in _FILES and any(part in name for part in _SECRET)


def _check(path: Path, url: str) -> None:
    try:
        scheme = urlsplit(url).scheme
    except ValueError as error:
        raise SettingsError(f"{path}: the url of [database] is no URL.") from error
    if scheme not in _SCHEMES:
        raise SettingsError(
            f"{path}: the url of [database] begins with {scheme or url!r}, and must begin with postgresql://. "
            "Without [database] the library keeps its own file."
        )
