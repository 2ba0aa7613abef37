"""What each term of a query says of every picture: by the look, by what pictures show, by words, by what was learnt."""

import os
from collections.abc import Sequence
from contextlib import suppress
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import joining, joint, threads
from leitmotiv.analysis.cutoff import above_chance
from leitmotiv.analysis.joining import Mask
from leitmotiv.errors import ImageReadError, UsageError
from leitmotiv.records import Concept, Float
from leitmotiv.workflows import boards, preparing, slips, taught, words
from leitmotiv.workflows.degrees import SUBJECT
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.said import Said
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.terms import Colour, File, Numbered, OfBoard, OfConcept, Picture, Sketch, Upload, Wanted, Words
from leitmotiv.workflows.trees import Term

SEEN = (Words, OfBoard, OfConcept)
"""What the look cannot tell."""


def said(session: Session, term: Term, ids: list[str], by: float) -> Said:
    """What a term says of pictures; remembered while the library stays as it is.

    Parameters
    ----------
    by : float
        How pictures are compared: 0 by the look, 1 by the subject.

    Raises
    ------
    ImageNotFoundError, NotFoundError
        A picture or a board is not there.
    MissingExtraError, NoActivationsError
        What pictures show is asked for, and nothing has seen it.
    """
    # captions and spaces may be changed by another process, too
    revision = session.library.revision("images", "files", "activations", "captions")
    state = (*revision, session.library.clusters.stamp(), session.settings.words, taught.stamp(session))
    key = ("term", _stamp(session, term), by, state)
    return remember(session, key, lambda: _said(session, term, ids, by), lane=True)


def recognised(session: Session, wanted: Wanted) -> Wanted:
    """What a term asks for; of a file, or a picture that was handed in, the picture of the library that it is.

    Raises
    ------
    ImageNotFoundError
        What was handed in is not kept any more.
    """
    own: str | None = None
    if isinstance(wanted, File):
        known = session.library.images.find_path(os.fsencode(os.path.abspath(wanted.path)))
        own = None if known is None else known.id
    elif isinstance(wanted, Upload):
        from leitmotiv.workflows import uploads

        own = uploads.own(session, wanted.id)
    return wanted if own is None else Picture(own)


def read(session: Session, terms: Sequence[Term]) -> None:
    """Read the words of several terms side by side."""
    phrases = [term.wanted.phrase for term in terms if isinstance(term.wanted, Words)]
    if len(phrases) > 1:
        preparing.ready(session)
        words.read(session, phrases)


def standardised(one: Said) -> tuple[Float, Mask]:
    """What a term says in standard deviations, and which pictures part from chance."""
    if one.found is not None:
        return one.values, one.found
    if one.settled and one.there is not None:
        return joining.standardised(one.values), one.there
    found = np.zeros(len(one.values), bool)
    found[np.argsort(-one.values, kind="stable")[: above_chance(one.values)]] = True
    return joining.standardised(one.values), found if one.there is None else found | one.there


def _stamp(session: Session, term: Term) -> str:
    wanted = term.wanted
    if isinstance(wanted, File | OfConcept):
        try:
            status = wanted.path.stat()
        except OSError as error:
            raise ImageReadError(str(wanted.path), "it is no longer there") from error
        return f"{os.path.abspath(wanted.path)} {status.st_size} {status.st_mtime_ns}"
    if isinstance(wanted, Upload):
        from leitmotiv.workflows import uploads

        uploads.get(session, wanted.id)
    if isinstance(wanted, OfBoard):
        from leitmotiv.workflows import learning

        board = boards.get(session, wanted.board)
        return f"{term.text} {board.id} {learning.snapshot_of(board).concept}"
    return term.text


def _said(session: Session, term: Term, ids: list[str], by: float) -> Said:
    wanted = recognised(session, term.wanted)
    if isinstance(wanted, Words):
        return _worded(session, wanted.phrase, ids)
    if isinstance(wanted, OfBoard | OfConcept):
        return _learnt(session, _concept(session, wanted), ids)
    if isinstance(wanted, Numbered):
        raise UsageError(f"{term.text} counts pictures of a ranking. Name it: from= in an address, --from FILE.")
    if by == SUBJECT and not isinstance(wanted, Colour | Sketch):
        from leitmotiv.workflows import lone

        return _learnt(session, lone.concept(session, wanted), ids)
    # what tells looks has kernels, which take longer to import than words take to answer
    from leitmotiv.workflows import looking

    return looking.told(session, wanted, ids, by)


def _worded(session: Session, phrase: str, ids: list[str]) -> Said:
    preparing.ready(session)
    with threads.products_on_one():
        told = words.scores(session, phrase)
    values = _aligned(session, told.ids, told.values, ids)
    found = np.zeros(len(ids), bool)
    found[joint.top(values, told.cut)] = True
    return Said(
        values,
        found=found,
        nearest=told.nearest,
        read=told.read,
        says_something=told.cut > 0 or bool(told.values.any() and not is_empty(session, phrase)),
    )


def is_empty(session: Session, phrase: str) -> bool:
    """Whether a phrase has no word that tells pictures apart: the nearest to a word that nobody knows are any."""
    return slips.says_nothing(phrase) or slips.is_all_unknown(session, phrase)


def silent(terms: Sequence[Term], said: Sequence[Said]) -> dict[int, bool]:
    """The terms that say nothing of pictures, and of each whether it asks for anything at all, as "of the" does not."""
    mute = [at for at, one in enumerate(said) if not one.says_something]
    return {at: not slips.says_nothing(terms[at].label) for at in mute}


def _concept(session: Session, wanted: OfBoard | OfConcept) -> Concept:
    if isinstance(wanted, OfConcept):
        from leitmotiv.workflows.concept_files import load_cav

        return load_cav(wanted.path)
    from leitmotiv.workflows import learning

    return learning.concept_of(session, boards.get(session, wanted.board))


def _learnt(session: Session, concept: Concept, ids: list[str]) -> Said:
    from leitmotiv.workflows import finding

    scores = finding.scored(session, concept)
    return Said(_aligned(session, scores.ids, scores.score, ids))


def _aligned(session: Session, names: tuple[str, ...], values: Float, ids: list[str]) -> Float:
    """Values of pictures by their ids; what is not known gets the least."""
    # the very lists are kept with the rows, so that no other ones can be at their place in memory
    key = ("aligned", id(names), id(ids))
    _, _, rows = remember(session, key, lambda: (names, ids, rows_among(names, ids)))
    least = float(values.min(initial=0.0))
    return np.append(values, least)[rows]


def rows_among(names: Sequence[str], ids: Sequence[str]) -> NDArray[np.int64]:
    """The place of each of the ids in `names`, (N,) int64; -1 of what is not there.

    Where the names are ids in ascending order they are compared as bytes, in half the time that a dictionary takes.
    """
    with suppress(ValueError):  # not of hexadecimal digits, or not all of one length
        there, wanted = _bytes(names), _bytes(ids)
        beginnings, sought = (
            np.ascontiguousarray(one[:, :8]).view(">u8")[:, 0].astype("u8") for one in (there, wanted)
        )
        if len(there) and (beginnings[1:] > beginnings[:-1]).all():
            at = np.minimum(np.searchsorted(beginnings, sought), len(there) - 1)
            return np.where((there[at] == wanted).all(axis=1), at, -1)
    row_of = dict(zip(names, range(len(names)), strict=True))
    return np.fromiter(map(row_of.get, ids, repeat(-1)), np.int64, len(ids))


def _bytes(ids: Sequence[str]) -> NDArray[np.uint8]:
    return np.frombuffer(bytes.fromhex("".join(ids)), np.uint8).reshape(len(ids), -1)
