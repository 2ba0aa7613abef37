"""What a learnt space says of pictures."""

import tracemalloc

import numpy as np
import pytest

from leitmotiv.workflows import taught


def test_what_is_said_is_the_weighed_cosine_of_each_picture():
    rng = np.random.default_rng(0)
    places = rng.standard_normal((9001, 24)).astype("f2")
    spoken = rng.standard_normal((2, 24)).astype("f4")
    found = taught.says(places, spoken)
    assert (found.shape, found.dtype) == ((9001, 2), np.float32)
    for row in (0, 4095, 4096, 9000):
        exact = [taught.WEIGHT * float(places[row].astype("f8") @ one.astype("f8")) for one in spoken]
        assert found[row] == pytest.approx(exact, rel=1e-4, abs=1e-4)
    assert taught.says(places[:0], spoken).shape == (0, 2)


def test_a_search_copies_no_more_than_a_part_of_the_places():
    places = np.ones((60_000, 96), np.float16)
    tracemalloc.start()
    taught.says(places, np.ones((1, 96), np.float32))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < places.nbytes / 2
