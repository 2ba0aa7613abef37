"""The network of a critic: as the backbone at first, two phases, going on as if never stopped, the graph."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from leitmotiv.analysis import earth_mover
from leitmotiv.errors import CriticError, MissingExtraError
from leitmotiv.nets import critic_graph, trainers
from leitmotiv.nets import weights as files
from leitmotiv.nets.backbone import Backbone
from leitmotiv.records import SCHEDULES, Phase, Schedule

from . import torch_there

torch_there.need()
TRIAL = Schedule("trial", Phase(2, 1e-2), Phase(6, 5e-4), batch=8, dropout=0.2, shrink=7)


@pytest.fixture(scope="module")
def known():
    return files.tensors(files.read(files.EFFICIENTNET_LITE0))


@pytest.fixture(scope="module")
def lesson():
    """Pictures of which the light ones are liked, and the dark ones not."""
    rng = np.random.default_rng(0)
    light = np.linspace(30, 225, 20).astype(int)
    pictures = np.clip(light[:, None, None, None] + rng.integers(-25, 26, (20, 256, 256, 3)), 0, 255).astype(np.uint8)
    means = 2 + 7 * (light - 30) / 195
    shares = np.exp(-((np.arange(1, 11) - means[:, None]) ** 2) / 4)
    return pictures, shares / shares.sum(axis=1, keepdims=True)


def test_untrained_it_sees_what_the_backbone_sees(known, lesson):
    import torch

    from leitmotiv.nets.critic_network import CriticNetwork

    network = CriticNetwork(0.5)
    told = network.load_state_dict({name: torch.from_numpy(value) for name, value in known.items()}, strict=False)
    assert set(told.unexpected_keys) == {"_fc.weight", "_fc.bias"}
    assert set(told.missing_keys) == {"_critic.weight", "_critic.bias"}
    seen = np.ascontiguousarray(lesson[0][:2, 16:240, 16:240])
    with torch.no_grad():
        found = network.eval().pooled(torch.from_numpy(seen).permute(0, 3, 1, 2).float()).numpy()
    wanted = Backbone(Path("/nowhere")).features(seen).pooled
    np.testing.assert_allclose(found, wanted, atol=2e-3)


def test_the_loss_and_its_gradient_are_those_of_the_exact_critic():
    import torch

    from leitmotiv.nets.critic_network import loss

    rng = np.random.default_rng(1)
    logits, shares = rng.normal(0, 2, (5, 10)), rng.dirichlet(np.ones(10), 5)
    value, gradient = earth_mover.squared(logits, shares)
    given = torch.tensor(logits, requires_grad=True)
    found = loss(given, torch.tensor(shares))
    found.backward()
    assert float(found.detach()) == pytest.approx(value.mean())
    np.testing.assert_allclose(given.grad.numpy(), gradient / 5, atol=1e-12)


def test_first_the_head_learns_alone_then_all_layers(known, lesson):
    trainer = trainers.critic_trainer(known, TRIAL, *lesson)
    assert (trainer.epoch, trainer.unfreezes, trainer.steps) == (3, 6, 24)
    steady = trainer.predict(lesson[0])
    np.testing.assert_allclose(steady, np.broadcast_to(lesson[1].mean(axis=0), steady.shape), atol=1e-5)
    while trainer.step < trainer.unfreezes:
        trainer.advance()
    half = trainer.weights()
    assert all(np.array_equal(half[name], value) for name, value in known.items() if not name.startswith("_fc"))
    while trainer.step < trainer.steps:
        trainer.advance()
    end = trainer.weights()
    moved = {name for name, value in known.items() if name in end and not np.array_equal(end[name], value)}
    assert {"_conv_stem.weight", "_blocks.7._depthwise_conv.weight", "_bn1.bias"} <= moved
    assert not any("running" in name or "tracked" in name for name in moved)
    told = trainer.predict(lesson[0])
    distances = [earth_mover.distance(one, lesson[1], 2).mean() for one in (steady, told)]
    assert distances[1] < 0.6 * distances[0]


def test_a_training_that_was_stopped_ends_as_one_that_was_not(known, lesson):
    calm = trainers.critic_trainer(known, TRIAL, *lesson, seed=4)
    for _ in range(8):
        calm.advance()
    for stop in (3, 6, 7):  # in the first phase, between both, in the second
        first = trainers.critic_trainer(known, TRIAL, *lesson, seed=4)
        for _ in range(stop):
            first.advance()
        again = trainers.critic_trainer(known, TRIAL, *lesson, seed=4)
        again.resume(first.state())
        while again.step < 8:
            again.advance()
        wanted, found = calm.weights(), again.weights()
        assert all(np.array_equal(wanted[name], found[name]) for name in wanted)
    with pytest.raises(ValueError, match="damaged"):
        again.resume(first.state()[:-50])


def test_the_graph_says_what_torch_says(known, lesson):
    trainer = trainers.critic_trainer(known, TRIAL, *lesson)
    for _ in range(8):
        trainer.advance()
    data = critic_graph.build(trainer.weights(), TRIAL.shrink, {"card": "{}"})
    seen = np.ascontiguousarray(lesson[0][:, 16:240, 16:240])
    found = Backbone(Path("/nowhere"), network=data).features(seen)
    assert (found.map.shape, found.pooled.shape) == ((20, 1, 1, 1280), (20, 1280))
    np.testing.assert_allclose(earth_mover.softmax(found.logits.astype(float)), trainer.predict(lesson[0]), atol=1e-4)
    plain = onnxruntime.InferenceSession(data)
    shares, score = plain.run(["shares", "score"], {"picture": seen})
    np.testing.assert_allclose(shares @ np.arange(1, 11), score[:, 0], rtol=1e-5)
    assert plain.get_modelmeta().custom_metadata_map == {"card": "{}"}
    with pytest.raises(CriticError, match="damaged"):
        Backbone(Path("/nowhere"), network=data[: len(data) // 2])


def test_schedules_have_the_published_figures(known, lesson):
    few = replace(SCHEDULES["idealo"], shrink=7)
    trainer = trainers.critic_trainer(known, few, *lesson)
    assert (trainer.epoch, trainer.unfreezes, trainer.steps) == (1, 5, 14)
    trainer.step = 4
    assert trainer.rate() == 1e-3
    trainer.step = 13
    assert trainer.rate() == pytest.approx(3e-5 / (1 + 2.3e-5 * 8))
    notebook = trainers.critic_trainer(known, replace(SCHEDULES["notebook"], shrink=7), *lesson)
    notebook.step = 3
    assert notebook.rate() == pytest.approx(1e-5 * 0.9**3)
    assert [(one.head.epochs, one.whole.epochs, one.batch, one.dropout) for one in SCHEDULES.values()][1:] == [
        (2, 2, 32, 0.2),
        (5, 9, 96, 0.75),
        (1, 5, 8, 0.75),
        (25, 25, 64, 0.75),
    ]


def test_without_torch_the_command_that_installs_it_is_named(monkeypatch, known, lesson):
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "leitmotiv.nets.critic_network", raising=False)
    with pytest.raises(MissingExtraError, match=r"pip install 'leitmotiv\[train\]'") as caught:
        trainers.critic_trainer(known, TRIAL, *lesson)
    assert caught.value.exit_code == 4
