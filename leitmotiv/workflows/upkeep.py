"""Keeping a library in order: forgetting pictures, moving folders; nothing here touches a picture's file."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from leitmotiv.errors import ImageNotFoundError
from leitmotiv.records import Image
from leitmotiv.workflows.progress import Report
from leitmotiv.workflows.session import Session


def forget(session: Session, names: Sequence[str], *, missing: bool = False, dry_run: bool = False) -> list[Image]:
    """Remove pictures from the library; those whose files are still there stay away when their folder is added again.

    Parameters
    ----------
    names : sequence of str
        Ids, unique prefixes, or paths.
    missing : bool
        Also every picture whose files are gone from a folder that is there.

    Returns
    -------
    list of Image
        What was, or with `dry_run` would be, forgotten.

    Raises
    ------
    ImageNotFoundError
        A name that fits no picture; then nothing is forgotten.
    """
    library = session.library
    chosen = {image.id: image for image in (_named(session, name) for name in names)}
    if missing:
        images = library.images.many(library.images.ids(all=True))
        chosen.update({image.id: image for image in images if image.state == "missing"})
    if chosen and not dry_run:
        with library.writer("forgetting pictures"):
            indexed, old, made_from = library.clusters.indexed(), library.clusters.get(), library.clusters.digest()
            with library.transaction():
                files = library.files.holding(list(chosen))
                library.images.forget(list(chosen))
                for file in files:
                    if file.state != "missing":
                        library.files.put(replace(file, image_id=None, state="forgotten"))
            # one that only joined the trends since goes with its picture
            grouped = indexed is not None and not set(chosen).isdisjoint(indexed.ids)
            if grouped and old is not None and made_from is not None:
                from leitmotiv.workflows.index import regroup

                regroup(session, old, made_from)
    return list(chosen.values())


def _named(session: Session, name: str) -> Image:
    by_path = session.library.images.find_path(os.fsencode(os.path.abspath(name)))
    if by_path is not None:
        return by_path
    if os.sep in name:
        raise ImageNotFoundError(f"No picture of the library lies at {name}.")
    return session.library.images.get(name)


def relocate(session: Session, old: Path, new: Path) -> int:
    """Change the folder of every file under `old` to `new`; returns how many. Those that are there count as present."""
    library = session.library
    before, after = (os.fsencode(os.path.abspath(folder)) for folder in (old, new))
    with library.writer("relocating a folder"):
        with library.transaction():
            moved = library.files.relocate(before, after)
            away = [file for file in library.files.known([after]).values() if file.state in ("missing", "offline")]
            library.files.set_state([file.path for file in away if os.path.lexists(file.path)], "present")
        place(session)
    return moved


def place(session: Session, *, report: Report | None = None) -> int:
    """Let pictures that no trend has yet join the nearest: new ones, and those that came back; returns how many.

    What compares them is imported only where there are any.
    """
    library = session.library
    if library.clusters.digest() is None:
        return 0
    with library.writer("placing new pictures"):
        if not library.clusters.unplaced():
            return 0
        from leitmotiv.workflows.placing import place_new

        return place_new(session, report=report)
