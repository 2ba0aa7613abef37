"""How a space is learnt from pictures with captions: what words are, where pictures lie untrained, and the descent.

It knows no library: `space_training` learns from one, `evaluate_space` from parts of a folder.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import background as ground
from leitmotiv.analysis import joint, space, threads, word_vectors
from leitmotiv.analysis.joint import WordSpace
from leitmotiv.analysis.space import Lesson, Plan, State
from leitmotiv.errors import SpaceError
from leitmotiv.nets import classes
from leitmotiv.records import ACTIVATIONS, Float32, Half, LearntSpace, LearntWords
from leitmotiv.workflows import word_space
from leitmotiv.workflows.progress import Pace, Report
from leitmotiv.workflows.session import Session

WordsOf = Literal["auto", "minilm", "wordllama", "glove", "ppmi"]
"""Where words come from: an encoder that is installed, or the captions themselves."""
FEWEST = 20
"""Pictures with captions that a space can be learnt from."""
PHASE = "Reading the captions as vectors"
_AT_ONCE = 128
_ROWS = 4096


@dataclass(frozen=True, eq=False)
class Speech:
    """How phrases become vectors of a space, and where its classes lie.

    Attributes
    ----------
    name : str
        "minilm", "wordllama", "glove" or "ppmi".
    encoder : str
        Digest of the encoder; "" for words of the captions.
    """

    name: str
    encoder: str
    space: WordSpace
    place: Callable[[Sequence[str]], Float32]
    own: LearntWords | None = None

    def starts(self, pooled: Half) -> Float32:
        """Where pictures lie untrained, unit rows (N, D), or zeros where nothing is known of their classes."""
        return joint.placed(pooled, classes.head(), self.space).vectors(self.space)


def speech(session: Session, words: WordsOf, texts: Sequence[str], seed: int, report: Report | None = None) -> Speech:
    """How phrases become vectors; words of the captions are learnt from these texts.

    Raises
    ------
    MissingExtraError
        An encoder or the texts of the classes are not installed, or damaged.
    SpaceError
        The captions have not two words that stand beside each other.
    """
    if words in ("glove", "ppmi"):
        try:
            return of_captions(words, word_vectors.learn(texts, words, seed=seed))
        except ValueError as error:
            raise SpaceError(f"No words can be learnt from {len(texts):,} captions: {error}.") from error
    known = word_space.class_words(session, report, "" if words == "auto" else words)
    read: dict[str, Float32] = {}

    def place(phrases: Sequence[str]) -> Float32:
        """Each phrase is read once: encoders take their time."""
        if new := [phrase for phrase in dict.fromkeys(phrases) if phrase not in read]:
            read.update(zip(new, word_space.place(known, new), strict=True))
        return np.stack([read[phrase] for phrase in phrases])

    return Speech(known.encoder.name.lower(), known.encoder.digest, known.space, place)


def of_captions(name: str, own: LearntWords) -> Speech:
    """Words that were learnt from captions; a class lies where its name and its synonyms do."""

    def place(phrases: Sequence[str]) -> Float32:
        return word_vectors.encode(own, phrases)

    written = word_space.texts()
    names, synonyms = place([one.name for one in written]), place([" ".join(one.synonyms) for one in written])
    width = own.vectors.shape[1]
    flat = WordSpace(space.unit(names + synonyms), names, np.zeros(width, np.float32), np.eye(width, dtype=np.float32))
    return Speech(name, "", flat, place, own)


@dataclass(frozen=True, eq=False)
class Prepared:
    """All that the descent takes.

    Attributes
    ----------
    centre : (1280,) float32
    axes : (1280, A) float32
    """

    speech: Speech
    lesson: Lesson
    centre: Float32
    axes: Float32


def prepare(speech: Speech, pooled: Half, texts: Sequence[str], report: Report | None = None) -> Prepared:
    """Make a lesson of pictures with captions, N each.

    Raises
    ------
    SpaceError
        There are too few pictures, or nothing differs in their captions.
    """
    if len(texts) < FEWEST:
        raise SpaceError(
            f"{len(texts)} pictures with captions are too few to learn from; at least {FEWEST} are needed. Import "
            "captions first: leitmotiv captions import"
        )
    different = sorted(set(texts))
    if len(different) < 2:
        raise SpaceError(f"All {len(texts):,} pictures have the same caption ({different[0][:60]!r}).")
    row_of = {text: row for row, text in enumerate(different)}
    same = np.array([row_of[text] for text in texts], np.int64)
    captions = _placed(speech, different, report)[same]
    known = np.linalg.norm(captions, axis=1) > 0
    if known.sum() < FEWEST:
        raise SpaceError(f"Only {known.sum()} of {len(texts):,} captions have words that {speech.name} knows.")
    pooled, captions, same = pooled[known], captions[known], same[known]
    centre = ground.centre_of(pooled)
    with threads.products_on_one():
        axes = space.axes(ground.centred(pooled[space.drawn(len(pooled))], centre))
        features = np.empty((len(pooled), axes.shape[1]), np.float32)
        for start in range(0, len(pooled), _ROWS):  # in full width they would take three times the memory of all else
            part = slice(start, start + _ROWS)
            features[part] = ground.centred(pooled[part], centre) @ axes
        starts = speech.starts(pooled)
    return Prepared(speech, Lesson(features, starts, captions, same), centre, axes)


def _placed(speech: Speech, texts: Sequence[str], report: Report | None) -> Float32:
    pace, parts = Pace(), []
    for start in range(0, len(texts), _AT_ONCE):
        parts.append(speech.place(texts[start : start + _AT_ONCE]))
        if report is not None:
            report(pace.step(PHASE, min(start + _AT_ONCE, len(texts)), len(texts)))
    return np.concatenate(parts)


def beginning(prepared: Prepared) -> State:
    """The state before the first round."""
    return space.beginning(prepared.lesson.features.shape[1], prepared.lesson.captions.shape[1])


def states(prepared: Prepared, plan: Plan, state: State) -> Iterator[State]:
    """The state after each round, from a state on; the one of the ridge regression alone.

    On one thread: the products are small, and their sums then are the same whatever the machine's cores.
    """
    with threads.products_on_one():
        if plan.loss == "ridge":
            yield space.ridge(prepared.lesson)[0]
        else:
            yield from space.descend(prepared.lesson, plan, state)


def finished(name: str, prepared: Prepared, plan: Plan, state: State) -> LearntSpace:
    """A state as a space that takes activations as they are."""
    epochs = [{"loss": round(one.loss, 6), "satisfied": round(one.satisfied, 6)} for one in state.epochs]
    told: dict[str, Any] = {
        "pictures": len(prepared.lesson),
        "captions": int(prepared.lesson.same.max()) + 1,
        "seed": plan.seed,
        **({} if plan.loss == "ridge" else {"rounds": len(epochs), "epochs": epochs}),
        **({"negatives": plan.negatives, "margin": plan.margin} if plan.loss == "triplet" else {}),
    }
    speech = prepared.speech
    with threads.products_on_one():
        weights = np.asarray(prepared.axes @ state.weights, np.float32)
    said = (name, ACTIVATIONS, speech.name, speech.encoder, plan.loss)
    return LearntSpace(*said, prepared.centre, weights, state.bias, speech.own, told)


def located(learnt: LearntSpace, speech: Speech, pooled: Half) -> Float32:
    """Where pictures lie in a learnt space, unit rows (N, D) float32."""
    state = replace(space.beginning(1, 1), weights=learnt.weights, bias=learnt.bias)
    loss: space.Loss = learnt.loss  # type: ignore[assignment]
    out = np.empty((len(pooled), len(learnt.bias)), np.float32)
    for start in range(0, len(pooled), _ROWS):
        part = slice(start, start + _ROWS)
        features = ground.centred(pooled[part], learnt.centre)
        out[part] = space.places(features, speech.starts(pooled[part]), state, loss)
    return out


def digest(prepared: Prepared, plan: Plan) -> str:
    """Changes with whatever the descent depends on, but how long it is."""
    told = hashlib.sha256(f"{replace(plan, epochs=0)} {prepared.speech.name} {space.REVISION}".encode())
    lesson = prepared.lesson
    arrays: tuple[NDArray[Any], ...] = (lesson.features, lesson.starts, lesson.captions, lesson.same)
    for values in arrays:
        told.update(np.ascontiguousarray(values).tobytes())
    return told.hexdigest()


WORDS: tuple[str, ...] = get_args(WordsOf)
