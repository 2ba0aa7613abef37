"""Pairs in pix2pix's own form, out and in: what eyes are shown beside what is there, for tools made elsewhere."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from leitmotiv.errors import EyesError, UsageError
from leitmotiv.imaging import pairs
from leitmotiv.imaging import read as reading
from leitmotiv.imaging.pairs import Direction
from leitmotiv.records import Eyes, Pairs, Partial
from leitmotiv.workflows import eyes as looking
from leitmotiv.workflows import lookers
from leitmotiv.workflows.partial import check
from leitmotiv.workflows.places import outside_photos, write_file
from leitmotiv.workflows.progress import Report
from leitmotiv.workflows.session import Session

DIRECTIONS: tuple[Direction, ...] = ("BtoA", "AtoB")
SIDE = 256
"""What pix2pix is usually trained at."""
TRAIN, TEST = "train", "val"
"""Folders of what is learnt from and of what is held out, as the usual tools have them."""


NOTE, SCHEMA = "pairs.json", "leitmotiv.pairs/1"
"""Beside the pairs, what they are: what is shown of the pictures, and which half is learnt."""


@dataclass(frozen=True)
class Written:
    """What an export wrote.

    Attributes
    ----------
    folder : Path
    taught, held : int
        Pairs to learn from, and held out.
    drawn_from : int
        Pictures of the selection that these were drawn from by lot; 0 where all that can be used are here.
    """

    folder: Path
    taught: int
    held: int
    drawn_from: int = 0


def write(
    session: Session,
    query: str,
    folder: Path,
    *,
    partial: Partial | None = None,
    side: int = SIDE,
    direction: Direction = "BtoA",
    seed: int = 0,
    held_out: int = looking.HELD_OUT,
    most: int = looking.MOST_TAUGHT,
    force: bool = False,
    report: Report | None = None,
) -> Written:
    """Write the pairs of a selection into `train` and `val` of a folder, named after folder and file as usual.

    Of a selection with more than `most` pictures, and those that are held out, so many are drawn by lot.

    Raises
    ------
    EyesError
        Too few pictures.
    UsageError
        The folder is one of photos, or a file is there already.
    """
    whole = outside_photos(session, folder)
    known = check(partial or Partial())
    made = looking.training_pairs(session, query, known, side, seed, held_out, report, most)
    taken: set[str] = set()
    for part, ids, xs, ys in ((TRAIN, made.ids, made.x, made.y), (TEST, made.held_ids, made.held_x, made.held_y)):
        try:
            (whole / part).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"The folder {folder} cannot be made: {error.strerror}.") from error
        names = {one.id: Path(one.path) for one in session.library.images.many(ids)}
        for image_id, x, y in zip(ids, xs, ys, strict=True):
            path = names.get(image_id, Path(image_id))
            name = pairs.file_name(path.parent.name, path.name or image_id)
            if name in taken:
                name = pairs.file_name(path.parent.name, f"{path.stem}-{image_id[:12]}")
            taken.add(name)
            write_file(whole / part / name, [reading.encode(pairs.joined(x, y, direction), "PNG")], force=force)
    note = {"schema": SCHEMA, "shown": known.as_json(), "direction": direction, "side": side, "seed": seed}
    write_file(whole / NOTE, [(json.dumps(note, indent=2) + "\n").encode()], force=force)
    return Written(whole, len(made.ids), len(made.held_ids), made.drawn_from)


def read(folder: Path, side: int, direction: Direction = "BtoA") -> Pairs:
    """The pairs of a folder; those in a folder `val` or `test` of it are held out.

    Raises
    ------
    UsageError
        There is no such folder, or no pair in it.
    ImageReadError
        A file is no pair.
    """
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}.")
    found = list(pairs.each(folder, side, direction))
    if not found:
        raise UsageError(f"{folder} has no pairs: JPEG or PNG files, each twice as wide as high.")
    apart = [bool({TEST, "test"} & set(path.relative_to(folder).parts[:-1])) for path, _, _ in found]
    parts: list[Any] = []
    for wanted in (False, True):
        rows = [row for row, held in zip(found, apart, strict=True) if held is wanted]
        empty = np.zeros((0, side, side, 3), np.uint8)
        parts += [
            np.stack([x for _, x, _ in rows]) if rows else empty,
            np.stack([y for _, _, y in rows]) if rows else empty,
        ]
        parts.append(tuple(path.name for path, _, _ in rows))
    taught_x, taught_y, taught, held_x, held_y, held = parts
    return Pairs(taught_x, taught_y, taught, held_x, held_y, held)


def _noted(folder: Path) -> tuple[Partial | None, Direction | None]:
    """What an export noted beside its pairs; nothing where there is no note."""
    path = folder / NOTE
    if not path.is_file():
        return None, None
    try:
        form = json.loads(path.read_bytes())
        if form["schema"] != SCHEMA or form["direction"] not in DIRECTIONS:
            raise ValueError(form["schema"])
        return check(Partial.from_json(form["shown"])), form["direction"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, UsageError) as error:
        raise EyesError(f"{path} cannot be read. Say what the pairs are with --shown and --direction.") from error


def imported(
    session: Session,
    folder: Path,
    name: str = "",
    *,
    partial: Partial | None = None,
    side: int = looking.USUAL_SIDE,
    direction: Direction | None = None,
    seed: int = 0,
) -> Eyes:
    """Make patch eyes of pairs that were made elsewhere: what is shown of their pictures is what the pairs say.

    Parameters
    ----------
    partial : Partial, optional
        What the eyes are shown of other pictures; it should be what the pairs were made with. By default what an export
        noted beside them, else edges.
    direction : str, optional
        By default what an export noted, else "BtoA".

    Raises
    ------
    EyesError, UsageError, ImageReadError
    """
    noted = (None, None) if partial and direction else _noted(folder)
    known = check(partial or noted[0] or Partial())
    looking.check_side(side)
    made = read(folder, side, direction or noted[1] or "BtoA")
    if len(made.y) < looking.FEWEST:
        raise EyesError(f"{folder} has {len(made.y)} pairs; {looking.FEWEST} are needed.")
    x, y = made.x[: looking.MOST], made.y[: looking.MOST]
    card = {
        "pictures": len(y),
        "pairs": len(made.y) + len(made.held_y),
        "seed": seed,
        "limits": [
            "It was made of pairs from elsewhere: what it is shown of them may differ from what it is shown of others."
        ],
    }
    eyes = Eyes("", " ".join(name.split())[:80] or folder.name, "patches", known, side, datetime.now(UTC), "", (), card)
    with session.library.writer("keeping eyes"):
        eyes = replace(eyes, id=session.library.eyes.free(eyes.name))
        session.library.eyes.put(eyes, {lookers.PICTURES: lookers.column(y), lookers.SHOWN: lookers.column(x)})
    return eyes
