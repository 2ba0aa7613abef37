"""Mood boards in JSON, for the interface, the pages and the command line alike."""

from typing import Any

from leitmotiv.records import Board, BoardExample, Snapshot
from leitmotiv.workflows import pinning
from leitmotiv.workflows.session import Session

HEROES = 6
"""Pictures by which a board shows itself."""


def board(session: Session, one: Board) -> dict[str, Any]:
    """A board with what is on it and what it learnt."""
    states = pinning.states(session, one)
    now = one.snapshot
    return {
        "id": one.id,
        "name": one.name,
        "words": one.words,
        "revision": one.revision,
        "made": one.made.isoformat(),
        "changed": one.changed.isoformat(),
        "trashed": None if one.trashed is None else one.trashed.isoformat(),
        "seed": one.seed,
        "positive": [example(each, states[each.id]) for each in one.side("positive")],
        "negative": [example(each, states[each.id]) for each in one.side("negative")],
        "snapshots": [snapshot(each, states) for each in one.snapshots],
        "current": one.current,
        "stale": one.stale,
        "contradictions": [
            {"id": image_id, "strength": strength}
            for image_id, strength in (() if now is None else now.contradictions)
            if image_id in states
        ],
        "heroes": _heroes(one.side("positive"), states),
    }


def example(one: BoardExample, state: str) -> dict[str, Any]:
    """A picture of a board."""
    return {
        "id": one.id,
        "weight": one.weight,
        "drawn": one.drawn,
        "uploaded": state == "handed in",
        "state": state,
        "src": _address(one.id, state),
    }


def snapshot(one: Snapshot, states: dict[str, str]) -> dict[str, Any]:
    """What a board had learnt at one moment."""
    positive = [each for each in one.examples if each.side == "positive"]
    return {
        "id": one.id,
        "board": one.board,
        "name": one.name,
        "made": one.made.isoformat(),
        "layer": one.layer,
        "method": one.method,
        "quality": one.quality,
        "positives": one.on("positive"),
        "negatives": one.on("negative"),
        "heroes": _heroes(positive, states),
    }


def whole_snapshot(session: Session, of: Board, one: Snapshot) -> dict[str, Any]:
    """A snapshot of a board with the pictures that it was taught."""
    states = pinning.states(session, of)
    sides = ("positive", "negative")
    taught = {side: [example(each, states[each.id]) for each in one.examples if each.side == side] for side in sides}
    doubts = [{"id": image_id, "strength": strength} for image_id, strength in one.contradictions]
    return snapshot(one, states) | taught | {"contradictions": doubts}


def _heroes(examples: "list[BoardExample] | tuple[BoardExample, ...]", states: dict[str, str]) -> list[str]:
    """Addresses of the weightiest pictures that can be seen."""
    ordered = sorted(examples, key=lambda one: -one.weight)
    addresses = (_address(one.id, states.get(one.id, "gone")) for one in ordered)
    return [address for address in addresses if address is not None][:HEROES]


def _address(image_id: str, state: str) -> str | None:
    return {"library": f"/thumb/{image_id}/512.jpg", "handed in": f"/boards/pictures/{image_id}.jpg"}.get(state)
