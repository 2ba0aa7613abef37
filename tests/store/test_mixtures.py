from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitmotiv.analysis.mixture import shortened
from leitmotiv.errors import ImageNotFoundError, LibraryDamagedError
from leitmotiv.store.mixtures import decode, encode

from .making import add, mixture
from .meddling import meddle

NAMES = ("weights", "means", "cholesky", "shift", "scale")


@given(st.integers(0, 100), st.integers(1, 6), st.integers(1, 6))
def test_a_mixture_comes_back_bit_by_bit(number, components, dimensions):
    new = mixture(number, components, dimensions)
    back = decode("id", components, dimensions, "yuv", encode(new), 0.75)
    assert (back.colour_space, back.aspect) == ("yuv", 0.75)
    for name in NAMES:
        assert getattr(back, name).dtype == np.float64
        np.testing.assert_array_equal(getattr(back, name), getattr(new, name))
        assert not getattr(back, name).flags.writeable


def test_a_blob_keeps_only_the_lower_triangles():
    new = mixture(0, 10)
    assert len(encode(new)) == 8 * (10 * (1 + 5 + 15) + 5 + 5)


def test_mixtures_come_in_the_order_asked(library):
    ids = [add(library, number).id for number in range(5)]
    found = library.mixtures.many([ids[4], ids[0], ids[4]])
    for number, back in zip((4, 0, 4), found, strict=True):
        np.testing.assert_array_equal(back.means, mixture(number).means)
        assert back.aspect == mixture(number).aspect
    np.testing.assert_array_equal(library.mixtures.get(ids[2]).cholesky, mixture(2).cholesky)
    assert library.mixtures.many([]) == []


def test_an_unknown_id_is_named(library):
    add(library, 0)
    with pytest.raises(ImageNotFoundError, match="nobody"):
        library.mixtures.many(["nobody"])


def test_a_shortened_blob_is_an_error_with_the_next_step(library, folder):
    new = add(library, 0)
    meddle(folder, "UPDATE mixtures SET parameters = substr(parameters, 1, 100)")
    with pytest.raises(LibraryDamagedError, match=f"forget {new.id[:12]}"):
        library.mixtures.get(new.id)


def fitted():
    """Ten components with factors as a fit leaves them."""
    return replace(mixture(0, 10), cholesky=np.tril(np.random.default_rng(1).uniform(0.1, 1, (10, 5, 5))))


def test_numbers_that_short_ones_hold_take_few_bytes_and_come_back_bit_by_bit():
    short = shortened(fitted())
    blob = encode(short)
    assert len(blob) == 4 * 10 + 2 * 10 * (5 + 15) + 8 * (5 + 5)
    back = decode("id", 10, 5, "lab", blob)
    for name in NAMES:
        np.testing.assert_array_equal(getattr(back, name), getattr(short, name))


def test_one_number_that_no_short_one_holds_keeps_all_long():
    short = shortened(fitted())
    means = short.means.copy()
    means[3, 2] = 1e6 + 1 / 3
    assert len(encode(replace(short, means=means))) == 8 * (10 * (1 + 5 + 15) + 5 + 5)
