"""The learnt space in a search: what it says of pictures, put together with what the untrained one says."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import decoys
from leitmotiv.analysis.decoys import Decoys
from leitmotiv.errors import SpaceError
from leitmotiv.records import Float32, Half, LearntSpace
from leitmotiv.workflows.backgrounds import digest
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.progress import Report
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.used_space import UNTRAINED
from leitmotiv.workflows.used_space import stamp as stamp
from leitmotiv.workflows.word_space import ClassWords, Placed

if TYPE_CHECKING:
    from leitmotiv.workflows.space_learning import Speech

WEIGHT = 2.0
"""How much the learnt space counts in a first ranking, where the untrained one counts 1.

Measured on captioned drawings, see docs/how-it-works.md: both together find more than either, and more where what the
learnt one says is not spread over neighbours."""
PLACES = "learnt"
"""The name of the stored arrays."""
_ROWS = 4096


@dataclass(frozen=True, eq=False)
class Taught:
    """A learnt space with the pictures of a library in it.

    Attributes
    ----------
    places : (N, D) float16
        Unit rows, in the order of the background.
    decoys : Decoys
        What unrelated words find when both spaces are asked.
    key : str
        Changes with the space and the pictures.
    """

    name: str
    speech: "Speech"
    places: Half
    decoys: Decoys
    key: str

    def says(self, phrases: Sequence[str]) -> Float32:
        """What it says of every picture, (N, Q) float32 cosines; 0 where it knows none of the words."""
        return says(self.places, self.speech.place(phrases))


def says(places: Float32 | Half, spoken: Float32) -> Float32:
    """Cosines of places (N, D) and phrases (Q, D), by what they count in a first ranking, (N, Q) float32."""
    found = np.empty((len(places), len(spoken)), np.float32)
    weighed = np.float32(WEIGHT) * spoken.T
    for start in range(0, len(places), _ROWS):  # each search would copy all places, and wait for the memory
        part = slice(start, start + _ROWS)
        found[part] = places[part].astype(np.float32) @ weighed
    return found


def of(session: Session, classes: ClassWords, found: Placed, report: Report | None = None) -> Taught | None:
    """The space that searches use, with the pictures in it; None for the untrained one.

    Raises
    ------
    SpaceError
        Its file is damaged, or it was learnt from another backbone, or for another encoder.
    MissingExtraError
        Its encoder is not installed, or damaged.
    """
    used = stamp(session)
    if used[0] == UNTRAINED:
        return None
    key = hashlib.sha256(f"{used} {classes.encoder.digest} {digest(found.ground.ids)}".encode()).hexdigest()
    return remember(session, ("taught", key), lambda: _of(session, used[0], classes, found, key, report), lane=True)


def _of(session: Session, name: str, classes: ClassWords, found: Placed, key: str, report: Report | None) -> Taught:
    from leitmotiv.workflows import space_learning, space_training  # what learns, which the untrained space never needs

    learnt = space_training.get(session, name)
    speech = speech_of(session, learnt, report)
    library, ids = session.library, found.ground.ids
    stored = library.arrays.get(PLACES)
    if stored is not None and stored.digest == key and stored.ids == ids:
        return Taught(name, speech, stored["places"], Decoys(stored["levels"], stored["found"]), key)
    known, pooled = library.activations.matrix()
    row_of = {image_id: row for row, image_id in enumerate(known)}
    rows = pooled if known == ids else pooled[[row_of[image_id] for image_id in ids]]
    places = space_learning.located(learnt, speech, rows).astype(np.float16)
    unrelated = decoys.unrelated(classes.space, found.places)
    names = [classes.names[number] for number in unrelated]
    said = classes.said(classes.space.names[unrelated], names)
    asked = decoys.ask(found.ranker, said, says(places, speech.place(names)))
    if library.writable:
        arrays: dict[str, NDArray[Any]] = {"places": places, "levels": asked.levels, "found": asked.found}
        library.arrays.put(PLACES, arrays, ids, key)
    return Taught(name, speech, places, asked, key)


def speech_of(session: Session, learnt: LearntSpace, report: Report | None = None) -> "Speech":
    """How phrases become vectors of a learnt space.

    Raises
    ------
    SpaceError
        It was learnt for another version of its encoder.
    MissingExtraError
        The encoder is not installed, or damaged.
    """
    from leitmotiv.workflows import space_learning

    if learnt.own is not None:
        return space_learning.of_captions(learnt.words, learnt.own)
    speech = space_learning.speech(session, learnt.words, (), 0, report)  # type: ignore[arg-type]
    if (speech.encoder, len(learnt.bias)) != (learnt.encoder, speech.space.words.shape[1]):
        raise SpaceError(
            f"The space {learnt.name} was learnt for another version of {learnt.words}. Train it again, or go back: "
            f"leitmotiv space use {UNTRAINED}"
        )
    return speech
