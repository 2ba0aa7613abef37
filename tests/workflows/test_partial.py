import numpy as np
import pytest
from skimage import data

from leitmotiv.errors import UsageError
from leitmotiv.imaging.square import middle_square
from leitmotiv.records import Partial
from leitmotiv.workflows import partial

CAT = middle_square(data.chelsea(), 64)


@pytest.mark.parametrize("kind", partial.KINDS)
def test_each_kind_keeps_something_of_a_picture_and_loses_something(kind):
    seen = partial.glimpse(CAT, Partial(kind)).pixels
    assert seen.shape == CAT.shape
    assert seen.dtype == np.uint8
    assert len(np.unique(seen.reshape(-1, 3), axis=0)) >= 2
    assert not np.array_equal(seen, CAT)
    np.testing.assert_array_equal(seen, partial.glimpse(CAT, Partial(kind)).pixels)


@pytest.mark.parametrize("colours", partial.COLOURS)
def test_regions_have_as_many_colours_as_were_asked_for(colours):
    seen = partial.glimpse(CAT, Partial("regions", regions=5, colours=colours))
    assert len(np.unique(seen.pixels.reshape(-1, 3), axis=0)) == 5


def test_random_colours_mean_nothing_from_one_picture_to_the_next():
    random = Partial("regions", regions=2, colours="random")
    one, other = (partial.glimpse(pixels, random).pixels for pixels in (CAT, CAT[::-1]))
    assert {*map(tuple, one.reshape(-1, 3))} != {*map(tuple, other.reshape(-1, 3))}


def test_a_kind_survives_being_stored_and_unknown_entries_are_left_out():
    one = Partial("regions", regions=9, colours="mean")
    assert Partial.from_json({**one.as_json(), "later": 1}) == one


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (Partial("lines"), "kind is 'lines'"),
        (Partial(regions=13), "regions is 13"),
        (Partial(colours="loud"), "colours is 'loud'"),
        (Partial(size=0.0), "size is 0"),
        (Partial(low=-1), "low is -1"),
        (Partial(high=float("nan")), "high is nan"),
    ],
)
def test_what_cannot_be_done_is_named(wrong, named):
    with pytest.raises(UsageError, match=named):
        partial.check(wrong)
