"""`leitmotiv board train`, `rank`, `crop`, `inspect`, `export` and `import`."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leitmotiv.cli.progress import bars
from leitmotiv.cli.verbs import Verb, finish, note, printable, session, settings, show, tell_failures

if TYPE_CHECKING:
    from leitmotiv.records import Board, Concept, Crop, Ranking
    from leitmotiv.workflows.finding import Operation
    from leitmotiv.workflows.session import Session

_OUT = click.Path(path_type=Path, dir_okay=False)
at = click.option("--snapshot", type=click.IntRange(1), help="Of this training; of the current one if not given.")
force = click.option("--force", is_flag=True, help="Replace a file that is there.")


@click.command("train", cls=Verb)
@click.argument("board")
@click.option(
    "--method",
    type=click.Choice(["ridge", "sgd"]),
    default="ridge",
    show_default=True,
    help="sgd is cavlib's classifier, for comparison.",
)
@click.option("--name", default="", help="Of the snapshot.")
def train(board: str, method: str, name: str) -> None:
    """Have a board learn from what is on it; keeps a snapshot."""
    from leitmotiv.web import board_forms
    from leitmotiv.workflows import board_viewing, learning

    with session() as opened, bars() as report:
        found = named(opened, board)
        before = found.snapshot
        taught = learning.train(opened, found.id, method=method, name=name, report=report)
        same = board_viewing.same(opened, taught.board)
        form = board_forms.board(opened, taught.board) | {"left_out": taught.left_out}
    made = taught.board.snapshot
    assert made is not None  # train makes it the current one
    counts = f"{made.on('positive')} that it is, {made.on('negative')} that it is not"
    quality = "" if made.quality is None else f"; one left out comes before {made.quality:.1%} of the library"
    show(form, lambda: f"{taught.board.name}: snapshot {made.id}, learnt from {counts}{quality}")
    if before is not None and not before.examples and before.id != made.id:
        note(
            f"Its concept was imported; this is a new one. `leitmotiv board restore --snapshot {before.id}` goes back."
        )
    if same:
        note(same)
    for image_id in taught.left_out:
        note(f"{image_id[:12]} was left out: it is gone, or `leitmotiv build-index` has still to look at it.")
    for image_id, strength in made.contradictions:
        note(f"{image_id[:12]} does not fit the others ({strength:.2f}).")


@click.command("rank", cls=Verb)
@click.argument("board")
@click.argument("folders", metavar="[FOLDER...]", nargs=-1, type=click.Path(path_type=Path))
@click.option("-n", "n", type=click.IntRange(1), default=20, show_default=True, help="How many.")
@click.option("--of", "of", default="", metavar="FILTERS", help="Only these pictures of the library.")
@click.option("--and", "also", metavar="BOARD", multiple=True, help="What this board means, too; may be repeated.")
@click.option("--or", "either", metavar="BOARD", multiple=True, help="Or what this board means; may be repeated.")
@click.option("--minus", metavar="BOARD", multiple=True, help="And not what this board means; may be repeated.")
@click.option("--own", is_flag=True, help="Print pictures of the board, too.")
@click.option("--paths", is_flag=True, help="Print paths only, one a line.")
@at
def rank(
    board: str,
    folders: tuple[Path, ...],
    n: int,
    of: str,
    also: tuple[str, ...],
    either: tuple[str, ...],
    minus: tuple[str, ...],
    own: bool,
    paths: bool,
    snapshot: int | None,
) -> None:
    """Print the pictures that fit best what BOARD learnt, of the library or of any FOLDER.

    BOARD may be a .cav file; with a FOLDER no library is needed then. Each line has the score (0 is the middle of the
    collection that it learnt in, 1 its board) and the path; of the library also the percentile, and how likely it
    belongs, which is only roughly calibrated.
    """
    joined: list[tuple[Operation, str]] = (
        [("and", one) for one in also] + [("or", one) for one in either] + [("minus", one) for one in minus]
    )
    if folders and (joined or of):
        raise click.UsageError("--and, --or, --minus and --of are for pictures of the library, not for folders.")
    if folders:
        _rank_folders(board, folders, n, paths, snapshot)
        return
    from leitmotiv.web import forms
    from leitmotiv.workflows import browse, finding

    with session() as opened, bars() as report:
        if joined:
            first = finding.Joined(board, snapshot=snapshot)
            terms = [first, *(finding.Joined(other, operation) for operation, other in joined)]
            ranking = finding.joined(opened, terms, text=of, n=n, own=own)
        elif _is_cav(board):
            asked = finding.Asked(_from_file(board), {"file": board}, frozenset())
            ranking = finding.ranked(opened, asked, text=of, n=n, report=report)
        else:
            ranking = finding.results(opened, board, snapshot, text=of, n=n, own=own, report=report)
        odd = browse.odd_paths(opened, ranking)
    if paths:
        click.echo(b"".join(odd.get(one.id, os.fsencode(one.path)) + b"\n" for one in ranking.results), nl=False)
    else:
        show(forms.ranking(ranking, odd), lambda: _lines(ranking))
    if not ranking.results:
        sys.exit(1)


def _lines(ranking: "Ranking") -> str:
    lines = []
    for one in ranking.results:
        likely = "   -" if one.probability is None else f"{one.probability:4.0%}"
        lines.append(f"{one.score:6.3f}  {one.percentile or 0:5.1f} %  {likely}  {printable(one.path)}")
    return "\n".join(lines)


def _rank_folders(board: str, folders: tuple[Path, ...], n: int, paths: bool, snapshot: int | None) -> None:
    from leitmotiv.workflows import outside
    from leitmotiv.workflows.session import Session

    # a concept from a file needs no library: this session never opens one
    opening = Session(settings(), create=False) if _is_cav(board) else session()
    with opening as opened, bars() as report:
        found, failed = outside.rank(opened, _concept(opened, board, snapshot), folders, report)
    shown = found[:n]
    form = {
        "schema": "leitmotiv.ranking/1",
        "measure": "board",
        "unit": "match",
        "order": "descending",
        "query": {"board": board, "folders": [str(folder) for folder in folders]},
        "results": [_file_form(one) for one in shown],
        "next": None,
        "failed": [{"path": path, "reason": reason} for path, reason in failed],
    }
    if paths:
        click.echo(b"".join(one.path + b"\n" for one in shown), nl=False)
    else:
        show(form, lambda: "\n".join(f"{one.score:6.3f}  {printable(os.fsdecode(one.path))}" for one in shown))
    tell_failures(failed)
    if not found and not failed:
        note("There is no picture in that folder.")
        sys.exit(1)
    finish(len(failed))


def _file_form(one: Any) -> dict[str, Any]:
    from leitmotiv.web import forms

    return {**forms.path(one.path), "score": one.score, "belongs": one.sure}


@click.command("crop", cls=Verb)
@click.argument("board")
@click.argument("image")
@click.option("-n", "n", type=click.IntRange(1, 12), default=4, show_default=True, help="How many at most.")
@click.option("-o", "--output", type=_OUT, metavar="FILE.jpg", help="Write the best one, in all its pixels.")
@click.option("--which", type=click.IntRange(1, 12), default=1, help="Write this one instead of the best.")
@at
@force
def crop(board: str, image: str, n: int, output: Path | None, which: int, snapshot: int | None, force: bool) -> None:
    """Print the crops of IMAGE that fit best what BOARD learnt, or write one as a JPEG.

    Each line has the score, by which they are ordered, the corner and the size in pixels of the original, and the
    proportions; the last line has the score of the whole picture by itself.
    """
    from leitmotiv.errors import UsageError
    from leitmotiv.workflows import browse, cropping, inspecting
    from leitmotiv.workflows.places import outside_photos, write_file

    with session() as opened:
        concept = _concept(opened, board, snapshot)
        one = browse.image(opened, browse.named(opened, image))
        found = inspecting.crops(opened, concept, one.id, max(n, which))
        alone = inspecting.whole_score(opened, concept, one.id)
        if output is not None:
            if which > len(found):
                raise UsageError(f"There are {len(found)} crops of this picture, and no number {which}.")
            write_file(outside_photos(opened, output), [cropping.cut(opened, one.id, found[which - 1])], force=force)
    listed = [{**vars(each), "pixels": _pixels(each, one.width, one.height)} for each in found[:n]]
    form = {"id": one.id, "crops": listed, "whole": alone, "file": None if output is None else str(output)}
    show(form, lambda: f"{_crop_lines(listed)}\n{alone:6.3f}  the whole picture, by itself")


def _pixels(one: "Crop", width: int, height: int) -> list[int]:
    return [round(one.x * width), round(one.y * height), round(one.width * width), round(one.height * height)]


def _crop_lines(listed: list[dict[str, Any]]) -> str:
    lines = []
    for one in listed:
        x, y, width, height = one["pixels"]
        lines.append(f"{one['score']:6.3f}  {width} x {height} at {x}, {y}  {one['aspect']}")
    return "\n".join(lines)


@click.command("inspect", cls=Verb)
@click.argument("board")
@click.argument("image")
@click.option("-o", "--output", type=_OUT, metavar="FILE.png", help="Write the heat map as a picture.")
@click.option("--tiles", is_flag=True, help="What each tile would score alone, as CAVstudio has it.")
@at
@force
def inspect(board: str, image: str, output: Path | None, tiles: bool, snapshot: int | None, force: bool) -> None:
    """Print where in IMAGE BOARD finds what it learnt: what each of 7 x 7 cells gives to the score.

    The cells are of the middle square that the network sees; together they are the cosine of the picture. With --tiles
    they are the mean of what the tiles about them would score as pictures of their own.
    """
    from leitmotiv.workflows import browse, inspecting
    from leitmotiv.workflows.places import outside_photos, write_file

    with session() as opened:
        concept = _concept(opened, board, snapshot)
        image_id = browse.named(opened, image)
        cells = (inspecting.tile_cells if tiles else inspecting.share_map)(opened, concept, image_id)
        if output is not None:
            drawn = inspecting.colour_heat(opened, concept, image_id, "tiles" if tiles else "share")
            write_file(outside_photos(opened, output), [drawn], force=force)
    form: dict[str, Any] = {"id": image_id, "kind": "tiles" if tiles else "share", "cells": cells.tolist()}
    form |= {} if tiles else {"sum": float(cells.sum())}
    show(
        form | {"file": None if output is None else str(output)},
        lambda: "\n".join("".join(f"{value:8.4f}" for value in row) for row in cells.tolist()),
    )


@click.command("export", cls=Verb)
@click.argument("board")
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path))
@at
@force
def export(board: str, target: Path, snapshot: int | None, force: bool) -> None:
    """Write a board, or what it learnt, to FILE: .cav, .json, .onnx or .html by its ending.

    .cav is for cavlib and other libraries; .onnx maps a picture of 224 x 224 pixels to its score; .html is the whole
    board as one page.
    """
    from leitmotiv.workflows import publishing
    from leitmotiv.workflows.places import outside_photos, write_file

    kind = publishing.as_kind(target.suffix)
    with session() as opened:
        whole = outside_photos(opened, target)
        data = publishing.written(opened, named(opened, board).id, kind, snapshot)
        size = write_file(whole, [data], force=force)
    show({"file": str(target), "bytes": size}, lambda: f"{target}: {size:,} bytes")


@click.command("import", cls=Verb)
@click.argument("file", metavar="FILE.cav", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", default="", help="Of the board; that of the file if not given.")
def import_(file: Path, name: str) -> None:
    """Make a board of a .cav file, from leitmotiv, cavlib or CAVstudio."""
    from leitmotiv.web import board_forms
    from leitmotiv.workflows import publishing

    with session() as opened:
        made = publishing.bring_in_file(opened, file, name)
        form = board_forms.board(opened, made)
    learnt = made.snapshots[0]
    show(form, lambda: f"{made.id:>4}  {made.name}  ({learnt.layer}, {learnt.method})")


COMMANDS = (train, rank, crop, inspect, export, import_)


def named(opened: "Session", board: str) -> "Board":
    """The board that an argument means."""
    from leitmotiv.workflows import boards

    return boards.get(opened, board)


def _is_cav(board: str) -> bool:
    """Whether a .cav file is meant; a name that ends so means one, and that it is not there is told as such."""
    return board.lower().endswith(".cav")


def _from_file(path: str) -> "Concept":
    from leitmotiv.workflows.concept_files import load_cav

    return load_cav(Path(path))


def _concept(opened: "Session", board: str, snapshot: int | None) -> "Concept":
    """What a board learnt, or what stands in a .cav file."""
    from leitmotiv.workflows import learning

    return _from_file(board) if _is_cav(board) else learning.concept_of(opened, named(opened, board), snapshot)
