"""Thumbnails: the stored ones, and pictures drawn from their mixtures where there is none."""

import numpy as np
import pytest

from leitmotiv.analysis.colour import to_srgb
from leitmotiv.errors import ImageNotFoundError
from leitmotiv.imaging.read import decoded
from leitmotiv.settings import Settings
from leitmotiv.workflows import browse, small
from leitmotiv.workflows.session import Session

from .synthetic import add, family_member, image_id


@pytest.fixture
def session(tmp_path):
    with Session(Settings(library=tmp_path / "library")) as opened:
        add(opened.library, range(2))
        yield opened


def test_a_picture_without_a_thumbnail_is_drawn_from_its_mixture(session):
    data, kind = browse.thumbnail(session, image_id(1), 256)
    assert kind == "image/jpeg"
    pixels = decoded(data)
    mixture = family_member(1)
    assert pixels.shape[:2] == tuple(round(small.DRAWN * side) for side in mixture.frame[::-1])
    lab = mixture.shift + mixture.scale * mixture.means[mixture.weights.argmax()]
    assert np.abs(pixels.astype(int) - to_srgb(lab[2:])).max(axis=2).min() < 30  # the heaviest part is somewhere
    assert browse.thumbnail(session, image_id(0), 256)[0] != data


def test_nobody_has_no_thumbnail(session):
    with pytest.raises(ImageNotFoundError):
        small.thumbnail(session.library, "nobody", 256)
