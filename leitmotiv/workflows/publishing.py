"""Mood boards in and out: concepts as .cav, JSON and ONNX files, a board as one HTML file, and .cav files taken in."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from leitmotiv.errors import BoardError, ImageNotFoundError, LayerError, UsageError
from leitmotiv.formats import board_page
from leitmotiv.formats.board_page import PagePicture
from leitmotiv.records import Board, BoardExample, Snapshot
from leitmotiv.workflows import finding
from leitmotiv.workflows.boards import change, create, free_name, get
from leitmotiv.workflows.concept_files import from_cav, load_cav, to_json
from leitmotiv.workflows.concept_models import to_onnx
from leitmotiv.workflows.learning import concept_of, data_of, snapshot_of
from leitmotiv.workflows.session import Session

Kind = Literal["cav", "json", "onnx", "html"]
MEDIA: dict[Kind, str] = {
    "cav": "application/octet-stream",
    "json": "application/json",
    "onnx": "application/octet-stream",
    "html": "text/html",
}
SHOWN = 60
"""Results on the page of a board."""


def as_kind(text: str) -> Kind:
    """The kind of a file by its ending.

    Raises
    ------
    UsageError
        There is none of this name.
    """
    kind = text.lower().removeprefix(".")
    if kind not in MEDIA:
        raise UsageError(f"A board is exported as {', '.join(MEDIA)}, not as {text[:20]!r}.")
    return kind


def written(session: Session, board: int | str, kind: Kind, snapshot: int | None = None) -> bytes:
    """A board or what it learnt, as a file.

    A .cav file that was taken in comes out byte by byte as it was.

    Raises
    ------
    NotFoundError
        There is no such board or snapshot; only the page needs no training.
    LayerError
        As ONNX only concepts go that see the backbone's pooled layer.
    """
    found = get(session, board)
    if kind == "html":
        return page(session, found, snapshot)
    made = snapshot_of(found, snapshot)
    if kind == "cav":
        return data_of(session, made.concept)
    concept = concept_of(session, found, made.id)
    if kind == "onnx":
        return to_onnx(concept, found.name)
    told = to_json(concept) | {"name": found.name, "snapshot": made.name, "made": made.made.isoformat()}
    return json.dumps(told, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n"


def page(session: Session, board: Board, snapshot: int | None = None) -> bytes:
    """A board as one HTML file, with what its concept finds where there is one; it holds no path and no file name."""
    made = snapshot_of(board, snapshot) if snapshot is not None else board.snapshot
    examples = board.examples if made is None or made.id == board.current else made.examples
    results: list[PagePicture] = []
    if made is not None:
        try:
            ranking = finding.results(session, board.id, made.id, n=SHOWN)
        except (BoardError, LayerError):
            pass  # another network, or too much for a page to wait for: the board is shown without what it finds
        else:
            results = [
                PagePicture(_seen(session, one.id, 512 if place < board_page.LARGE else 256), f"{one.score:.2f}")
                for place, one in enumerate(ranking.results)
            ]
    return board_page.written(
        board.name,
        board.words,
        _facts(board, made),
        _pictures(session, examples, "positive"),
        _pictures(session, examples, "negative"),
        results,
        b"" if made is None else data_of(session, made.concept),
    )


def bring_in(session: Session, data: bytes, name: str = "") -> Board:
    """Make a board of a .cav file: without pictures, with the concept as its snapshot.

    Parameters
    ----------
    name : str
        Of the board; a number is put behind it where it is taken.

    Raises
    ------
    CavFileError
        It is no such file, or a damaged one; nothing was made.
    UsageError
        The name is too long.
    """
    concept = from_cav(data)
    with session.library.transaction():
        library = session.library.boards
        made = create(session, free_name(session, " ".join(name.replace('"', " ").split()) or "Imported concept"))
        snapshot = Snapshot(
            id=library.next_snapshot_id(),
            board=made.id,
            name="imported",
            made=datetime.now(UTC),
            concept=library.put_concept(data),
            layer=concept.layer,
            method=concept.method,
            quality=concept.quality,
        )
        return change(
            session,
            made.id,
            lambda before: replace(before, snapshots=(snapshot,), current=snapshot.id),
            "a concept taken in as board {name}",
        )


def bring_in_file(session: Session, path: Path, name: str = "") -> Board:
    """As `bring_in`, from a file, whose name the board gets without another one.

    Raises
    ------
    CavFileError, UsageError
    """
    load_cav(path)  # refuses what is too large before it is read
    return bring_in(session, path.read_bytes(), name or path.stem)


def _pictures(session: Session, examples: tuple[BoardExample, ...], side: str) -> list[PagePicture]:
    chosen = [one for one in examples if one.side == side]
    handed = session.library.boards.pictures([one.id for one in chosen])

    weights = ("" if one.weight == 1 else f"× {one.weight:.2g}" for one in chosen)
    pictures = (handed[one.id].data if one.id in handed else _seen(session, one.id, 256) for one in chosen)
    return [PagePicture(data, note) for data, note in zip(pictures, weights, strict=True)]


def _seen(session: Session, image_id: str, size: int) -> bytes:
    """A small picture; empty where there is none any more."""
    try:
        return session.library.images.thumbnail(image_id, size)
    except ImageNotFoundError:
        return b""


def _facts(board: Board, made: Snapshot | None) -> list[str]:
    facts = [f"{board.changed:%d %B %Y}".lstrip("0")]
    if made is not None:
        facts.append(f"learnt from {made.on('positive')} that it is and {made.on('negative')} that it is not")
        if made.quality is not None:
            facts.append(f"a picture left out comes before {made.quality:.1%} of the collection")
    return facts
