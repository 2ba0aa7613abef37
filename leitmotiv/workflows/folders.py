"""Which folders of the disk a page may name: those that the person allowed, and nothing outside them."""

import os
from pathlib import Path

from leitmotiv.errors import FolderNotAllowedError, UsageError
from leitmotiv.workflows.session import Session

EXPORTS = "exports"


def allowed(session: Session, text: str, *, to_write: bool = False) -> Path:
    """The folder that a request names, if it lies in one that the person allowed.

    Links are followed before it is judged, so that none leads outside.

    Parameters
    ----------
    text : str
        Absolute.
    to_write : bool
        Whether something is written there; else the folders that the library was made from are allowed, too.

    Raises
    ------
    UsageError
        The path is not absolute or cannot be one.
    FolderNotAllowedError
        It lies elsewhere.
    """
    if not text or "\0" in text or not Path(text).is_absolute():
        raise UsageError(f"folder is {text!r}, but must be an absolute path.")
    try:
        folder = Path(os.path.realpath(text))
    except (OSError, ValueError) as error:
        raise UsageError(f"folder is {text!r}, which is no path.") from error
    for root in roots(session, to_write=to_write):
        if folder.is_relative_to(os.path.realpath(root)):
            return folder
    raise FolderNotAllowedError(
        f"Pages may not use the folder {text}. Allow it where leitmotiv is started: --allow-folder {text}, or the "
        "setting allowed_folders."
    )


def roots(session: Session, *, to_write: bool = False) -> list[Path]:
    """The folders in which those lie that a page may name."""
    own = [session.settings.library / EXPORTS] if to_write else _known(session)
    return [*session.settings.allowed_folders, *own]


def _known(session: Session) -> list[Path]:
    return [Path(os.fsdecode(path)) for path, _, _ in session.library.folders.list()]
