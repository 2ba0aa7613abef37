"""pix2pix: the published sizes, learning, going on as if never stopped, and the graph that needs no torch."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from leitmotiv.errors import EyesError, MissingExtraError
from leitmotiv.nets import eye_graph, trainers
from leitmotiv.records import ORIGINAL, Network

from . import torch_there

torch_there.need()
SMALL = Network(side=16, width=4, layers=1, batch=4, loss="l1", rate=2e-3, dropout=0.0)


def pairs(count: int = 12, side: int = 16):
    """Blocks of colours, and what is shown of them: their opposites."""
    rng = np.random.default_rng(3)
    pictures = rng.integers(0, 255, (count, 4, 4, 3), np.uint8).repeat(side // 4, 1).repeat(side // 4, 2)
    return 255 - pictures, pictures


def apart(network: Network, trainer) -> float:
    shown, pictures = pairs()
    return float(np.abs(trainer.see(shown).astype(int) - pictures).mean())


def test_the_original_has_the_weights_that_were_published():
    import torch

    from leitmotiv.nets.unet import Discriminator, Generator

    with torch.device("meta"):
        generator, judge = Generator(ORIGINAL), Discriminator(ORIGINAL)
    counts = [sum(one.numel() for one in module.parameters()) for module in (generator, judge)]
    assert [round(counts[0] / 1e6, 1), round(counts[1] / 1e6, 2)] == [54.4, 2.77]


@pytest.mark.parametrize(("layers", "sees", "map_side"), [(1, 16, 126), (2, 34, 62), (3, 70, 30)])
def test_a_judge_has_patches_and_a_map_of_the_published_size(layers, sees, map_side):
    import torch

    from leitmotiv.nets.unet import Discriminator

    torch.manual_seed(0)
    judge = Discriminator(replace(SMALL, side=256, width=1, layers=layers)).eval()
    shown = torch.rand(1, 3, 256, 256, requires_grad=True)
    judged = judge(shown, shown)
    assert judged.shape == (1, 1, map_side, map_side)
    judged[0, 0, map_side // 2, map_side // 2].backward()
    rows = shown.grad[0].abs().sum(0).sum(1).nonzero().ravel()
    assert int(rows.max() - rows.min()) + 1 == sees


@pytest.mark.parametrize("loss", ["l1", "gan"])
def test_it_learns_what_is_behind_what_is_shown(loss):
    network = replace(SMALL, loss=loss)
    trainer = trainers.trainer(network, *pairs())
    before = apart(network, trainer)
    losses = [trainer.advance() for _ in range(70)]
    assert apart(network, trainer) < 0.6 * before
    assert (losses[-1].discriminator > 0) is (loss == "gan")


@pytest.mark.parametrize("norm", ["batch", "picture"])
def test_a_training_that_was_stopped_ends_as_one_that_was_not(norm):
    network = replace(SMALL, loss="gan", norm=norm, dropout=0.5)
    calm, first = (trainers.trainer(network, *pairs(), seed=5) for _ in range(2))
    for _ in range(6):
        calm.advance()
    for _ in range(3):
        first.advance()
    again = trainers.trainer(network, *pairs(), seed=5)
    again.resume(first.state())
    assert again.step == 3
    losses = [again.advance() for _ in range(3)]
    assert again.step == calm.step == 6
    assert np.isfinite([losses[-1].l1, losses[-1].generator, losses[-1].discriminator]).all()
    for name, value in calm.weights().items():
        np.testing.assert_array_equal(value, again.weights()[name])


def test_eyes_begin_where_others_ended_and_refuse_what_does_not_fit():
    old = trainers.trainer(SMALL, *pairs())
    for _ in range(3):
        old.advance()
    new = trainers.trainer(replace(SMALL, loss="gan"), *pairs(), seed=9)
    new.inherit(old.state())
    assert new.step == 0
    np.testing.assert_array_equal(new.see(pairs()[0]), old.see(pairs()[0]))
    wide = trainers.trainer(replace(SMALL, width=8), *pairs())
    with pytest.raises(ValueError, match="another network"):
        wide.inherit(old.state())
    with pytest.raises(ValueError, match="another network"):
        wide.resume(old.state())
    with pytest.raises(ValueError, match="damaged"):
        old.resume(old.state()[:-40])


@pytest.mark.parametrize("norm", ["batch", "picture"])
def test_the_graph_sees_what_torch_sees_within_one_level(norm):
    network = replace(SMALL, side=32, width=4, norm=norm, dropout=0.5)
    shown, pictures = pairs(6, 32)
    trainer = trainers.trainer(network, shown, pictures)
    for _ in range(8):
        trainer.advance()
    eyes = eye_graph.Eyes(eye_graph.build(network, trainer.weights(), {"name": "blocks"}))
    seen, wanted = eyes.run(shown), trainer.see(shown)
    assert seen.shape == shown.shape
    assert seen.dtype == np.uint8
    assert np.ptp(seen) > 5
    assert np.abs(seen.astype(int) - wanted).max() <= 1
    # Neither the others of a batch nor chance change what is seen.
    np.testing.assert_array_equal(eyes.run(shown[:1]), seen[:1])


def test_a_graph_refuses_weights_and_files_of_something_else():
    weights = trainers.trainer(SMALL, *pairs()).weights()
    with pytest.raises(ValueError, match=r"down\.0\.0\.weight"):
        eye_graph.build(replace(SMALL, width=8), weights)
    data = eye_graph.build(SMALL, weights)
    with pytest.raises(EyesError, match="damaged"):
        eye_graph.Eyes(data[: len(data) // 2])
    with pytest.raises(EyesError, match="16 pixels"):
        eye_graph.Eyes(data, side=32)


def test_without_torch_the_command_that_installs_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    for name in ("leitmotiv.nets.pix2pix", "leitmotiv.nets.unet"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    with pytest.raises(MissingExtraError, match=r"pip install 'leitmotiv\[train\]'") as caught:
        trainers.trainer(SMALL, *pairs())
    assert caught.value.exit_code == 4
