"""Moments against a naive twin that goes from picture to picture: all pairs compared, by vectors, or neither."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest

from leitmotiv.analysis.embedding import STEPS, Embedding
from leitmotiv.settings import Settings
from leitmotiv.workflows import moments
from leitmotiv.workflows.measuring import MATRIX, measure_digest, to_many
from leitmotiv.workflows.neighbours import NEIGHBOURS
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.vectors import Vectors, put_vectors
from tests.store.making import NOON, file, image, image_id, mixture

COUNT, SECONDS, NEAR = 60, 8.0, 0.2


@pytest.fixture
def session(tmp_path):
    """Pictures at times that a seed draws, a sixth of them with a time of which the camera knows nothing."""
    rng = np.random.default_rng(4)
    times = np.cumsum(rng.choice([0, 1, 4, 8, 9, 4000], COUNT))
    with Session(Settings(library=tmp_path / "library")) as opened:
        for number, seconds in enumerate(times.tolist()):
            one = image(number)
            source = "mtime" if number % 6 == 5 else "exif"
            taken = replace(one.taken, at=NOON + timedelta(seconds=seconds), source=source)
            one = replace(one, taken=taken)
            held = [file(f"/away/p{number}.jpg".encode(), one)]
            opened.library.images.add(one, files=held, thumbnails={}, mixture=mixture(number))
        yield opened


def naive(session, divergence, known, most=moments.MOST):
    """One picture after the other: close in time to the one before, then alike to the one before of those known."""
    images, _ = session.library.images.page(limit=COUNT)
    timed = sorted(
        (one for one in images if one.taken.source == "exif"), key=lambda one: (one.taken.at.timestamp(), one.id)
    )
    runs = []
    for one in timed:
        last = runs[-1][-1] if runs else None
        close = last is not None and (one.taken.at - last.taken.at).total_seconds() <= SECONDS
        if close and len(runs[-1]) < most:
            runs[-1].append(one)
        else:
            runs.append([one])
    found = []
    for run in runs:
        parts = []
        for one in (one.id for one in run if one.id in known and len(run) > 1):
            if parts and divergence(parts[-1][-1], one) <= NEAR:
                parts[-1].append(one)
            else:
                parts.append([one])
        found += [part for part in parts if len(part) > 1]
    return found


def found(session, text=""):
    made = moments.moments(session, text, SECONDS, NEAR)
    return [made.ids(at) for at in range(len(made))]


def drawn(seed):
    """Divergences of all pairs, nats."""
    values = np.random.default_rng(seed).random((COUNT, COUNT)).astype(np.float32)
    return np.minimum(values, values.T) * 0.6


def test_with_all_pairs_compared_they_are_those_of_the_naive_twin(session, monkeypatch):
    ids, values = [image_id(number) for number in range(COUNT)], drawn(0)
    row_of = {one: row for row, one in enumerate(ids)}
    session.library.arrays.put(MATRIX, {"values": values}, ids, measure_digest(session.settings))
    expected = naive(session, lambda one, other: values[row_of[one], row_of[other]], set(ids))
    assert len(expected) > 5
    assert found(session) == expected
    monkeypatch.setattr(moments, "MOST", 3)
    shorter = naive(session, lambda one, other: values[row_of[one], row_of[other]], set(ids), most=3)
    assert shorter != expected
    assert found(session) == shorter
    assert found(session, "name:nothing") == []


def test_by_vectors_what_is_stored_of_neighbours_counts_before_what_is_expected(session, monkeypatch):
    monkeypatch.setattr(moments, "AT_ONCE", 7)
    rng, ids = np.random.default_rng(1), sorted(image_id(number) for number in range(COUNT))
    coordinates = rng.integers(-300, 300, (COUNT, 4)).astype(np.int16)
    curve = np.array([[0.0, 0.0], [4.0, 0.6]])
    lists = np.stack([rng.permutation(COUNT)[:9] for _ in range(COUNT)]).astype(np.int32)
    values = drawn(2)[np.arange(COUNT)[:, None], lists]
    values[rng.random(values.shape) < 0.3] = np.nan
    nothing = np.zeros((0, 4), np.int16)
    model = Embedding(np.zeros((2, 5, 1), np.float32), np.zeros(1), np.zeros(1), np.zeros((1, 4)))
    put_vectors(session.library, session.settings, Vectors(tuple(ids), coordinates, model, nothing, COUNT, 0.9, curve))
    digest = measure_digest(session.settings)
    session.library.arrays.put(NEIGHBOURS, {"lists": lists, "values": values}, ids, digest)
    row_of = {one: row for row, one in enumerate(ids)}

    def divergence(one, other):
        a, b = row_of[one], row_of[other]
        for first, second in ((b, a), (a, b)):
            for neighbour, value in zip(lists[first], values[first], strict=True):
                if neighbour == second and np.isfinite(value):
                    return value
        square = ((coordinates[a].astype(float) - coordinates[b]) ** 2).sum() / STEPS**2
        return np.interp(square, curve[:, 0], curve[:, 1])

    expected = naive(session, divergence, set(ids))
    assert len(expected) > 3
    assert found(session) == expected


def test_a_few_that_came_after_the_index_are_compared_and_further_ones_left_out(session, monkeypatch):
    ids = [image_id(number) for number in range(0, COUNT, 2)]
    alike = np.zeros((len(ids), len(ids)), np.float32)
    session.library.arrays.put(MATRIX, {"values": alike}, ids, measure_digest(session.settings))

    def divergence(one, other):
        if one in ids and other in ids:
            return 0.0
        return float(to_many(session, session.library.mixtures.get(one), [other])[0])

    every = {image_id(number) for number in range(COUNT)}
    assert found(session) == naive(session, divergence, every)
    monkeypatch.setattr(moments, "EXACT", 0)
    assert found(session) == naive(session, divergence, set(ids))


def test_without_an_index_there_are_none(session):
    assert found(session) == []


def test_their_number_does_not_multiply_the_work(session, monkeypatch):
    """Each stored array is opened a few times, however many runs there are."""
    ids = [image_id(number) for number in range(COUNT)]
    session.library.arrays.put(MATRIX, {"values": drawn(0)}, ids, measure_digest(session.settings))
    opened = []
    get = session.library.arrays.get
    monkeypatch.setattr(session.library.arrays, "get", lambda name: opened.append(name) or get(name))
    assert len(found(session)) > 5
    assert len(opened) < 5
    assert all(one != other for burst in found(session) for one, other in pairwise(burst))
