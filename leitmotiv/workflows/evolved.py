"""What an evolution comes to: sheets of its rounds, the strip of winners, and files in a folder."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from leitmotiv.analysis import evolution
from leitmotiv.errors import UsageError
from leitmotiv.imaging import read as reading
from leitmotiv.imaging import tile_sheet
from leitmotiv.imaging.tile_sheet import Tile
from leitmotiv.records import Round, Run
from leitmotiv.workflows import designing
from leitmotiv.workflows.places import outside_photos, write_file
from leitmotiv.workflows.session import Session

COLUMNS = 8
TILE = 168


def in_order(one: Round) -> list[int]:
    """The designs of a round, the best first."""
    return [int(row) for row in np.argsort(-one.scores, kind="stable")]


def best(rounds: Sequence[Round]) -> tuple[int, int]:
    """The design (round, row) that a run comes to."""
    return evolution.champion(rounds)


def sheet(session: Session, run: Run, one: Round) -> bytes:
    """A round as PNG, eight in a row, the best first: twins faded, the winner framed."""
    tiles = []
    for row in in_order(one):
        twin = one.twins[row] >= 0
        tiles.append(
            Tile(
                _small(session, run, one, row),
                f"{one.scores[row]:.2f}",
                "twin" if twin else f"± {one.bands[row]:.2f}",
                framed=row == one.chosen or row in one.picks,
                faded=twin,
            )
        )
    title = (
        f"{designing.KINDS[run.design].title}, round {one.number + 1} of {run.rounds}, by {run.critic}, seed {run.seed}"
    )
    return tile_sheet.paint(tiles, COLUMNS, title + (", greedy" if run.greedy else ""))


def strip(session: Session, run: Run, rounds: Sequence[Round]) -> bytes:
    """The winners as PNG, one a round; those that a person chose say so."""
    tiles = [
        Tile(
            _small(session, run, one, one.chosen),
            f"{one.number + 1}",
            ("chosen " if one.picks else "") + f"{one.scores[one.chosen]:.2f}",
            tile_sheet.MARK,
            framed=bool(one.picks),
        )
        for one in rounds
    ]
    return tile_sheet.paint(tiles, max(1, min(10, len(tiles))))


def told(run: Run, rounds: Sequence[Round]) -> dict[str, Any]:
    """A run as JSON has it, with the genomes of its winners."""
    where, row = evolution.champion(rounds) if rounds else (-1, -1)
    return {
        "run": run.id,
        "design": run.design,
        "critic": run.critic,
        "seed": run.seed,
        "rounds": run.rounds,
        "batch": run.batch,
        "greedy": run.greedy,
        "best": None if where < 0 else _design(rounds[where], row),
        "winners": [_design(one, one.chosen) | {"by": "person" if one.picks else run.critic} for one in rounds],
        "judged": sum(one.fresh for one in rounds),
    }


def _design(one: Round, row: int) -> dict[str, Any]:
    return {
        "round": one.number,
        "place": row,
        "score": float(one.scores[row]),
        "band": float(one.bands[row]),
        "genome": one.genomes[row].tolist(),
    }


def write(session: Session, run: Run, rounds: Sequence[Round], folder: Path, *, force: bool = False) -> list[Path]:
    """Write a run into a folder: a sheet a round, the strip of winners, each winner and the best as SVG and PNG.

    Raises
    ------
    UsageError
        A file is there already and `force` is false, the folder is one of photos, or there is no round yet.
    DiskFullError, PermissionDeniedError
    """
    if not rounds:
        raise UsageError(f"Evolution {run.id} has no round yet.")
    whole = outside_photos(session, folder)
    if whole.exists() and not whole.is_dir():
        raise UsageError(f"{folder} is a file, not a folder.")
    written = []

    def put(name: str, data: bytes) -> None:
        write_file(whole / name, [data], force=force)
        written.append(whole / name)

    try:
        whole.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"The folder {folder} cannot be made: {error.strerror}.") from error
    put("run.json", (json.dumps(told(run, rounds), indent=2) + "\n").encode())
    for one in rounds:
        put(f"round-{one.number + 1:02}.png", sheet(session, run, one))
        put(f"winner-{one.number + 1:02}.svg", designing.svg(session, run, one.genomes[one.chosen]).encode())
    put("winners.png", strip(session, run, rounds))
    where, row = evolution.champion(rounds)
    best = rounds[where].genomes[row]
    put("best.svg", designing.svg(session, run, best, side=designing.LARGEST).encode())
    put("best.png", designing.png(session, run, best, 1200))
    return written


def _small(session: Session, run: Run, one: Round, row: int) -> Any:
    return reading.decoded(designing.png(session, run, one.genomes[row], TILE))
