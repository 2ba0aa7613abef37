"""The boards that leitmotiv brings along, and pictures outside of a library: the network sees them for real."""

import io
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from PIL import Image

from leitmotiv.analysis import paintings
from leitmotiv.errors import BoardError
from leitmotiv.formats import cav
from leitmotiv.settings import Settings
from leitmotiv.workflows import boards, finding, learning, outside, pinning, placed, publishing, samples
from leitmotiv.workflows.activations import of_pixels
from leitmotiv.workflows.ingest import add_directories
from leitmotiv.workflows.session import Session


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """Twelve pictures that look like those of the sample boards."""
    folder = tmp_path_factory.mktemp("gallery")
    (folder / "photos").mkdir()
    for name, _, painter in samples.SAMPLES:
        for seed in range(50, 54):
            (folder / "photos" / f"{name} {seed}.jpg").write_bytes(samples.picture(painter, seed))
    with Session(replace(Settings(), library=folder / "library", workers=1)) as opened:
        add_directories(opened, [folder / "photos"])
        yield opened


def kind(path: str) -> str:
    return Path(path).name.rpartition(" ")[0]


def test_the_sample_boards_find_what_they_show(session):
    made = samples.make(session)
    assert [one.name for one in made] == [name for name, _, _ in samples.SAMPLES]
    assert set(pinning.states(session, made[0]).values()) == {"handed in"}
    assert samples.make(session) == made == sorted(boards.listed(session), key=lambda one: one.id)
    for board in made:
        learning.train(session, board.id)
        found = finding.results(session, board.id, n=4).results
        assert {kind(one.path) for one in found} == {board.name}
    with Image.open(io.BytesIO(pinning.shown(session, made[0].examples[0].id))) as picture:
        assert picture.size == (paintings.WIDTH, paintings.HEIGHT)


def test_a_frame_is_judged_as_pictures_of_the_library_are(session):
    board = samples.make(session)[1]
    learning.train(session, board.id)
    concept = learning.concept_of(session, boards.get(session, board.id))
    near, far = (
        outside.glimpse(session, concept, samples.picture(painter, 60)) for _, _, painter in samples.SAMPLES[1:]
    )
    assert near.score > far.score
    assert near.percentile > far.percentile
    assert near.probability > far.probability
    assert 0 <= near.crop.x < near.crop.x + near.crop.width <= 1.0001
    assert near.crop.score >= near.score - 0.2
    assert outside.glimpse(session, concept, samples.picture(paintings.dusk, 60), crop=False).crop is None


def test_a_concept_that_knows_places_ranks_a_collection_and_any_folder(session, tmp_path, monkeypatch):
    name, _, painter = samples.SAMPLES[0]
    cells = np.stack([of_pixels(session, paintings.painted(painter, seed)).map[0].ravel() for seed in range(3)])
    centre = np.stack([of_pixels(session, paintings.painted(one, 9)).map[0].ravel() for _, _, one in samples.SAMPLES])
    vector = (cells.mean(axis=0) - centre.mean(axis=0)).astype(np.float32)
    data = cav.write(cav.CavFile(UUID(int=7), vector / np.linalg.norm(vector), "lite0_map", {}))
    taken = publishing.bring_in(session, data, "in its place")
    monkeypatch.setattr(placed, "A_PAGE", 3)
    monkeypatch.setattr(session, "patient", False)
    with pytest.raises(BoardError, match="board rank"):
        finding.results(session, taken.id)
    monkeypatch.setattr(session, "patient", True)
    found = finding.results(session, taken.id)
    assert {kind(one.path) for one in found.results[:4]} == {name}
    assert found.results[0].probability is None
    monkeypatch.setattr(placed, "_seen", None)  # what was found is kept: nothing is seen again
    session.memory.pop("scores")
    assert finding.results(session, taken.id) == found
    elsewhere = replace(learning.concept_of(session, taken), centre=centre.mean(axis=0))
    with pytest.raises(TypeError):  # of another centre nothing is kept
        placed.score(session, elsewhere)
    (tmp_path / "a.jpg").write_bytes(samples.picture(painter, 70))
    (tmp_path / "b.jpg").write_bytes(samples.picture(paintings.stripes, 70))
    ranked, failed = outside.rank(session, learning.concept_of(session, taken), [tmp_path])
    assert ([one.path.rpartition(b"/")[2] for one in ranked], failed) == ([b"a.jpg", b"b.jpg"], [])
