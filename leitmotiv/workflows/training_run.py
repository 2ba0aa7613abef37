"""One training from its pictures to its eyes: steps, samples, states that survive any end, and the card."""

import io
import json
import time
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from leitmotiv.errors import EyesError, ImageNotFoundError, ImageReadError, NotFoundError
from leitmotiv.imaging import read as reading
from leitmotiv.nets import trainers
from leitmotiv.records import Eyes, Losses, Pairs, Pixels, Training
from leitmotiv.workflows import eyes as looking
from leitmotiv.workflows import faithful
from leitmotiv.workflows.lookers import NETWORK
from leitmotiv.workflows.progress import Pace, Report, Stopped
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.views import CLOSEST, views

if TYPE_CHECKING:
    from leitmotiv.nets.pix2pix import Trainer

PAIRS, STATE, CURVE, BEST, SAMPLE = "pairs.npz", "state.pt", "curve.json", "best.onnx", "sample-"
"""Parts: what is learnt from; all that going on needs; a point for each sample; the generator that did best."""
HELD_OUT = 40
"""Pictures that are not learnt from, a fifth at most: half to choose the best by, half to measure it."""
SAVE_S, PATIENCE = 60.0, 20.0
"""Between states; at least so many times as long as keeping one takes."""
SHOWN = 6
"""Pictures of a sample, one below the other: what is shown, what is seen, what is there."""
EARLY = (10, 50, 100)
"""Samples before the first round number: that is where most happens."""
PHASES = ("Preparing pictures", "Measuring without training", "Training eyes")
_FADE = 0.98


def learn(session: Session, training: Training, report: Report | None) -> Eyes:
    """Go on with a training to its end, and keep the eyes; where `report` raises, what was learnt is kept, too."""
    run = _Run(session, training, report)
    try:
        run.prepare()
        run.go()
    except (KeyboardInterrupt, Stopped):
        if run.has_learnt:
            run.keep()
        raise
    return run.keep()


def curve(session: Session, id: str) -> list[dict[str, Any]]:
    """A point for each sample: step, seconds, l1, generator, discriminator, held."""
    try:
        found = json.loads(session.library.eyes.part(id, CURVE))
        return list(found["points"])
    except (NotFoundError, ValueError, KeyError, TypeError):
        return []


def is_over(training: Training, step: int, seconds: float) -> bool:
    """Whether a training has come to where it ends."""
    return bool((training.steps and step >= training.steps) or (training.minutes and seconds >= 60 * training.minutes))


class _Run:
    def __init__(self, session: Session, training: Training, report: Report | None) -> None:
        self._session, self._parts = session, session.library.eyes
        self._training, self._id = training, training.id
        self._report, self._pace = report, Pace()
        self._points: list[dict[str, Any]] = []
        self._seconds = 0.0
        self._mean: Losses | None = None
        self._trainer: Trainer | None = None

    @property
    def has_learnt(self) -> bool:
        """Whether there is anything to keep."""
        return self._trainer is not None and self._trainer.step > 0

    def prepare(self) -> None:
        """Pictures, baselines, and the state of before."""
        self._pairs, self._known, self._shown = self._pictures()
        held = self._pairs
        self._watched = held.held_x[1::2], held.held_y[1::2]
        self._told = held.held_x[0::2], held.held_y[0::2]
        self._figures, self._bases = self._baselines()
        self._trainer = trainers.trainer(
            *(self._training.network, self._shown, self._known),
            seed=self._training.seed,
            threads=self._session.settings.cores,
        )
        try:
            self._trainer.resume(self._parts.part(self._id, STATE))
        except NotFoundError:
            if self._training.begun_with:
                self._inherit(self._training.begun_with)
        except ValueError as error:
            raise EyesError(f"{error} Remove the eyes {self._id!r}, and train them anew.") from error
        # What was noted after the state was kept comes again.
        self._points = [one for one in curve(self._session, self._id) if one["step"] <= self._trainer.step]
        self._seconds = self._points[-1]["seconds"] if self._points else 0.0

    def go(self) -> None:
        """Step after step."""
        trainer = self._its()
        saved, needed = time.monotonic(), 0.0
        while not is_over(self._training, trainer.step, self._seconds):
            began = time.monotonic()
            self._fold(trainer.advance())
            self._seconds += time.monotonic() - began
            if self._is_due(trainer.step):
                self._sample()
            if trainer.step == EARLY[0] or time.monotonic() - saved > max(SAVE_S, PATIENCE * needed):
                saved = time.monotonic()
                self.keep()
                needed, saved = time.monotonic() - saved, time.monotonic()
            self._tell()

    def keep(self) -> Eyes:
        """The state, and the eyes as they are now."""
        self._sample()
        self._parts.add(self._id, STATE, self._its().state())
        data, step = self._chosen()
        from leitmotiv.nets import eye_graph  # onnxruntime: only who asks waits for it

        graph = eye_graph.Eyes(data, side=self._training.network.side, threads=self._session.settings.cores)
        measured = self._measure(graph.run(self._told[0]))
        eyes = Eyes(
            id=self._id,
            name=self._training.name,
            way="network",
            partial=self._training.partial,
            side=self._training.network.side,
            made=datetime.now(UTC),
            query=self._training.query,
            pictures=self._pairs.ids,
            card=self._card(step, {"network": asdict(measured), **self._figures}),
        )
        return self._parts.put(eyes, {NETWORK: data}, renamed=True)

    def _its(self) -> "Trainer":
        assert self._trainer is not None
        return self._trainer

    def _chosen(self) -> tuple[bytes, int]:
        """The generator that is kept, and its step: with L1 alone the nearest to pictures that are watched.

        A judge makes pictures sharper and, in levels, farther from the truth: there the last one is kept.
        """
        trainer = self._its()
        if self._training.network.loss == "l1" and (best := self._best()) is not None:
            return self._parts.part(self._id, BEST), best["step"]
        return self._built(), trainer.step

    def _best(self) -> dict[str, Any] | None:
        """Of the samples that come at their step; those of when a state was kept depend on the clock."""
        return min(
            (one for one in self._points if self._is_due(one["step"])), key=lambda one: one["held"], default=None
        )

    def _is_due(self, step: int) -> bool:
        return step in EARLY or step % self._training.every == 0

    def _built(self) -> bytes:
        from leitmotiv.nets import eye_graph

        told = {"name": self._training.name, "selection": self._training.query, "step": str(self._its().step)}
        return eye_graph.build(self._training.network, self._its().weights(), told)

    def _sample(self) -> None:
        """See what is watched, and note how near that is."""
        trainer = self._its()
        if self._points and self._points[-1]["step"] == trainer.step:
            return
        seen = trainer.see(self._watched[0])
        held = _levels(seen, self._watched[1])
        mean = self._mean or Losses(0.0)
        point = {"step": trainer.step, "seconds": round(self._seconds, 2), **asdict(mean), "held": held}
        best = self._best()
        self._points.append(point)
        better = self._is_due(trainer.step) and (best is None or held < best["held"])
        if self._training.network.loss == "l1" and better:
            self._parts.add(self._id, BEST, self._built())
        strip = np.concatenate([self._watched[0][:SHOWN], seen[:SHOWN], self._watched[1][:SHOWN]], axis=2)
        name = f"{SAMPLE}{trainer.step:08}.png"
        self._parts.add(self._id, name, reading.encode(strip.reshape(-1, *strip.shape[2:]), "PNG"))
        form = {"steps": self._training.steps, "minutes": self._training.minutes, "baselines": self._bases}
        form |= {"watched": len(self._watched[0]), "told": len(self._told[0])}
        self._parts.add(self._id, CURVE, json.dumps({**form, "points": self._points}).encode())

    def _fold(self, new: Losses) -> None:
        """A running mean of what steps cost."""
        old = self._mean or new
        values = (_FADE * a + (1 - _FADE) * b for a, b in zip(asdict(old).values(), asdict(new).values(), strict=True))
        self._mean = Losses(*values)

    def _tell(self) -> None:
        if self._report is None:
            return
        trainer, training = self._its(), self._training
        if training.steps:
            done, total = trainer.step, training.steps
        else:
            done, total = int(self._seconds), round(60 * training.minutes)
        held = f", held out {self._points[-1]['held']:.1f}" if self._points else ""
        current = f"step {trainer.step:,}, {(self._mean or Losses(0.0)).l1:.1f} levels apart{held}"
        self._report(self._pace.step(PHASES[2], done, total, current=current))

    def _inherit(self, other: str) -> None:
        try:
            self._its().inherit(self._parts.part(other, STATE))
        except ValueError as error:
            raise EyesError(f"Nothing can begin with the eyes {other!r}: {error}") from error

    def _measure(self, made: Pixels) -> Any:
        measure = faithful.Measure(self._pairs.y, *self._told, self._training.partial)
        return measure(made)

    def _baselines(self) -> tuple[dict[str, Any], dict[str, float]]:
        """What needs no training, measured once: figures on what is told, levels on what the curve watches."""
        name = "baselines.json"
        try:
            kept = json.loads(self._parts.part(self._id, name))
            return dict(kept["told"]), dict(kept["watched"])
        except (NotFoundError, ValueError, KeyError, TypeError):
            pass  # not yet, or by an earlier leitmotiv, which knew only those of what is told
        told, (watched, truth) = len(self._told[0]), self._watched
        held = np.concatenate([self._told[0], watched])

        def tell(done: int) -> None:
            if self._report is not None:
                self._report(self._pace.step(PHASES[1], done, len(held)))

        made = faithful.baselines(self._pairs.x, self._pairs.y, held, self._training.partial, tell)
        figures = {way: asdict(self._measure(pixels[:told])) for way, pixels in made.items()}
        levels = {way: _levels(pixels[told:], truth) for way, pixels in made.items()}
        self._parts.add(self._id, name, json.dumps({"told": figures, "watched": levels}).encode())
        return figures, levels

    def _card(self, step: int, figures: Mapping[str, Any]) -> dict[str, Any]:
        trainer = self._its()
        return {
            "pictures": len(self._pairs.ids),
            "drawn_from": self._pairs.drawn_from,
            "held_out": len(self._pairs.held_ids),
            "watched": len(self._watched[0]),
            "told": len(self._told[0]),
            "seed": self._training.seed,
            "steps": trainer.step,
            "step": step,
            "minutes": round(self._seconds / 60, 2),
            "loss": self._training.network.loss,
            "network": self._training.network.as_json(),
            "begun_with": self._training.begun_with,
            "ended": is_over(self._training, trainer.step, self._seconds),
            "figures": figures,
            "limits": _limits(self._training, self._pairs, figures),
        }

    def _pictures(self) -> tuple[Pairs, Pixels, Pixels]:
        """Pairs, and the views that are learnt from: pictures, and what is shown of them."""
        kept = _read(self._parts, self._id)
        if kept is not None:
            return kept
        training = self._training
        pairs = looking.training_pairs(
            *(self._session, training.query, training.partial, training.network.side),
            seed=training.seed,
            held_out=HELD_OUT,
            report=self._report,
        )
        known, shown = self._views(pairs)
        file = io.BytesIO()
        np.savez_compressed(
            file,
            ids=np.array(pairs.ids),
            held_ids=np.array(pairs.held_ids),
            drawn_from=np.array(pairs.drawn_from),
            x=pairs.x,
            y=pairs.y,
            held_x=pairs.held_x,
            held_y=pairs.held_y,
            known=known,
            shown=shown,
        )
        self._parts.add(self._id, PAIRS, file.getvalue())
        return pairs, known, shown

    def _views(self, pairs: Pairs) -> tuple[Pixels, Pixels]:
        """All that is learnt from: pictures, and what is shown of each."""
        side, large = self._training.network.side, []
        for id, picture in zip(pairs.ids, pairs.y, strict=True):
            try:
                large.append(looking.pixels_of(self._session, id, round(side / CLOSEST)))
            except (ImageNotFoundError, ImageReadError):
                large.append(picture)  # gone since

        def tell(done: int) -> None:
            if self._report is not None:
                self._report(self._pace.step(PHASES[0], done, len(large)))

        return views(large, self._training.partial, side, self._training.seed, tell)


def _levels(made: Pixels, truth: Pixels) -> float:
    return float(np.abs(made.astype(np.int16) - truth).mean())


def _read(parts: Any, id: str) -> tuple[Pairs, Pixels, Pixels] | None:
    """What was prepared before, if it is whole."""
    try:
        with np.load(io.BytesIO(parts.part(id, PAIRS)), allow_pickle=False) as file:
            arrays = [file[name] for name in ("x", "y", "held_x", "held_y", "known", "shown")]
            ids, held = (tuple(map(str, file[name])) for name in ("ids", "held_ids"))
            drawn = int(file["drawn_from"]) if "drawn_from" in file else 0
    except (NotFoundError, OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    return Pairs(arrays[0], arrays[1], ids, arrays[2], arrays[3], held, drawn), arrays[4], arrays[5]


def _limits(training: Training, pairs: Pairs, figures: Mapping[str, Any]) -> list[str]:
    """What these eyes cannot do, by their figures."""
    pictures = len(pairs.ids)
    own, limits = figures["network"], ["They see the middle square of a picture."]
    side = training.network.side
    limits.append(f"What they see has {side} pixels a side: enlarged, it is soft.")
    better = [name for name in faithful.BASELINES if figures[name]["l1"] <= own["l1"]]
    words = {"copy": "what they are shown itself", "mean": "the mean of all pictures", "patches": "patches"}
    if better:
        *most, last = (words[name] for name in better)
        nearer = f"{', '.join(most)} and {last} are" if most else f"{last} {'are' if last == 'patches' else 'is'}"
        limits.append(f"Of pictures that they do not know, {nearer} nearer to the truth than what they see, in levels.")
    if training.network.loss == "l1":
        limits.append("Trained on the distance alone, they see softly: where they are in doubt, the mean of it all.")
    else:
        limits.append("Trained against a judge, they see details that are not there.")
    if pairs.drawn_from:
        limits.append(f"Of {pairs.drawn_from:,} pictures of the selection, {pictures:,} drawn by lot were learnt from.")
    if pictures < 100:
        limits.append(f"{pictures} pictures are few: they have learnt these by heart rather than their kind.")
    if training.partial.kind == "regions" and training.partial.colours == "random":
        limits.append("A colour that they are shown means nothing: they cannot know sky from sea.")
    if training.partial.kind in ("edges", "sobel", "drawing", "grey"):
        limits.append("They are shown no colours, and guess them.")
    return limits
