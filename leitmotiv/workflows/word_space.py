"""The word space, kept for all collections of a user, and where the pictures of a library lie in it."""

import hashlib
import io
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import decoys, joint
from leitmotiv.analysis.broader import Broader
from leitmotiv.analysis.decoys import Decoys
from leitmotiv.analysis.joint import Places, Ranker, WordSpace
from leitmotiv.analysis.lexical import Lexicon
from leitmotiv.errors import MissingExtraError
from leitmotiv.nets import classes, kept
from leitmotiv.nets.text import Encoder
from leitmotiv.nets.text import encoder as other_encoder
from leitmotiv.records import ClassText, Float, Float32
from leitmotiv.settings import cache_folder
from leitmotiv.workflows.backgrounds import PREPARED_FROM, Ground, background, digest, known_digest
from leitmotiv.workflows.memory import recalled, remember
from leitmotiv.workflows.progress import Pace, Report
from leitmotiv.workflows.session import Session

REVISION = 1
"""Grows whenever the same texts would give another space, or the same pictures other places."""
LEXICON = 2
"""Grows whenever the same texts would be indexed otherwise."""
PLACES = "words"
"""The name of the stored arrays."""
PHASE = "Reading the words of classes (once)"
_PROMPTS = ("{}", "a photo of a {}")
_FIELDS = ("words", "names", "centre", "levelling")
_AT_ONCE = 256
_PLACED = 256
"""Phrases whose places are remembered."""


@dataclass(frozen=True, eq=False)
class ClassWords:
    """What is known of classes by one encoder.

    Attributes
    ----------
    names : tuple of str
        As people say them.
    placed : dict
        Where the phrases lie that were asked for last, (D,) float32 each.
    """

    encoder: Encoder
    space: WordSpace
    lexicon: Lexicon
    broader: Broader
    names: tuple[str, ...]
    placed: dict[str, Float32] = field(default_factory=dict)

    def said(self, placed: Float32, phrases: Sequence[str]) -> Float:
        """What phrases say of each class, by vectors (Q, D) and by words, (C, Q) float64."""
        matched = np.stack([self.lexicon.match(phrase) for phrase in phrases], axis=1)
        return np.asarray(self.space.words @ placed.T + self.encoder.lexical * matched, np.float64)


@dataclass(frozen=True, eq=False)
class Placed:
    """A library in the space of words.

    Attributes
    ----------
    key : str
        Changes with the pictures and the space. What is derived is remembered by it: by the object itself, it would
        keep the rows of all pictures in memory for as long.
    """

    ground: Ground
    places: Places
    ranker: Ranker
    decoys: Decoys
    key: str


@cache
def texts() -> tuple[ClassText, ...]:
    """What is written of the classes.

    Raises
    ------
    MissingExtraError
        It is not installed, or damaged.
    """
    return classes.texts()


@cache
def lexicon() -> Lexicon:
    """The same, indexed by word; kept for the user, as indexing takes longer than a search."""
    path = cache_folder(os.environ) / f"lexicon-{LEXICON}-{classes.DIGEST[:12]}.npz"
    data = kept.read(path)
    if data is not None:
        with np.load(io.BytesIO(data), allow_pickle=False) as found:
            return Lexicon.unpacked({name: found[name] for name in found.files})
    made, packed = Lexicon(texts()), io.BytesIO()
    np.savez(packed, **made.packed)  # type: ignore[arg-type]
    kept.keep(path, packed.getvalue())
    return made


@cache
def broader() -> Broader:
    """The kinds of things above the classes."""
    return Broader(classes.broader(), len(texts()))


def class_words(session: Session, report: Report | None = None, choice: str = "") -> ClassWords:
    """The space of words by the encoder in use; made once for each user, which takes a minute with MiniLM.

    Parameters
    ----------
    choice : str
        "minilm" or "wordllama" in place of the one in use.

    Raises
    ------
    MissingExtraError
        The encoder or the texts are not installed, or damaged.
    """
    encoder = session.encoder()
    if choice not in ("", encoder.name.lower()):
        encoder = remember(
            session, ("encoder", choice), lambda: other_encoder(choice, cache_folder(os.environ)), lane=True
        )
    key = ("class words", encoder.digest)
    return remember(session, key, lambda: _class_words(encoder, report), turn=session.reading)


def is_read(session: Session) -> bool:
    """Whether the space of the encoder in use is there already.

    Raises
    ------
    MissingExtraError
        The encoder is not installed, or damaged.
    """
    return _kept(_path(session.encoder())) is not None


def _class_words(encoder: Encoder, report: Report | None) -> ClassWords:
    path = _path(encoder)
    space = _kept(path)
    if space is None:
        space = _read(encoder, texts(), report)
        _keep(path, space)
    return ClassWords(encoder, space, lexicon(), broader(), tuple(one.name for one in texts()))


def _path(encoder: Encoder) -> Path:
    return cache_folder(os.environ) / f"words-{encoder.name.lower()}-{_key(encoder)[:12]}.npz"


def _key(encoder: Encoder) -> str:
    return hashlib.sha256(f"{REVISION} {encoder.digest} {classes.DIGEST}".encode()).hexdigest()


def _kept(path: Path) -> WordSpace | None:
    data = kept.read(path)
    if data is None:
        return None
    with np.load(io.BytesIO(data), allow_pickle=False) as found:
        return WordSpace(*(found[name] for name in _FIELDS))


def _keep(path: Path, space: WordSpace) -> None:
    data = io.BytesIO()
    np.savez(data, **{name: getattr(space, name) for name in _FIELDS})
    kept.keep(path, data.getvalue())


def _read(encoder: Encoder, written: Sequence[ClassText], report: Report | None) -> WordSpace:
    """Encode names, synonyms and first sentences of descriptions: whole ones take three times as long for nothing."""
    said = list(dict.fromkeys(name for one in written for name in (one.name, *one.synonyms)))
    phrases = [prompt.format(name) for prompt in _PROMPTS for name in said]
    phrases += [f"{one.name}: {one.description.partition('. ')[0]}" for one in written]
    encoded = _encoded(encoder, phrases, report)
    row_of = {name: row for row, name in enumerate(said)}
    of_name = _unit(encoded[: len(said)] + encoded[len(said) : 2 * len(said)])
    names = of_name[[row_of[one.name] for one in written]]
    synonyms = _unit(np.stack([of_name[[row_of[name] for name in one.synonyms]].mean(axis=0) for one in written]))
    return joint.word_space(names, synonyms, encoded[2 * len(said) :])


def _encoded(encoder: Encoder, phrases: Sequence[str], report: Report | None) -> Float32:
    pace, parts = Pace(), []
    # Those of a length are encoded together, so they stand together.
    order = np.argsort([len(phrase) for phrase in phrases], kind="stable")
    for start in range(0, len(phrases), _AT_ONCE):
        parts.append(encoder.encode([phrases[at] for at in order[start : start + _AT_ONCE]]))
        if report is not None:
            report(pace.step(PHASE, min(start + _AT_ONCE, len(phrases)), len(phrases)))
    sorted_rows = np.concatenate(parts)
    out = np.empty_like(sorted_rows)
    out[order] = sorted_rows
    return out


def _unit(values: Float32) -> Float32:
    return np.asarray(values / np.maximum(np.linalg.norm(values, axis=1, keepdims=True), 1e-12), np.float32)


def place(known: ClassWords, phrases: Sequence[str]) -> Float32:
    """Where phrases lie in the space, unit rows (B, D); one of nothing that the encoder knows has a row of zeros.

    All that are new are encoded together: a second phrase costs a fraction of the first.
    """
    held = {phrase: row for phrase in phrases if (row := known.placed.get(phrase)) is not None}
    new = [phrase for phrase in dict.fromkeys(phrases) if phrase not in held]
    if new:
        found = dict(zip(new, _place(known, new), strict=True))
        held |= found
        if len(new) <= _PLACED:
            known.placed.update(found)
            for phrase in list(known.placed)[:-_PLACED]:
                known.placed.pop(phrase, None)
    return np.stack([held[phrase] for phrase in phrases])


def _place(known: ClassWords, phrases: Sequence[str]) -> Float32:
    encoded = known.encoder.encode([prompt.format(phrase) for prompt in _PROMPTS for phrase in phrases])
    bare = np.linalg.norm(encoded[: len(phrases)], axis=1, keepdims=True) > 0
    return known.space.place(_unit(encoded[: len(phrases)] + encoded[len(phrases) :]) * bare)


def placed(session: Session, report: Report | None = None) -> Placed:
    """The pictures of a library among words; made on first use, and when pictures came or went.

    Raises
    ------
    EmptyLibraryError
        There is no picture.
    MissingExtraError
        The backbone, an encoder or the texts are needed, and are missing or damaged.
    """
    known, library = class_words(session, report), session.library
    # a search asks several times, and whether a large collection is as it was takes milliseconds to tell otherwise
    now = "word places", library.revision("images", "activations"), known.encoder.digest
    held: Placed | None = recalled(session, now)
    if held is not None:
        return held
    ground = background(session, report)
    key = _places_key(known_digest(session, ground.ids), known.encoder)
    found = remember(session, ("word places", key), lambda: _placed(session, known, ground, key), turn=session.reading)
    return found if library.activations.missing() else remember(session, now, lambda: found)


def _places_key(pictures: str, encoder: Encoder) -> str:
    return hashlib.sha256(f"{pictures} {_key(encoder)} {LEXICON}".encode()).hexdigest()


def is_placed(session: Session) -> bool:
    """Whether the pictures that were seen are stored with their places among the words of the encoder in use."""
    stored = session.library.arrays.get(PLACES)
    if stored is None:
        return False
    key = _places_key(digest(stored.ids), session.encoder())
    return stored.digest == key and len(stored.ids) == session.library.activations.count()


def follow(session: Session, report: Report | None = None) -> None:
    """After an index, place the pictures of a large library among words, so that no search waits for that.

    Small ones are placed in a moment when a search asks; so are large ones where the words cannot be read now.
    """
    if session.settings.activations == "index" and session.library.activations.count() >= PREPARED_FROM:
        with suppress(MissingExtraError):
            placed(session, report)


def _placed(session: Session, known: ClassWords, ground: Ground, key: str) -> Placed:
    library = session.library
    stored = library.arrays.get(PLACES)
    if stored is not None and stored.digest == key and stored.ids == ground.ids:
        places = Places(stored["classes"], stored["shares"])
        ranker = Ranker(places, ground.background, len(known.names))
        return Placed(ground, places, ranker, Decoys(stored["levels"], stored["found"]), key)
    ids, pooled = library.activations.matrix()
    row_of = {image_id: row for row, image_id in enumerate(ids)}
    rows = [row_of[image_id] for image_id in ground.ids]
    places = joint.placed(pooled if ids == ground.ids else pooled[rows], classes.head(), known.space)
    ranker = Ranker(places, ground.background, len(known.names))
    found = asked(known, places, ranker)
    if library.writable:
        arrays: dict[str, NDArray[Any]] = {
            "classes": places.classes,
            "shares": places.shares,
            "levels": found.levels,
            "found": found.found,
        }
        library.arrays.put(PLACES, arrays, ground.ids, key)
    return Placed(ground, places, ranker, found, key)


def asked(known: ClassWords, places: Places, ranker: Ranker) -> Decoys:
    """What unrelated names of classes find among pictures."""
    unrelated = decoys.unrelated(known.space, places)
    said = known.said(known.space.names[unrelated], [known.names[number] for number in unrelated])
    return decoys.ask(ranker, said)
