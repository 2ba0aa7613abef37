"""Critics whose network is trained: kept with a card and baselines, killed, gone on with, exported, asked, refused."""

import json
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from PIL import Image

from leitmotiv.errors import CriticError, LibraryLockedError, MissingExtraError, UsageError
from leitmotiv.formats import critic_file
from leitmotiv.imaging import curves
from leitmotiv.imaging.read import decoded
from leitmotiv.nets import trainers
from leitmotiv.records import Phase, Schedule
from leitmotiv.settings import Settings
from leitmotiv.web.app import create_app
from leitmotiv.workflows import (
    critic_figures,
    critic_files,
    critic_networks,
    critics,
    critiques,
    judging,
    own,
    rating_sets,
    reasons,
)
from leitmotiv.workflows.session import Session
from tests.nets import torch_there
from tests.store.making import file, image, image_id, mixture
from tests.workflows.watched import jpeg

torch_there.need()
COUNT = 40
TRIAL = Schedule("trial", Phase(1, 5e-3), Phase(3, 1e-4), batch=8, dropout=0.2, shrink=4)
VICTIM = """
import sys
from dataclasses import replace
from pathlib import Path
from leitmotiv.settings import Settings
from leitmotiv.workflows import critic_networks
from leitmotiv.workflows.session import Session
from tests.workflows.test_critic_networks import TRIAL
critic_networks.SAVE_S = critic_networks.PATIENCE = 0.0
with Session(replace(Settings(), library=Path(sys.argv[1]), workers=1)) as session:
    critic_networks.train(session, ["stars"], TRIAL, name="killed")
"""


def grey(level: int, side: int = 64) -> Image.Image:
    noise = np.random.default_rng(level).integers(-25, 26, (side, side, 3))
    return Image.fromarray(np.clip(level + noise, 0, 255).astype(np.uint8))


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """Pictures from dark to light, the light ones with more stars; their files are away."""
    made = replace(Settings(), library=tmp_path_factory.mktemp("networks") / "library", workers=1)
    with Session(made) as opened:
        for number in range(COUNT):
            one = image(number, width=64, height=64)
            held = [file(f"/art/p{number:03}.jpg".encode(), one)]
            drawn = {256: jpeg(grey(30 + 195 * number // COUNT)), 512: jpeg(grey(30 + 195 * number // COUNT))}
            opened.library.images.add(one, files=held, thumbnails=drawn, mixture=mixture(number))
            own.rate(opened, [one.id], stars=1 + number * 5 // COUNT)
        seen = np.random.default_rng(0).random((COUNT, 1280)) / 4
        opened.library.activations.put([image_id(number) for number in range(COUNT)], seen.astype(np.float16))
        yield opened


@pytest.fixture(scope="module")
def calm(session):
    """A critic that was trained without any interruption."""
    return critic_networks.train(session, ["stars"], TRIAL, name="calm")


def test_a_network_is_kept_with_its_curve_its_figures_and_those_of_a_head(session, calm):
    made = critics.get(session, "calm")
    card = made.card
    assert (card["pictures"], card["held_out"], card["learnt_from"] + card["watched"]) == (COUNT, 8, 32)
    assert card["steps"] == 4 * -(-card["learnt_from"] // 8)
    assert card["unfrozen_at"] == card["steps"] // 4
    steps = [one["step"] for one in card["curve"]]
    assert steps == sorted(set(steps))
    assert (steps[0], steps[-1]) == (0, card["steps"])
    assert card["best_step"] == min(card["curve"], key=lambda one: one["held"])["step"] > card["unfrozen_at"]
    assert set(card["figures"]) == set(card["head"]) == set(critics.NAMES)
    told = card["figures"]["emd2"]
    assert told["value"] < told["baseline"]  # what is kept learnt to see light
    assert told["value"] < card["head"]["emd2"]["value"]  # whose features here are noise
    drawn = critic_figures.of_network(calm)
    page = decoded(drawn["curves"]).astype(int)
    across = curves._LEFT + (curves.WIDTH - curves._LEFT - curves._RIGHT) / 4
    assert (np.abs(page[200, round(across) - 2 : round(across) + 3] - 0x60).max(axis=1) < 8).any()
    assert decoded(drawn["sheet"]).shape[1] == 2 * 20 + 12 * (120 + 8) - 8


def test_it_is_asked_without_torch_about_a_library_a_folder_and_designs(session, calm, tmp_path):
    made, pages = critics.get(session, "calm"), create_app(session).test_client()
    assert "has not seen your pictures yet" in pages.get("/critic?critic=calm").text
    critiques.ensure(session, made)
    assert "head alone" in pages.get("/critic?critic=calm").text
    assert critiques.known(session, made)[1].shape == (COUNT, 1280)
    ranking = critics.rank(session, made, n=COUNT)
    numbers = [int(one.path[-7:-4]) for one in ranking.results]
    assert np.corrcoef(numbers, range(COUNT))[0, 1] < -0.8
    for number in (3, 30):
        grey(30 + 195 * number // COUNT).save(tmp_path / f"g{number}.png")
    scored = critic_files.score(session, made, [tmp_path])
    by_name = dict(zip(scored.paths, scored.critique.mean, strict=True))
    assert by_name[bytes(tmp_path / "g30.png")] > by_name[bytes(tmp_path / "g3.png")] + 1
    why = reasons.explain(session, made, np.asarray(grey(200)))
    assert why.parts is not None
    assert why.parts.shape == (2, 2)
    name, judge = judging.judge(session, "calm")
    said = judge(np.stack([np.full((224, 224, 3), level, np.uint8) for level in (40, 210)]))
    assert name == "calm"
    assert said.scores[1] > said.scores[0]


def test_the_file_of_onnx_has_the_card_beside_it_also_of_a_head(session, calm):
    plain = onnxruntime.InferenceSession(critic_networks.exported(session, critics.get(session, "calm")))
    assert json.loads(plain.get_modelmeta().custom_metadata_map["card"])["schedule"]["name"] == "trial"
    seen = np.stack([np.asarray(grey(level, 224)) for level in (40, 210)])
    low, high = plain.run(["score"], {"picture": seen})[0][:, 0]
    assert high > low + 1
    head = critics.train(session, ["stars"], name="head")
    graph = onnxruntime.InferenceSession(critic_networks.exported(session, head))
    wanted = critiques.judge(head, ["a", "b"], session.backbone().features(seen).pooled).shares
    np.testing.assert_allclose(graph.run(["shares"], {"picture": seen})[0], wanted, atol=1e-4)
    with pytest.raises(CriticError, match="by measures"):
        critic_networks.exported(session, critics.get(session, "technical"))


def test_a_training_that_was_killed_goes_on_and_ends_as_if_it_never_was(session, calm):
    command = [sys.executable, "-c", VICTIM, str(session.settings.library)]
    state = session.settings.library / "models" / f"{critic_networks.HALFWAY}-killed.npz"
    with subprocess.Popen(command, cwd=Path(__file__).parents[2]) as victim:
        while not state.exists():
            assert victim.poll() is None
            time.sleep(0.02)
        with pytest.raises(LibraryLockedError, match="'killed' is held by process"):
            critic_networks.train(session, ["stars"], TRIAL, name="killed")
        victim.send_signal(signal.SIGKILL)
    assert victim.returncode == -signal.SIGKILL
    assert "killed" not in critics.names(session)
    steps = []
    killed = critic_networks.train(session, ["stars"], TRIAL, name="killed", report=lambda at: steps.append(at.done))
    assert min(steps[1:]) > 1  # what was done was not done again
    for name in ("weights", "bias"):
        np.testing.assert_array_equal(getattr(killed.critic, name), getattr(calm.critic, name))
    for name in ("curve", "figures", "best_step"):
        assert killed.critic.card[name] == calm.critic.card[name]
    left = [one.name for one in (session.settings.library / "models").iterdir() if critic_networks.HALFWAY in one.name]
    assert not [one for one in left if not one.endswith(".lock")]


def test_themes_are_drawn_and_files_are_found_in_a_folder(session, tmp_path, monkeypatch):
    rows = [f"g{number}.png,{1 + number % 5}" for number in range(24)]
    for number in range(24):
        grey(30 + 8 * number, 32).save(tmp_path / f"g{number}.png")
    (tmp_path / "club.csv").write_text("image,rating\n" + "\n".join(rows) + "\n")
    rating_sets.keep(session, tmp_path / "club.csv", "csv", images=tmp_path, name="club")
    short = replace(TRIAL, head=Phase(1, 1e-2), whole=Phase(0, 0.0))
    with pytest.raises(CriticError, match="--images DIR"):
        critic_networks.train(session, ["club"], short)
    found = critic_networks.train(session, ["club"], short, images=tmp_path)
    assert found.critic.card["pictures"] == 24
    assert found.critic.card["unfrozen_at"] == found.critic.card["steps"]


def test_what_cannot_be_is_refused(session, calm, monkeypatch):
    with pytest.raises(UsageError, match="no schedule 'paper'"):
        critic_networks.schedule("paper")
    with pytest.raises(UsageError, match="nothing is learnt"):
        critic_networks.schedule("few", head=0, whole=0)
    with pytest.raises(UsageError, match="comes with leitmotiv"):
        critic_networks.train(session, ["stars"], TRIAL, name="technical")
    made = critics.get(session, "calm")
    broken = critic_file.read(critic_file.written(replace(made, network=made.network[:5000])))
    with pytest.raises(CriticError, match="damaged"):
        critiques.backbone(session, broken)
    with pytest.raises(CriticError, match="learnt from other"):
        critic_file.read(critic_file.written(replace(made, layer="other")))
    with monkeypatch.context() as patch:
        patch.setattr(trainers, "version", lambda: None)
        with pytest.raises(MissingExtraError, match="pip install"):
            critic_networks.train(session, ["stars"], TRIAL)
