"""Critics whose whole network is trained: the head, then all layers; gone on with after any end, kept with a card.

A fifth of the pictures is held out for the figures, a part of the others watched to choose by; what is learnt from are
the rest. The network that is kept is the one that did best on those that were watched.
"""

import hashlib
import io
import json
import time
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from leitmotiv.analysis import critic as learning
from leitmotiv.analysis import critique, earth_mover, histograms
from leitmotiv.errors import CriticError, MissingExtraError, NotFoundError, UsageError
from leitmotiv.formats import critic_file
from leitmotiv.nets import trainers, weights
from leitmotiv.records import SCHEDULES, SEEN_SIDE, Critic, Float, Pixels, Schedule
from leitmotiv.workflows import critic_pictures, critics
from leitmotiv.workflows.critic_pictures import SIDE
from leitmotiv.workflows.critics import ENOUGH, HELD_OUT, KIND, Lesson
from leitmotiv.workflows.progress import Pace, Report, Stopped
from leitmotiv.workflows.session import Session

if TYPE_CHECKING:
    from leitmotiv.nets.critic_network import CriticTrainer

HALFWAY = "halfway"
"""The kind of what is kept while a training goes on."""
SAVE_S, PATIENCE = 60.0, 20.0
"""Between states; at least so many times as long as keeping one takes."""
POINTS = 4
"""Of the curve in an epoch."""
PHASES = ("The head learns", "All layers learn")
_LARGEST_SHEET = 96


@dataclass(frozen=True, eq=False)
class Trained:
    """A critic, and how it did on pictures that were held out.

    Attributes
    ----------
    truth, said : (H, 10) float64
    pictures : H of (224, 224, 3) uint8
        At most 96.
    """

    critic: Critic
    truth: Float
    said: Float
    pictures: tuple[Pixels, ...]


def train(
    session: Session,
    sets: Sequence[str],
    schedule: Schedule,
    *,
    name: str = "",
    seed: int = 0,
    images: Path | None = None,
    report: Report | None = None,
    **labels: Any,
) -> Trained:
    """Train a critic with its backbone and keep it; the same call goes on where an interrupted one was.

    On one processor the same ratings, schedule and seed give the same bytes, interrupted or not.

    Parameters
    ----------
    images : Path, optional
        Where the files of rated pictures are that the library does not have.
    report : callable, optional
        Told of every step; what it raises ends the training, and the state is kept.
    **labels
        `spread`, `smoothing` and `classic`, as `critics.lesson` takes them.

    Raises
    ------
    MissingExtraError
        torch or the weights are not installed.
    CriticError
        Too few pictures, or all rated alike.
    LibraryLockedError
        Another process trains the critic of this name, or writes.
    NotFoundError, UsageError, DiskFullError, PermissionDeniedError
    """
    if trainers.version() is None:
        raise MissingExtraError(trainers.CRITIC_MISSING)
    title = critics.titled(name, sets)
    taught = critics.lesson(session, sets, report=report, **labels)
    read = critic_pictures.sources(session, list(dict.fromkeys(taught.ids)), sets, images)
    rows = [row for row, one in enumerate(taught.ids) if one in read]
    if len({taught.ids[row] for row in rows}) < ENOUGH:
        raise CriticError(
            f"A network needs {ENOUGH} rated pictures that can be read, and there are {len(rows)} of "
            f"{len(taught.ids)}. Name the folder of the files: --images DIR."
        )
    ids, features, shares, votes = (taught.ids, taught.features, taught.shares, taught.votes)
    lost = taught.unseen + len(ids) - len(rows)
    taught = Lesson(tuple(ids[row] for row in rows), features[rows], shares[rows], votes[rows], lost)
    if np.ptp(taught.shares, axis=0).max() < learning.FLAT:
        raise CriticError(f"All {len(rows)} pictures are rated alike: there is nothing to learn. Rate others, too.")
    with session.library.models.hold(KIND, title, "training it"):
        run = _Run(session, title, sets, taught, schedule, seed, labels, report)
        run.prepare([read[one] for one in taught.ids])
        run.go()
        return run.keep()


class _Run:
    def __init__(
        self,
        session: Session,
        title: str,
        sets: Sequence[str],
        taught: Lesson,
        schedule: Schedule,
        seed: int,
        labels: Mapping[str, Any],
        report: Report | None,
    ) -> None:
        self._session, self._models = session, session.library.models
        self._title, self._sets, self._taught = title, tuple(sets), taught
        self._schedule, self._seed, self._labels = schedule, seed, dict(labels)
        self._report, self._pace = report, Pace()
        self._points: list[dict[str, float]] = []
        self._since, self._count = 0.0, 0
        self._best = b""

    def prepare(self, read: Sequence[critic_pictures.Source]) -> None:
        """Pictures, who is held out, and the state of before."""
        taught, told = self._taught, (self._schedule.as_json(), self._seed, self._labels)
        mark = hashlib.sha256("\n".join(taught.ids).encode())
        shape = (len(taught.ids), SIDE, SIDE, 3)
        fill = critic_pictures.fill(self._session, read, self._report)
        self._pictures = self._models.array(HALFWAY, self._title, mark.hexdigest()[:16], shape, fill)
        mark.update(json.dumps(told, sort_keys=True).encode() + taught.shares.tobytes())
        self._digest = mark.hexdigest()
        self._held = learning.folds(taught.ids, round(1 / HELD_OUT), self._seed) == 0
        kept = [one for one, out in zip(taught.ids, self._held, strict=True) if not out]
        watched = np.zeros(len(taught.ids), bool)
        watched[~self._held] = learning.folds(kept, min(20, max(5, len(kept) // 10)), self._seed + 1) == 0
        self._watched, self._known = np.flatnonzero(watched), np.flatnonzero(~self._held & ~watched)
        self._trainer: CriticTrainer = trainers.critic_trainer(
            weights.tensors(weights.read(weights.EFFICIENTNET_LITE0)),
            self._schedule,
            _Rows(self._pictures, self._known),
            taught.shares[self._known],
            seed=self._seed,
            threads=self._session.settings.cores,
        )
        self._resume()

    def go(self) -> None:
        """Step after step; a state is kept every minute, and where the training is interrupted."""
        trainer = self._trainer
        every = max(1, trainer.epoch // POINTS)
        if not self._points:
            self._note()
        saved, needed = time.monotonic(), 0.0
        try:
            while trainer.step < trainer.steps:
                self._since += trainer.advance()
                self._count += 1
                if trainer.step % every == 0 or trainer.step in (trainer.unfreezes, trainer.steps):
                    self._note()
                if time.monotonic() - saved > max(SAVE_S, PATIENCE * needed):
                    saved = time.monotonic()
                    self._save()
                    needed, saved = time.monotonic() - saved, time.monotonic()
                self._tell()
        except (KeyboardInterrupt, Stopped):
            self._save()
            raise

    def keep(self) -> Trained:
        """The critic that did best on what was watched, with its card."""
        from leitmotiv.nets import critic_graph  # onnx: only who asks waits for it

        best, schedule = _unpacked(self._best), self._schedule
        graph = critic_graph.build(best, schedule.shrink, {})
        rows = np.flatnonzero(self._held)
        seen = self._seen(rows)
        shares = earth_mover.softmax(self._session.network(graph).features(seen).logits.astype(np.float64))
        truth = self._taught.shares[rows]
        card = self._card(critique.figures(truth, shares, constant=self._constant(), seed=self._seed))
        head = best[f"{critic_graph.HEAD}.weight"].T, best[f"{critic_graph.HEAD}.bias"]
        told = {"name": self._title, "layer": critic_file.TRAINED, **card}
        graph = critic_graph.with_told(graph, {"card": json.dumps(told, ensure_ascii=False)})
        made = Critic(
            self._title, np.ascontiguousarray(head[0]), head[1].copy(), critic_file.TRAINED, card, network=graph
        )
        with self._session.library.writer("keeping a critic"):
            self._models.put(KIND, self._title, critic_file.written(made), critic_file.card(made))
        if self._title in self._models.names(HALFWAY):
            self._models.remove(HALFWAY, self._title)
        del self._pictures
        self._models.clear(HALFWAY, self._title)
        shown = tuple(seen[:_LARGEST_SHEET])
        return Trained(made, truth[: len(shown)], shares[: len(shown)], shown)

    def _seen(self, rows: Any) -> Pixels:
        edge = (SIDE - SEEN_SIDE) // 2
        cut = slice(edge, edge + SEEN_SIDE)
        return np.ascontiguousarray(self._pictures[rows][:, cut, cut])

    def _constant(self) -> Float:
        return np.asarray(self._taught.shares[~self._held].mean(axis=0))

    def _note(self) -> None:
        """A point of the curve: the mean loss of the steps since the last one, and the loss on what is watched."""
        said = self._trainer.predict(self._pictures[self._watched])
        held = float((earth_mover.distance(said, self._taught.shares[self._watched], 2) ** 2).mean())
        train = self._since / self._count if self._count else held
        best = min((one["held"] for one in self._points), default=np.inf)
        self._points.append({"step": self._trainer.step, "train": train, "held": held})
        self._since, self._count = 0.0, 0
        if held < best:
            self._best = _packed(self._trainer.weights())

    def _save(self) -> None:
        state = {"points": self._points, "since": self._since, "count": self._count, "digest": self._digest}
        out = io.BytesIO()
        parts = {"trainer": self._trainer.state(), "best": self._best, "told": json.dumps(state).encode()}
        np.savez(out, allow_pickle=False, **{name: np.frombuffer(one, np.uint8) for name, one in parts.items()})
        self._models.put(HALFWAY, self._title, out.getvalue(), b"{}\n")

    def _resume(self) -> None:
        """Go on from the state of before, if it is of this training; a damaged one counts as none."""
        try:
            data = self._models.get(HALFWAY, self._title)
            with np.load(io.BytesIO(data), allow_pickle=False) as file:
                parts = {name: file[name].tobytes() for name in ("trainer", "best", "told")}
            state = json.loads(parts["told"])
            if state["digest"] != self._digest:
                return
            self._trainer.resume(parts["trainer"])
            self._points, self._since, self._count = state["points"], state["since"], state["count"]
            self._best = parts["best"]
        except (NotFoundError, OSError, EOFError, KeyError, ValueError, TypeError, zipfile.BadZipFile):
            return

    def _tell(self) -> None:
        if self._report is None:
            return
        trainer = self._trainer
        phase = PHASES[trainer.step > trainer.unfreezes]
        current = f"watched pictures {self._points[-1]['held']:.4f} off"
        self._report(self._pace.step(phase, trainer.step, trainer.steps, current=current))

    def _card(self, figures: Sequence[critique.Figure]) -> dict[str, Any]:
        taught, trainer = self._taught, self._trainer
        best = min(self._points, key=lambda one: one["held"])
        beside, held = critics.measured(taught, self._seed)
        classic = bool(self._labels.get("classic"))
        limits = critics.limits(self._session, self._sets, taught, held, classic)
        if self._schedule.shrink > 1:
            side = SEEN_SIDE // self._schedule.shrink
            limits.append(f"It was trained to see these shrunk to {side} x {side} pixels.")
        if len(set(taught.ids)) < 1000:
            limits.append("So few pictures teach a whole network little: compare its figures with those of a head.")
        return {
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "sets": list(self._sets),
            "pictures": len(set(taught.ids)),
            "learnt_from": len(self._known),
            "watched": len(self._watched),
            "held_out": held,
            "votes": float(taught.votes.sum()),
            "labels": "softmax of counts" if classic else "shares of votes",
            "seed": self._seed,
            "schedule": self._schedule.as_json(),
            "device": trainer.device,
            "steps": trainer.steps,
            "best_step": best["step"],
            "unfrozen_at": trainer.unfreezes,
            "curve": self._points,
            "constant": float(np.mean(earth_mover.distance(self._constant(), taught.shares[self._watched], 2) ** 2)),
            "mean": float(histograms.means(taught.shares).mean()),
            "figures": {one.name: critics.told(one) for one in figures},
            "head": {one.name: critics.told(one) for one in beside},
            "limits": limits,
        }


class _Rows:
    """Some rows of an array that lies in a file, read when they are asked for."""

    def __init__(self, array: Pixels, rows: Any) -> None:
        self._array, self._rows = array, rows
        self.shape = (len(rows), *array.shape[1:])

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, at: Any) -> Pixels:
        row, *rest = at
        return np.asarray(self._array[(self._rows[row], *rest)])


def schedule(name: str, *, head: int | None = None, whole: int | None = None, shrink: int = 1) -> Schedule:
    """A schedule by its name, with other numbers of epochs, or pictures shrunk.

    Raises
    ------
    UsageError
        There is no such schedule, or nothing would be learnt.
    """
    if name not in SCHEDULES:
        raise UsageError(f"There is no schedule {name!r}. There are: {', '.join(SCHEDULES)}.")
    found = SCHEDULES[name]
    phases = [
        one if epochs is None else replace(one, epochs=epochs)
        for one, epochs in ((found.head, head), (found.whole, whole))
    ]
    if phases[0].epochs + phases[1].epochs < 1:
        raise UsageError("Without an epoch nothing is learnt.")
    return replace(found, head=phases[0], whole=phases[1], shrink=shrink)


def exported(session: Session, critic: Critic) -> bytes:
    """A critic as one file of ONNX, from a picture to its votes, with its card beside the graph.

    Raises
    ------
    CriticError
        It judges by measures, which no network computes.
    MissingExtraError
    """
    from leitmotiv.nets import critic_graph

    if critic.lift is not None:
        raise CriticError(f"{critic.name} judges by measures, not by a network: there is nothing to export.")
    if critic.network:
        return critic.network
    known = weights.tensors(weights.read(weights.EFFICIENTNET_LITE0))
    head = {f"{critic_graph.HEAD}.weight": critic.weights.T, f"{critic_graph.HEAD}.bias": critic.bias}
    return critic_graph.build({**known, **head}, 1, {"card": critic_file.card(critic).decode()})


def _packed(arrays: Mapping[str, Any]) -> bytes:
    out = io.BytesIO()
    np.savez(out, allow_pickle=False, **arrays)
    return out.getvalue()


def _unpacked(data: bytes) -> dict[str, Any]:
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        return {name: file[name] for name in file.files}
