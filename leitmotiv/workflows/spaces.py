"""Queries as vectors of the word space, where words and pictures lie: the sums that joined scores are compared with."""

import numpy as np

from leitmotiv.analysis import arithmetic
from leitmotiv.errors import UsageError
from leitmotiv.records import Float, Float32
from leitmotiv.workflows import preparing, word_space, words
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.query import Query
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.terms import Picture, Wanted, Words
from leitmotiv.workflows.trees import Group, Node

MODES = ("scores", "sum", "projection", "classic")
"""How terms go together: by their scores; as vectors that are added and subtracted; with what is unwanted projected
out; and as in the demo of multimodal retrieval, whose language this one contains."""


def parts(session: Session, query: Query, mode: str, ids: list[str]) -> Float:
    """What each term gives to the score of every picture, (T, N) float64, as vectors.

    Raises
    ------
    UsageError
        The query asks for more than words and pictures of the library, added and subtracted; or, as "classic", for what
        the demo cannot do.
    MissingExtraError, NoActivationsError
        See `words.picture_vectors`.
    """
    if query.tree is not None and not _is_flat(query.tree):
        raise UsageError(f"In the mode {mode} terms are added and subtracted, and nothing else; | has no meaning.")
    if mode == "projection" and all(term.weight < 0 for term in query.terms):
        raise UsageError(
            "In the mode projection what is unwanted is taken out of what is wanted; write something that is wanted."
        )
    preparing.ready(session)
    names, places = words.picture_vectors(session)
    row_of = {image_id: row for row, image_id in enumerate(names)}
    vectors = np.array([_vector(session, term.wanted, mode, row_of, places) for term in query.terms], np.float64)
    weights = [term.weight for term in query.terms]
    if mode == "classic":
        found = _classic(session, vectors, places, weights)
    else:
        found = (arithmetic.summed if mode == "sum" else arithmetic.projected)(places, vectors, weights)
    least = found.min(axis=1, keepdims=True) if len(names) else np.zeros((len(found), 1))
    rows = np.array([row_of.get(image_id, -1) for image_id in ids], np.int64)
    return np.asarray(np.concatenate([found, least], axis=1)[:, rows], np.float64)


def _is_flat(node: Node) -> bool:
    return not isinstance(node, Group) or (node.how != "any" and all(map(_is_flat, node.members)))


def _vector(session: Session, wanted: Wanted, mode: str, row_of: dict[str, int], places: Float32) -> Float32:
    if isinstance(wanted, Words):
        return words.vector(session, wanted.phrase)
    if isinstance(wanted, Picture):
        image_id = session.library.images.get(wanted.id).id
        if image_id in row_of:
            return np.asarray(places[row_of[image_id]])
        raise UsageError(f"The picture {wanted.id} has no place among words yet: nothing has seen what it shows.")
    raise UsageError(f"In the mode {mode} only words and pictures of the library have vectors; leave the rest out.")


def _classic(session: Session, vectors: Float, places: Float32, weights: list[float]) -> Float:
    """The demo's scores; its pictures come from a network that gives no negative numbers, so ours are lifted first."""

    def lifted() -> Float:
        whole = places.astype(np.float64)
        return arithmetic.classic_pictures(whole - whole.min(axis=1, keepdims=True) + 1e-12)

    pictures = remember(session, ("classic", word_space.placed(session).key), lifted)
    terms = [arithmetic.classic_word(vector) for vector in vectors]
    try:
        return arithmetic.classic(pictures, np.array(terms), weights)
    except ValueError as error:
        raise UsageError(
            "The classic mode adds, or takes from one term, but not both: for a+b-c the original looked up the word "
            "“b-c” and failed. Leave mode=classic out."
        ) from error
