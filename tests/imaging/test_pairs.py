import numpy as np
import pytest

from leitmotiv.errors import ImageReadError
from leitmotiv.imaging import pairs
from leitmotiv.imaging.read import encode

X, Y = np.full((16, 16, 3), 255, np.uint8), np.full((16, 16, 3), 40, np.uint8)


def test_the_photo_is_left_unless_the_other_direction_is_learnt():
    made = pairs.joined(X, Y)
    assert made.shape == (16, 32, 3)
    np.testing.assert_array_equal(made[:, :16], Y)
    for direction in ("BtoA", "AtoB"):
        x, y = pairs.parted(pairs.joined(X, Y, direction), 8, direction)
        np.testing.assert_array_equal(x, X[:8, :8])
        np.testing.assert_array_equal(y, Y[:8, :8])


def test_names_are_folder_and_file_and_not_too_long():
    assert pairs.file_name("sunflower", "image_0001.jpg") == "sunflower_image_0001.png"
    assert len(pairs.file_name("f" * 100, "n" * 100)) == 136


def test_a_picture_that_is_no_pair_is_named(tmp_path):
    (tmp_path / "odd.png").write_bytes(encode(X, "PNG"))
    with pytest.raises(ImageReadError, match=r"odd\.png: it has 16 x 16 pixels"):
        list(pairs.each(tmp_path, 8))
