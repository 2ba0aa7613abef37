"""Contact sheets and curves: colours by distance, items without pictures, unfreezing marked, losses that fall."""

import json

import numpy as np
import pytest

from leitmotiv.analysis import critic, histograms
from leitmotiv.errors import CriticError, RatingsError
from leitmotiv.imaging import curves
from leitmotiv.imaging.read import decoded
from leitmotiv.settings import Settings
from leitmotiv.workflows import critic_figures, own
from leitmotiv.workflows.session import Session

from .pictures import folder_of
from .synthetic import add, image_id

COUNT = 30


@pytest.fixture
def session(tmp_path):
    with Session(Settings(library=tmp_path / "library")) as opened:
        add(opened.library, range(COUNT))
        seen = np.random.default_rng(0).random((COUNT, 1280)) / 4
        seen[:, 0] += np.linspace(0, 6, COUNT)
        opened.library.activations.put([image_id(number) for number in range(COUNT)], seen.astype(np.float16))
        yield opened


def has(page, colour: str) -> bool:
    wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return bool((np.abs(page.astype(int) - wanted).max(axis=2) < 40).any())


def test_colours_tell_how_far_a_prediction_is():
    assert [critic_figures.colour(5, said) for said in (5.49, 5.5, 4.01, 4.0, 9)] == [
        *(critic_figures.RIGHT, critic_figures.NEAR, critic_figures.NEAR),
        *(critic_figures.FAR, critic_figures.FAR),
    ]


def test_a_training_is_drawn_with_its_held_out_pictures_and_its_losses(session):
    for number in range(COUNT):
        own.rate(session, [image_id(number)], stars=1 + number * 5 // COUNT)
    found = critic_figures.of_training(session, ["stars"])
    page = decoded(found["sheet"])
    assert page.shape[1] == 2 * 20 + 12 * (120 + 8) - 8
    assert any(has(page, one) for one in (critic_figures.RIGHT, critic_figures.NEAR, critic_figures.FAR))
    drawn = decoded(found["curves"])
    assert has(drawn, curves._TRAIN)
    assert has(drawn, curves._HELD)
    own.rate(session, [image_id(number) for number in range(15)], stars=0)
    with pytest.raises(CriticError, match="20 rated pictures"):
        critic_figures.of_training(session, ["stars"])


def test_the_losses_that_are_traced_fall_to_the_one_that_is_told():
    rng = np.random.default_rng(0)
    features = rng.random((60, 20))
    shares = np.stack([histograms.of_mean(mean) for mean in 3 + 4 * features[:, 0]])
    steps = []
    made = critic.learn(features.astype(np.float32), shares, ridge=1e-4, trace=lambda *at: steps.append(at))
    assert len(steps) == made.iterations + 1
    means = [np.abs(histograms.means(critic.predict(*map(np.float32, at), features)) - 5).mean() for at in steps]
    assert means[0] < means[-1]  # from the same for all to one's own
    assert np.allclose(steps[-1][0], made.weights, atol=1e-4)


def test_unfreezing_is_marked_where_it_was():
    plain = decoded(curves.paint([3, 2, 1], [3, 2.5], title="t", x="epochs", y="loss"))
    marked = decoded(curves.paint([3, 2, 1], [3, 2.5], title="t", x="epochs", y="loss", events=[(1, "all layers")]))
    columns = np.flatnonzero((plain[100:400] != marked[100:400]).any(axis=(0, 2)))
    middle = (curves._LEFT + curves.WIDTH - curves._RIGHT) / 2
    assert abs(columns.min() - middle) <= 2
    assert curves.paint([], [], title="nothing", x="", y="").startswith(b"\x89PNG")


def test_predictions_of_others_are_drawn_with_their_pictures(tmp_path):
    folder_of(tmp_path / "photos", 2)
    labels = [{"image_id": f"p{n:03}", "label": [0, 0, 0, 0, 9, 1, 0, 0, 0, 0]} for n in range(4)]
    said = [{"image_id": f"p{n:03}", "mean_score_prediction": 5.0 + n / 2} for n in range(4)]
    for name, data in (("labels", labels), ("said", said), ("none", [{"image_id": "x", "mean_score_prediction": 3.0}])):
        (tmp_path / f"{name}.json").write_text(json.dumps(data))
    page = decoded(critic_figures.of_predictions(tmp_path / "labels.json", tmp_path / "said.json", tmp_path / "photos"))
    for colour in (critic_figures.RIGHT, critic_figures.NEAR, critic_figures.FAR):
        assert has(page, colour)
    with pytest.raises(RatingsError, match="in common"):
        critic_figures.of_predictions(tmp_path / "labels.json", tmp_path / "none.json")
