"""Small pictures as eyes see them, as files beside the arrays: they can be made again at any time."""

import re
import secrets
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from leitmotiv.store.explain import from_system
from leitmotiv.store.forgotten import BEGINNING

NAME = re.compile("[a-z0-9][a-z0-9-]*")


class Sights:
    """The folder `arrays/sights` of a library; reached as `library.sights`.

    A folder for each pair of eyes has one for what they are now; what they saw as they were before goes with the first
    picture that is kept of them as they are.

    Parameters
    ----------
    folder : Path
    follow : callable
        Called before a picture is looked for: it lets this machine forget what another one forgot.
    """

    def __init__(self, folder: Path, follow: Callable[[], None] = lambda: None) -> None:
        self._folder = folder
        self._follow = follow

    def get(self, eyes_id: str, version: str, image_id: str) -> bytes | None:
        """A picture through eyes, or None where it is not there."""
        self._follow()
        try:
            return self._path(eyes_id, version, image_id).read_bytes()
        except OSError:
            return None

    def put(self, eyes_id: str, version: str, image_id: str, data: bytes) -> None:
        """Keep a picture; a reader finds all of it or nothing.

        Raises
        ------
        DiskFullError, PermissionDeniedError
        """
        path = self._path(eyes_id, version, image_id)
        part = path.with_name(f"{path.name}-{secrets.token_hex(4)}.part")
        try:
            if not path.parent.parent.is_dir():
                self.forget_eyes(eyes_id)
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(data)
            part.replace(path)
        except OSError as error:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise from_system(error, self._folder) or error from error

    def forget_eyes(self, eyes_id: str) -> None:
        """Remove all that a pair of eyes saw."""
        shutil.rmtree(self._folder / _plain(eyes_id), ignore_errors=True)

    def forget(self, ids: Sequence[str]) -> None:
        """Pictures that are forgotten are seen by nobody; of their ids, the beginning that is kept will do."""
        gone = {image_id[:BEGINNING] for image_id in ids}
        with suppress(OSError):
            for version in [found for eyes in self._folder.iterdir() for found in eyes.iterdir()]:
                for part in {beginning[:2] for beginning in gone}:
                    for path in (version / part).iterdir() if (version / part).is_dir() else ():
                        if path.name[:BEGINNING] in gone:
                            path.unlink(missing_ok=True)

    def _path(self, eyes_id: str, version: str, image_id: str) -> Path:
        return self._folder / _plain(eyes_id) / _plain(version) / _plain(image_id)[:2] / image_id


def _plain(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} cannot be the name of a file here.")
    return name
