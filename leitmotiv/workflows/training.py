"""Eyes by training: begun, gone on with after any end, looked at while they learn, kept when a person likes them."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from leitmotiv.errors import EyesError, MissingExtraError, NotFoundError, UsageError
from leitmotiv.nets import trainers
from leitmotiv.records import ORIGINAL, Eyes, Loss, Network, Norm, Partial, Training
from leitmotiv.workflows import eye_names, training_run
from leitmotiv.workflows import eyes as looking
from leitmotiv.workflows.partial import check as check_partial
from leitmotiv.workflows.progress import Report
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.training_run import STATE

REQUEST = "training.json"
SIDES = (32, 64, 128, 256)
WIDTHS = (4, 8, 16, 32, 64)
LOSSES: dict[str, Loss] = {"gan": "gan", "l1": "l1"}
MINUTES = 10.0
"""Where nothing is said."""
MOST_MINUTES, MOST_STEPS = 7 * 24 * 60.0, 10_000_000
_LAYERS = {32: 1, 64: 2, 128: 3, 256: 3}
_BATCH = {32: 8, 64: 8, 128: 4, 256: 1}


def train(
    session: Session,
    name: str,
    query: str,
    *,
    partial: Partial | None = None,
    side: int = 64,
    width: int = 16,
    loss: Loss = "gan",
    minutes: float = 0.0,
    steps: int = 0,
    every: int = 250,
    seed: int = 0,
    start_from: str = "",
    report: Report | None = None,
) -> Eyes:
    """Train eyes on a selection; where the same was asked before and did not end, that goes on.

    Parameters
    ----------
    partial : Partial, optional
        What they are shown: edges, if not given.
    side, width : int
        Pixels a side, and channels of the first layer: 256 and 64 are the sizes of pix2pix.
    loss : str
        "gan" or "l1".
    minutes, steps : float, int
        Where it ends, whichever comes first; without either after `MINUTES`.
    every : int
        Steps between samples.
    start_from : str
        Eyes of the same side and width that it begins with.
    report : callable, optional
        Told of every step; what it raises ends the training, and what was learnt is kept.

    Raises
    ------
    MissingExtraError
        torch is not installed.
    EyesError
        Too few pictures, or eyes to begin with that are built otherwise.
    UsageError, NotFoundError, NoIndexError, DiskFullError, PermissionDeniedError, LibraryLockedError
    """
    begun = begin(
        *(session, name, query),
        partial=partial,
        side=side,
        width=width,
        loss=loss,
        minutes=minutes,
        steps=steps,
        every=every,
        seed=seed,
        start_from=start_from,
    )
    return go_on(session, begun.id, report=report)


def begin(
    session: Session,
    name: str,
    query: str,
    *,
    partial: Partial | None = None,
    side: int = 64,
    width: int = 16,
    loss: Loss = "gan",
    minutes: float = 0.0,
    steps: int = 0,
    every: int = 250,
    seed: int = 0,
    start_from: str = "",
) -> Training:
    """Note down a training, or find the same one that has not ended; nothing is learnt yet. As `train`."""
    if trainers.version() is None:
        raise MissingExtraError(trainers.MISSING)
    network = network_of(side, width, loss)
    if not 0 <= minutes <= MOST_MINUTES or not 0 <= steps <= MOST_STEPS:
        raise UsageError(f"A training may take up to {MOST_MINUTES:,.0f} minutes and {MOST_STEPS:,} steps.")
    if every < 1:
        raise UsageError(f"every is {every}, but must be at least 1.")
    if start_from:
        start_from = _begins_with(session, start_from, network)
    asked = Training(
        id="",
        name=eye_names.called(session, name, query),
        query=query,
        partial=check_partial(partial or Partial()),
        network=network,
        seed=seed,
        minutes=minutes if minutes or steps else MINUTES,
        steps=steps,
        every=every,
        begun_with=start_from,
    )
    for one in unfinished(session):
        if replace(one, id="") == asked:
            return one
    found = len(looking.chosen(session, query))
    if found < looking.LEAST_TAUGHT:
        raise EyesError(
            f"{query or 'The library'!r} has {looking.counted(found)}, and a network needs {looking.LEAST_TAUGHT} or "
            f"more to learn from. Patches need only {looking.FEWEST}: leitmotiv eyes make {query!r}."
        )
    with session.library.writer("keeping eyes"):
        asked = replace(asked, id=session.library.eyes.free(asked.name))
        _note(session, asked)
    return asked


def network_of(side: int, width: int, loss: str) -> Network:
    """The network of a size.

    Raises
    ------
    UsageError
        There is none.
    """
    for known, value, what in ((SIDES, side, "side"), (WIDTHS, width, "width"), (LOSSES, loss, "loss")):
        if value not in known:
            raise UsageError(f"{what} is {value!r}, but must be one of {', '.join(map(str, known))}.")
    batch = _BATCH[side]
    # As pix2pix, which trains on one picture at a time: each is normed by itself.
    norm: Norm = "picture" if batch == 1 else "batch"
    shift = ORIGINAL.shift if side == ORIGINAL.side else Network.shift
    return Network(side, width, _LAYERS[side], norm, LOSSES[loss], batch=batch, shift=shift)


def of(session: Session, id: str) -> Training:
    """A training by the id of its eyes.

    Raises
    ------
    NotFoundError
        There is none.
    EyesError
        What was noted of it is damaged.
    """
    data = session.library.eyes.part(id, REQUEST)
    try:
        return Training.from_json(json.loads(data))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise EyesError(f"What was noted of the training of {id!r} is damaged. Train these eyes anew.") from error


def unfinished(session: Session) -> list[Training]:
    """Trainings that have not come to their end."""
    found = []
    for id in session.library.eyes.ids():
        with suppress(EyesError, NotFoundError):
            one = of(session, id)
            if not _ended(session, one):
                found.append(one)
    return found


def go_on(session: Session, id: str, *, minutes: float = 0.0, steps: int = 0, report: Report | None = None) -> Eyes:
    """Go on with a training from where it was; with `minutes` or `steps`, to that many altogether.

    Raises
    ------
    MissingExtraError
        torch is not installed.
    LibraryLockedError
        Another process trains these eyes, or they are being removed.
    NotFoundError, EyesError, UsageError, DiskFullError, PermissionDeniedError
    """
    of(session, id)
    with session.library.eyes.hold(id, "training them"):
        training = of(session, id)  # they may have been removed meanwhile
        if minutes or steps:
            training = replace(training, minutes=minutes, steps=steps)
            _note(session, training)
        elif _ended(session, training):
            return session.library.eyes.get(id)
        return training_run.learn(session, training, report)


def told(session: Session, id: str) -> dict[str, Any]:
    """How a training goes, as JSON: what was asked, where it is, the curve, names of samples, figures so far.

    Raises
    ------
    NotFoundError, EyesError
    """
    training = of(session, id)
    points = training_run.curve(session, id)
    last = points[-1] if points else {"step": 0, "seconds": 0.0}
    card: Mapping[str, Any] = {}
    with suppress(NotFoundError, EyesError):
        card = session.library.eyes.get(id).card
    samples = [name for name in session.library.eyes.parts(id) if name.startswith(training_run.SAMPLE)]
    return {
        "training": training.as_json(),
        "step": last["step"],
        "seconds": last["seconds"],
        "ended": _ended(session, training),
        "curve": points,
        "samples": samples,
        "card": dict(card),
    }


def check(session: Session, parameters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Look at what a page asks for: {"eyes": id} to go on, else the arguments of `begin`, `partial` as JSON."""
    if "eyes" in parameters:
        id = str(parameters["eyes"])
        training = of(session, id)
        limits = {name: parameters[name] for name in ("minutes", "steps") if parameters.get(name)}
        return training.name, {"eyes": id, **{name: _number(name, value) for name, value in limits.items()}}
    known = ("name", "query", "partial", "side", "width", "loss", "minutes", "steps", "every", "seed", "start_from")
    for name in parameters:
        if name not in known:
            raise UsageError(f"{name!r} is not known here; the names are {', '.join(known)}.")
    asked: dict[str, Any] = {name: str(parameters.get(name, "")) for name in ("name", "query", "start_from")}
    for name in ("side", "width", "steps", "every", "seed"):
        if name in parameters:
            asked[name] = int(_number(name, parameters[name]))
    if "minutes" in parameters:
        asked["minutes"] = float(_number("minutes", parameters["minutes"]))
    if "loss" in parameters:
        asked["loss"] = parameters["loss"]
    if parameters.get("partial"):
        asked["partial"] = _partial(parameters["partial"])
    begun = begin(session, asked.pop("name"), asked.pop("query"), **asked)
    return begun.name, {"eyes": begun.id}


def work(session: Session, parameters: Mapping[str, Any], report: Report) -> str:
    """Train as the queue does."""
    limits = {name: parameters[name] for name in ("minutes", "steps") if name in parameters}
    made = go_on(session, str(parameters["eyes"]), report=report, **limits)
    return f"{made.card['steps']:,} steps, {made.card['figures']['network']['l1']:.1f} levels from the truth"


def _note(session: Session, training: Training) -> None:
    session.library.eyes.add(training.id, REQUEST, json.dumps(training.as_json(), indent=2).encode())


def _ended(session: Session, training: Training) -> bool:
    """Whether it came to its end and what it learnt was kept: the curve alone is written a moment before."""
    points = training_run.curve(session, training.id)
    if not points or not training_run.is_over(training, points[-1]["step"], points[-1]["seconds"]):
        return False
    try:
        card = session.library.eyes.get(training.id).card
    except (NotFoundError, EyesError):
        return False
    return bool(card.get("ended")) and card.get("steps") == points[-1]["step"]


def _begins_with(session: Session, name: str, network: Network) -> str:
    """The id of the eyes to begin with."""
    eyes = looking.get(session, name)
    if eyes.way != "network" or STATE not in session.library.eyes.parts(eyes.id):
        raise EyesError(f"The eyes {eyes.id!r} were not trained here: there is nothing to begin with.")
    own = Network.from_json(eyes.card.get("network", {}))
    if (own.side, own.width, own.norm) != (network.side, network.width, network.norm):
        raise EyesError(
            f"The eyes {eyes.id!r} have side {own.side} and width {own.width}, and these shall have {network.side} and "
            f"{network.width}: begin with eyes of the same size."
        )
    return eyes.id


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST_STEPS:
        raise UsageError(f"{name} is {value!r}, but must be a number from 0.")
    return value


def _partial(values: Any) -> Partial:
    try:
        return check_partial(Partial.from_json(values))
    except (TypeError, AttributeError) as error:
        raise UsageError(f"partial is {str(values)[:80]!r}, but must say what is shown, as on a card.") from error
