"""What PostgreSQL refuses, in words that name the database and the next step; it handles nothing."""

import shlex
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from leitmotiv.errors import (
    DatabaseAwayError,
    DiskFullError,
    LeitmotivError,
    LibraryDamagedError,
    LibraryLockedError,
    NotALibraryError,
    PermissionDeniedError,
)

BUSY_S = 10.0
_PASSWORD = "Passwords come from where PostgreSQL's own programs take them: ~/.pgpass, PGPASSFILE, a service file."


def away(url: str, why: object) -> DatabaseAwayError:
    """Nobody answers, or the server said goodbye."""
    return DatabaseAwayError(
        f"The database {url} does not answer ({_brief(why)}). What was saved is safe; look after the server, and run "
        "the command again: it goes on from there."
    )


def read_only(folder: Path) -> PermissionDeniedError:
    """The database takes no changes: a standby, or one that was set so."""
    return PermissionDeniedError(
        f"The database of the library {folder} can only be read. Name the server that takes changes in library.toml."
    )


def from_postgres(error: BaseException, url: str, folder: Path) -> LeitmotivError | None:
    """Our error for one of psycopg's or peewee's, told apart by SQLSTATE; None where a statement of ours is wrong."""
    cause = getattr(error, "orig", None) or (error.args[0] if error.args and _is_error(error.args[0]) else error)
    state = getattr(cause, "sqlstate", None)
    if state is None:
        return _without_state(cause, url)
    match state[:2], state:
        case "28", _:
            return PermissionDeniedError(f"The database {url} does not let this user in ({_brief(cause)}). {_PASSWORD}")
        case _, "3D000":
            return NotALibraryError(f"There is no database {url}. Make it: {making(url)}")
        case _, "42501" | "25006":
            return PermissionDeniedError(
                f"The database {url} does not let this user write ({_brief(cause)}). Let its owner grant it, or name "
                "another database in library.toml."
            )
        case _, "53100":
            return DiskFullError(
                f"No space is left on the disk of the database {url}. What was saved is safe; free some space on the "
                "server, and run the command again: it goes on from there."
            )
        case _, "55P03" | "40P01":
            return LibraryLockedError(
                f"The library {folder} was busy for {BUSY_S:.0f} seconds: another process writes to {url}. Wait for "
                "it, or stop it."
            )
        case "XX", "XX001" | "XX002":
            return LibraryDamagedError(
                f"The database {url} is damaged ({_brief(cause)}). Restore it with pg_restore; your pictures are not "
                "touched."
            )
        case (("08" | "57" | "53"), _) | (_, "25P03"):  # the last: we were silent for too long inside a transaction
            return away(url, cause)
    return None


def _without_state(cause: BaseException, url: str) -> LeitmotivError | None:
    """Failures before there was a server to give a state: psycopg tells these by their text alone."""
    if type(cause).__name__ not in ("OperationalError", "ConnectionTimeout", "InterfaceError"):
        return None
    text = str(cause)
    if "password" in text or "authentication" in text or "no pg_hba.conf entry" in text or "role " in text:
        return PermissionDeniedError(f"The database {url} does not let this user in ({_brief(cause)}). {_PASSWORD}")
    if "does not exist" in text and "database" in text:
        return NotALibraryError(f"There is no database {url}. Make it: {making(url)}")
    return away(url, cause)


def making(url: str) -> str:
    """The command that makes the database of a URL, or another one beside it: on its server, by its user, for any text.

    The first template of a server may have another encoding, which only `template0` lets one change.
    """
    found = urlsplit(url)
    beside = {key: values[0] for key, values in parse_qs(found.query).items()}
    where = {
        "--host": found.hostname or beside.get("host"),
        "--port": found.port or beside.get("port"),
        "--username": found.username or beside.get("user"),
    }
    options = [f"{key}={unquote(str(value))}" for key, value in where.items() if value]
    name = unquote(found.path.lstrip("/")) or "NAME"
    return shlex.join(["createdb", *options, "--encoding=UTF8", "--template=template0", name])


def _is_error(value: object) -> bool:
    return isinstance(value, BaseException)


def _brief(why: object) -> str:
    """The last line that tells something."""
    lines = [line.strip() for line in str(why).splitlines() if line.strip()]
    return (lines[-1] if lines else "no reason was given").rstrip(".")
