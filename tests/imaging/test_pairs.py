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


def write(folder, *names):
    for name in names:
        (folder / f"{name}.png").write_bytes(encode(X if name.endswith("A") else Y, "PNG"))


@pytest.mark.parametrize(
    "names", [("sun_real_A", "sun_fake_B", "sun_real_B"), ("sun_A-inputs", "sun_A-outputs", "sun_A-targets")]
)
def test_results_are_found_by_the_names_of_the_usual_tools(tmp_path, names):
    write(tmp_path, *names, "other_fake_A", "index")
    ((name, shown, made, there),) = pairs.results(tmp_path)
    assert name == names[0].split("_real")[0].split("-")[0]
    assert [int(one[0, 0, 0]) for one in (shown, made, there)] == ([255, 40, 40] if "real" in names[0] else [40] * 3)


def test_a_result_that_lacks_one_of_three_is_named(tmp_path):
    write(tmp_path, "sun_fake_B", "sun_real_B")
    with pytest.raises(ImageReadError, match="sun_real_A is not there beside it"):
        list(pairs.results(tmp_path))
