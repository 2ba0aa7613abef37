import numpy as np
import pytest

from leitmotiv.imaging.parts import cut, parts_input


@pytest.fixture
def pixels() -> np.ndarray:
    """Four fields of one colour each."""
    drawn = np.zeros((100, 200, 3), np.uint8)
    drawn[:50, 100:], drawn[50:, :100], drawn[50:, 100:] = (250, 0, 0), (0, 250, 0), (0, 0, 250)
    return drawn


def test_all_of_a_part_is_seen_and_nothing_beyond(pixels):
    found = parts_input(pixels, [(0, 0, 1, 1), (0.5, 0, 0.5, 0.5), (0, 0.5, 0.5, 0.5)])
    assert found.shape == (3, 224, 224, 3)
    inside = slice(12, -12)  # at the edge the next pixel mixes in, as when anything is resized
    assert (found[1][inside, inside] == (250, 0, 0)).all()
    assert (found[2][inside, inside] == (0, 250, 0)).all()
    np.testing.assert_array_equal(found[0][5, 218], (250, 0, 0))
    np.testing.assert_array_equal(found[0][218, 5], (0, 250, 0))


def test_no_parts_are_no_pictures(pixels):
    assert parts_input(pixels, []).shape == (0, 224, 224, 3)


def test_a_cut_has_the_pixels_of_the_original(pixels):
    np.testing.assert_array_equal(cut(pixels, (0.5, 0.5, 0.5, 0.5)), pixels[50:, 100:])
    assert cut(pixels, (0, 0, 1, 1)).shape == pixels.shape
    assert cut(pixels, (0.999, 0.999, 0.0001, 0.0001)).shape == (1, 1, 3)
