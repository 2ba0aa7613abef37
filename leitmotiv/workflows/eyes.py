"""Eyes: made of any selection, and looked through; what they are shown is the same in making and ever after."""

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from leitmotiv.analysis import transport
from leitmotiv.errors import EyesError, ImageReadError, UsageError
from leitmotiv.imaging import read as reading
from leitmotiv.imaging.square import middle_square
from leitmotiv.records import Eyes, EyeWay, Image, Pairs, Partial, Pixels
from leitmotiv.workflows import boards, eye_names, seeking
from leitmotiv.workflows.lookers import PALETTE, PICTURES, Looker, Seen, column, looker, see
from leitmotiv.workflows.partial import WHOLE, check, glimpse
from leitmotiv.workflows.progress import Pace, Report
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.terms import OfBoard

__all__ = ["Looker", "Seen", "chosen", "get", "listed", "looker", "make", "see", "squares", "training_pairs"]

WAYS: tuple[EyeWay, ...] = ("patches", "palette", "network")
SIDES = (32, 48, 64, 96, 128, 192, 256)
USUAL_SIDE = 64
FEWEST = 2
"""Pictures that patches are taken of, at least."""
MOST = 400
"""Pictures that patches and palettes are taken of, at most: the best of a selection."""
ALL = 100_000
NOT_BY_CHANCE = 60
"""Pictures that are taken where a search finds nothing that parts from chance."""
LEAST_TAUGHT = 20
"""Pictures that a network learns from, at least."""
MOST_TAUGHT = 2_000
"""Pictures that a network learns from, at most: all of them are in memory. Of more, so many are drawn by lot."""
HELD_OUT = 20
PHASE = "Making eyes"


def listed(session: Session) -> list[Eyes]:
    """All eyes of the library, the last made first."""
    return session.library.eyes.list()


def get(session: Session, name: str) -> Eyes:
    """Eyes by their id, or by their name where only one pair has it.

    Raises
    ------
    NotFoundError, EyesError
    """
    with suppress(UsageError):
        if session.library.eyes.path(name).is_dir():
            return session.library.eyes.get(name)
    same = [one for one in listed(session) if one.name.casefold() == name.casefold()]
    if len(same) > 1:
        raise UsageError(f"{len(same)} pairs of eyes are called {name!r}. Name one: {', '.join(e.id for e in same)}.")
    return same[0] if same else session.library.eyes.get(session.library.eyes.free(name[:80]))


def rename(session: Session, id: str, name: str) -> Eyes:
    """Call eyes something else; their id stays.

    Raises
    ------
    NotFoundError, UsageError, LibraryLockedError
    """
    if not (plain := " ".join(name.split())[:80]):
        raise UsageError("A name must have a letter.")
    with session.library.writer("renaming eyes"):
        return session.library.eyes.rename(id, plain)


def remove(session: Session, id: str) -> None:
    """Remove eyes with all their parts; the pictures stay.

    Raises
    ------
    NotFoundError
    LibraryLockedError
        They are being trained, or another process is writing.
    """
    with session.library.writer("removing eyes"), session.library.eyes.hold(id, "removing them"):
        session.library.eyes.remove(id)
        session.library.sights.forget_eyes(id)


def make(
    session: Session,
    name: str,
    query: str,
    *,
    way: EyeWay = "patches",
    partial: Partial | None = None,
    side: int = USUAL_SIDE,
    seed: int = 0,
    report: Report | None = None,
) -> Eyes:
    """Make eyes that need no training of a selection, and keep them.

    Parameters
    ----------
    query : str
        In the language of searches; of more than `MOST` pictures the best are taken.
    way : str
        "patches" or "palette".
    partial : Partial, optional
        What they are shown: edges without it, all of a picture for a palette.

    Raises
    ------
    EyesError
        Too few pictures.
    UsageError, NotFoundError, NoIndexError, MissingExtraError
        The selection cannot be read or made.
    DiskFullError, PermissionDeniedError, LibraryLockedError
    """
    if way not in ("patches", "palette"):
        raise UsageError(f"way is {way!r}, but must be patches or palette; a network is trained.")
    known = check(partial or (Partial("whole") if way == "palette" else Partial()))
    if way == "patches" and known.kind == WHOLE:
        raise UsageError("Patches are found by a part of a picture: name edges, regions or another kind.")
    check_side(side)
    began = time.monotonic()
    ids = chosen(session, query)
    pixels, kept, small = squares(session, ids, side, most=MOST, report=report)
    if len(kept) < FEWEST:
        raise EyesError(_too_few(query, len(ids), len(kept), small, side, FEWEST))
    files = {PICTURES: column(pixels)} if way == "patches" else {PALETTE: _palette(session, kept)}
    card: dict[str, Any] = {
        "found": len(ids),
        "pictures": len(kept),
        "too_small": small,
        "seed": seed,
        "seconds": round(time.monotonic() - began, 2),
        "limits": [*_by_chance(session, query, len(ids)), *_limits(way, known, len(ids), len(kept), small)],
    }
    eyes = Eyes("", eye_names.called(session, name, query), way, known, side, datetime.now(UTC))
    with session.library.writer("keeping eyes"):
        eyes = replace(eyes, id=session.library.eyes.free(eyes.name), query=query, pictures=kept, card=card)
        session.library.eyes.put(eyes, files)
    return eyes


def check_side(side: int) -> int:
    """The same, where eyes can be of this size.

    Raises
    ------
    UsageError
    """
    if side not in SIDES:
        raise UsageError(f"side is {side}, but must be one of {', '.join(map(str, SIDES))}.")
    return side


def chosen(session: Session, query: str) -> tuple[str, ...]:
    """Ids of the pictures of a selection, the best first: filters, a search up to where chance begins, a board.

    Pictures that are on a board, and those that a query names, are what it means best: they come first.

    Raises
    ------
    UsageError, NotFoundError, NoIndexError, MissingExtraError
    """
    found = seeking.search(session, query, n=ALL)
    ids = [one.id for one in found.results]
    if found.terms and not found.cut:
        ids = ids[:NOT_BY_CHANCE]
    own = []
    for term in seeking.read(session, query).terms:
        if isinstance(term.wanted, OfBoard) and term.weight > 0:
            board = boards.get(session, term.wanted.board)
            there = {one.id for one in session.library.images.many([one.id for one in board.side("positive")])}
            own += [one.id for one in board.side("positive") if one.id in there]
    return tuple(dict.fromkeys([*own, *ids]))


def by_chance(session: Session, query: str) -> bool:
    """Whether a selection is only what comes nearest to what is looked for, as nothing stands out."""
    found = seeking.search(session, query, n=1)
    return bool(found.terms and found.results) and not found.cut


def _by_chance(session: Session, query: str, count: int) -> list[str]:
    if not by_chance(session, query):
        return []
    return [f"Nothing stands out for {query!r}: it was made of the {counted(count)} that come nearest."]


def squares(
    session: Session, ids: Sequence[str], side: int, *, most: int | None = None, report: Report | None = None
) -> tuple[Pixels, tuple[str, ...], int]:
    """The middle squares of pictures, (N, S, S, 3) uint8, the ids of these, and how many were smaller than that.

    Those that cannot be read are passed over.
    """
    found: list[Pixels] = []
    kept: list[str] = []
    small = 0
    pace = Pace()
    total = min(len(ids), most or len(ids))
    for image in _images(session, ids):
        if most is not None and len(kept) >= most:
            break
        if min(image.width, image.height) < side:
            small += 1
            continue
        with suppress(ImageReadError):
            found.append(middle_square(_pixels(session, image, side), side))
            kept.append(image.id)
        if report is not None:
            report(pace.step(PHASE, len(kept), total))
    pixels = np.stack(found) if found else np.zeros((0, side, side, 3), np.uint8)
    return pixels, tuple(kept), small


def training_pairs(
    session: Session,
    query: str,
    partial: Partial,
    side: int,
    seed: int = 0,
    held_out: int = HELD_OUT,
    report: Report | None = None,
    most: int = MOST_TAUGHT,
) -> Pairs:
    """What a network learns from, and what is held out: the same pictures for the same seed, however many there are.

    Of a selection with more than `most` pictures, and those that are held out, so many are drawn by lot.

    Raises
    ------
    EyesError
        Too few pictures; the text offers patches.
    UsageError, NotFoundError, NoIndexError, MissingExtraError
    """
    check(partial)
    check_side(side)
    ids = chosen(session, query)
    most += held_out
    drawn = ids if len(ids) <= most else sorted(ids, key=lambda one: _lot(seed, one))
    pixels, kept, small = squares(session, drawn, side, most=most, report=report)
    apart = min(held_out, len(kept) // 5)
    if len(kept) - apart < LEAST_TAUGHT:
        least = next(n for n in range(LEAST_TAUGHT, 1000) if n - min(held_out, n // 5) >= LEAST_TAUGHT)
        text = _too_few(query, len(ids), len(kept), small, side, least)
        raise EyesError(f"{text} Patches need only {FEWEST}: leitmotiv eyes make {query!r}, or way patches.")
    order = sorted(range(len(kept)), key=lambda row: _lot(seed, kept[row]))
    shown = np.stack([glimpse(one, partial, seed=seed).pixels for one in pixels])
    held, taught = sorted(order[:apart]), sorted(order[apart:])
    return Pairs(
        shown[taught],
        pixels[taught],
        tuple(kept[row] for row in taught),
        shown[held],
        pixels[held],
        tuple(kept[row] for row in held),
        0 if len(ids) <= most else len(ids),
    )


def _lot(seed: int, image_id: str) -> bytes:
    return hashlib.sha256(f"{seed} {image_id}".encode()).digest()


def pixels_of(session: Session, image_id: str, side: int) -> Pixels:
    """Pixels of a picture of the library, its short side at `side` or more where it has as many.

    Raises
    ------
    ImageNotFoundError, ImageReadError
    """
    return _pixels(session, session.library.images.get(image_id), side)


def _palette(session: Session, ids: Sequence[str]) -> bytes:
    colours = transport.colours_of(session.library.mixtures.many(ids))
    form = {name: getattr(colours, name).tolist() for name in ("weights", "means", "covariances")}
    return json.dumps(form).encode()


def _images(session: Session, ids: Sequence[str]) -> Iterator[Image]:
    for start in range(0, len(ids), 200):
        there = {image.id: image for image in session.library.images.many(ids[start : start + 200])}
        yield from (there[one] for one in ids[start : start + 200] if one in there)


def _pixels(session: Session, image: Image, side: int) -> Pixels:
    """From the thumbnail where that is large enough; else from the file, else from the thumbnail all the same."""
    short, long = max(1, min(image.width, image.height)), max(image.width, image.height)
    if 512 * short < side * long:
        for path in image.paths:
            with suppress(ImageReadError):
                size = -(-side * long // short)
                return reading.read_pixels(path, max_size=size, max_megapixels=session.settings.max_megapixels)
    try:
        return reading.decoded(session.library.images.thumbnail(image.id, 512))
    except OSError as error:
        raise ImageReadError(image.path or image.id, "its file is away, and its thumbnail is damaged") from error


def counted(count: int) -> str:
    """So many pictures, in words."""
    return f"{count:,} picture{'' if count == 1 else 's'}"


def _too_few(query: str, found: int, kept: int, small: int, side: int, least: int) -> str:
    text = f"{query!r} has {counted(found)}" if query else f"The library has {counted(found)}"
    if kept < found:
        text += f", of which {kept:,} can be used"
    if small:
        text += f" ({small:,} are smaller than {side} pixels)"
    return f"{text}; {least} are needed."


def _limits(way: EyeWay, partial: Partial, found: int, kept: int, small: int) -> list[str]:
    limits = ["It sees the middle square of a picture."]
    if way == "palette":
        limits.append("It changes colours only: shapes stay as they are.")
    else:
        limits.append("It knows no more than patches of its pictures, and lays them side by side.")
        if kept < 20:
            limits.append(f"{kept} pictures are few: the same patches will come again and again.")
    if found > kept + small:
        limits.append(f"Of {found:,} pictures of the selection, the first {kept:,} that can be used were taken.")
    if small:
        limits.append(f"{small:,} pictures were smaller than its side, and left out.")
    if partial.kind == "regions" and partial.colours == "random":
        limits.append("A colour that it is shown means nothing: it cannot know sky from sea.")
    return limits
