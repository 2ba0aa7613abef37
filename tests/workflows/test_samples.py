"""The boards that leitmotiv brings along: painted the same each time, and the network tells them apart."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from leitmotiv.analysis import paintings
from leitmotiv.settings import Settings
from leitmotiv.workflows import boards, finding, learning, pinning, samples
from leitmotiv.workflows.ingest import add_directories
from leitmotiv.workflows.session import Session


@pytest.mark.parametrize("painter", [painter for _, _, painter in samples.SAMPLES])
def test_a_seed_paints_the_same_and_another_seed_another_picture(painter):
    one, again, other = (paintings.painted(painter, seed) for seed in (3, 3, 4))
    assert (one.shape, one.dtype) == ((paintings.HEIGHT, paintings.WIDTH, 3), np.uint8)
    np.testing.assert_array_equal(one, again)
    assert np.abs(one.astype(int) - other).mean() > 5
    assert one.std() > 10


def test_the_sample_boards_find_what_they_show(tmp_path):
    photos = tmp_path / "photos"
    photos.mkdir()
    for name, _, painter in samples.SAMPLES:
        for seed in range(50, 54):
            (photos / f"{name} {seed}.jpg").write_bytes(samples.picture(painter, seed))
    with Session(replace(Settings(), library=tmp_path / "library", workers=1)) as session:
        add_directories(session, [photos])
        made = samples.make(session)
        assert [one.name for one in made] == [name for name, _, _ in samples.SAMPLES]
        assert set(pinning.states(session, made[0]).values()) == {"handed in"}
        assert samples.make(session) == made == sorted(boards.listed(session), key=lambda one: one.id)
        for board in made:
            learning.train(session, board.id)
            found = finding.results(session, board.id, n=4).results
            assert {Path(one.path).name.rpartition(" ")[0] for one in found} == {board.name}
        with Image.open(io.BytesIO(pinning.shown(session, made[0].examples[0].id))) as picture:
            assert picture.size == (paintings.WIDTH, paintings.HEIGHT)
