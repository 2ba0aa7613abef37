"""How near trained eyes come on pictures that they do not know, beside what needs no training; no library."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from leitmotiv.errors import EyesError, ImageReadError, MissingExtraError
from leitmotiv.imaging import read as reading
from leitmotiv.imaging.scan import scan
from leitmotiv.imaging.square import middle_square
from leitmotiv.nets import trainers
from leitmotiv.records import Faithfulness, Loss, Partial, Pixels
from leitmotiv.settings import Settings
from leitmotiv.workflows import faithful
from leitmotiv.workflows.partial import glimpse
from leitmotiv.workflows.progress import Pace, Report
from leitmotiv.workflows.training import network_of
from leitmotiv.workflows.views import views

SHOWN = {
    "edges": Partial(),
    "random regions": Partial("regions", colours="random"),
    "ordered regions": Partial("regions"),
}
FRAMES = 40
"""Pictures that are looked at one after another, for the pace."""


@dataclass(frozen=True)
class EyesResult:
    """How near one way comes, where one kind of part is shown.

    Attributes
    ----------
    shown, way : str
        "edges", "random regions" or "ordered regions"; "copy", "mean", "patches", "l1" or "gan".
    figures : Faithfulness
    steps : int
        That the figures are of: with L1 alone, the sample nearest to the pictures that are watched.
    seconds, busy : float
        That training took by the clock, and of the processor.
    pixels : (M, S, S, 3) uint8
        What was seen.
    """

    shown: str
    way: str
    figures: Faithfulness
    steps: int
    seconds: float
    busy: float
    pixels: Pixels


@dataclass(frozen=True)
class EyesReport:
    """What `evaluate_eyes` found.

    Attributes
    ----------
    learnt, watched, held : int
        Pictures that were learnt from, that chose the best step, and that the figures are of.
    frames : float
        Pictures a second, each shown and looked at by itself.
    parts, truth : mapping of str to (M, S, S, 3) uint8, (M, S, S, 3) uint8
        What was shown of the held-out pictures, and these.
    """

    side: int
    width: int
    learnt: int
    watched: int
    held: int
    results: tuple[EyesResult, ...]
    frames: float
    parts: dict[str, Pixels]
    truth: Pixels
    failed: tuple[tuple[str, str], ...]


def evaluate_eyes(
    settings: Settings,
    folder: Path,
    *,
    shown: Sequence[str] = tuple(SHOWN),
    losses: Sequence[Loss] = ("l1", "gan"),
    side: int = 64,
    width: int = 16,
    learnt: int = 200,
    held: int = 50,
    steps: int = 2000,
    seed: int = 0,
    report: Report | None = None,
) -> EyesReport:
    """Train eyes on some pictures of a folder, and measure them on others.

    Parameters
    ----------
    shown : sequence of str
        Names in `SHOWN`.
    learnt, held : int
        Pictures to learn from, and to measure by; as many again as these choose the step with L1 alone.
    steps : int
        Of each training.

    Raises
    ------
    EyesError
        Too few pictures.
    MissingExtraError
        torch is not installed.
    NotFoundError, UsageError
    """
    if trainers.version() is None:
        raise MissingExtraError(trainers.MISSING)
    network_of(side, width, "l1")
    pixels, failed = squares(settings, folder, side, learnt + 2 * held, seed, report)
    if len(pixels) < learnt + 2 * held:
        raise EyesError(f"{folder} has {len(pixels):,} pictures that can be read; {learnt + 2 * held:,} are needed.")
    truth = np.stack([middle_square(one, side) for one in pixels[learnt:]])
    results, parts, frames = [], {}, 0.0
    for name in shown:
        partial = SHOWN[name]
        known, seen_of = views(pixels[:learnt], partial, side, seed)
        part = np.stack([glimpse(one, partial, seed=seed + row).pixels for row, one in enumerate(truth)])
        parts[name] = part[held:]
        measure = faithful.Measure(known[:learnt], part[held:], truth[held:], partial)
        for way, made in faithful.baselines(seen_of[:learnt], known[:learnt], part[held:], partial).items():
            results.append(EyesResult(name, way, measure(made), 0, 0.0, 0.0, made))
        for loss in losses:
            run = _Run(settings, (side, width, loss), (seen_of, known), (part[:held], truth[:held]), seed)
            made, step, seconds, busy = run.train(steps, part[held:], f"{name}, {loss}", report)
            results.append(EyesResult(name, loss, measure(made), step, seconds, busy, made))
            frames = run.frames(truth[held:], partial)
    return EyesReport(
        *(side, width, learnt, held, held, tuple(results), frames, parts, truth[held:], tuple(failed)),
    )


class _Run:
    def __init__(
        self,
        settings: Settings,
        size: tuple[int, int, Loss],
        pairs: tuple[Pixels, Pixels],
        watched: tuple[Pixels, Pixels],
        seed: int,
    ) -> None:
        self._network, self._watched, self._cores = network_of(*size), watched, settings.cores
        self._trainer = trainers.trainer(self._network, *pairs, seed=seed, threads=settings.cores)

    def train(self, steps: int, shown: Pixels, name: str, report: Report | None) -> tuple[Pixels, int, float, float]:
        """What is seen in the end, the step that it is of, and how long it took."""
        pace, best = Pace(), (np.inf, 0)
        began, busy = time.perf_counter(), time.process_time()
        made = shown
        for step in range(1, steps + 1):
            self._trainer.advance()
            if report is not None:
                report(pace.step(f"Training eyes: {name}", step, steps))
            if step % max(1, steps // 10) == 0:
                apart = np.abs(self._trainer.see(self._watched[0]).astype(np.int16) - self._watched[1]).mean()
                if apart < best[0] or self._network.loss == "gan":
                    best, made = (float(apart), step), self._trainer.see(shown)
        return made, best[1], time.perf_counter() - began, time.process_time() - busy

    def frames(self, pictures: Pixels, partial: Partial) -> float:
        """Pictures a second as a film has them: a part of each is taken, and looked at, one after another."""
        from leitmotiv.nets import eye_graph  # onnxruntime: only who asks waits for it

        data = eye_graph.build(self._network, self._trainer.weights())
        graph = eye_graph.Eyes(data, side=self._network.side, threads=self._cores)
        before = glimpse(pictures[0], partial)
        graph.run(before.pixels[None])
        began = time.perf_counter()
        for number in range(FRAMES):
            before = glimpse(pictures[number % len(pictures)], partial, before)
            graph.run(before.pixels[None])
        return FRAMES / (time.perf_counter() - began)


def squares(
    settings: Settings, folder: Path, side: int, most: int, seed: int, report: Report | None
) -> tuple[list[Pixels], list[tuple[str, str]]]:
    """The middle squares of pictures in an order drawn by the seed, twice as large; and what could not be read."""
    paths = sorted(one.path for one in scan([folder], on_error=lambda path, reason: None))
    found: list[Pixels] = []
    failed: list[tuple[str, str]] = []
    pace = Pace()
    for row in np.random.default_rng(seed).permutation(len(paths)):
        if len(found) == most:
            break
        try:
            pixels = reading.read_pixels(paths[row], max_size=4 * side, max_megapixels=settings.max_megapixels)
            found.append(middle_square(pixels, 2 * side))
        except ImageReadError as error:
            failed.append((error.path, error.reason))
        if report is not None:
            report(pace.step("Reading pictures", len(found), most))
    return found, failed
