"""The technical critic that comes with leitmotiv, on pictures that it never learnt from and on the degenerate set."""

import json
from importlib.resources import files

import numpy as np
import pytest
from skimage import data

from benchmarks import damage
from leitmotiv.analysis import histograms, technical, technical_critic
from leitmotiv.errors import CriticError
from leitmotiv.formats import technical_file
from leitmotiv.imaging.read import shrink

NATURAL = ("camera", "chelsea", "coffee", "hubble_deep_field", "immunohistochemistry")


@pytest.fixture(scope="module")
def judge():
    return technical_file.shipped(technical.VERSION)


@pytest.fixture(scope="module")
def natural():
    pictures = [np.asarray(getattr(data, name)()) for name in NATURAL]
    return [shrink(np.repeat(one[..., None], 3, axis=2) if one.ndim == 2 else one, 256) for one in pictures]


def scores(judge, pictures):
    numbers = np.stack([technical.measure(one) for one in pictures])
    return histograms.means(technical_critic.shares(judge, numbers))


def test_what_is_blank_noise_cut_off_or_torn_lies_below_every_natural_picture(judge, natural):
    rng = np.random.default_rng(0)
    least = scores(judge, natural).min()
    for picture in natural:
        found = damage.degenerate(picture, rng)
        for name, score in zip(found, scores(judge, list(found.values())), strict=True):
            assert score < least - 0.5, name


def test_damage_lowers_the_score_by_its_strength(judge, natural):
    rng = np.random.default_rng(0)
    for kind in ("gaussian blur", "white noise", "JPEG", "fading", "defocus", "motion", "haze"):
        does = (damage.TAUGHT | damage.HELD_OUT)[kind]
        means = [scores(judge, natural).mean()]
        means += [scores(judge, [does(one, strength, rng) for one in natural]).mean() for strength in (2, 5)]
        assert means[0] > means[1] > means[2], kind


@pytest.mark.parametrize(("share", "level"), [(0.05, 255), (0.1, 255), (0.15, 255), (0.1, 0)])
def test_a_little_whitespace_is_no_virtue(judge, natural, share, level):
    before = scores(judge, natural)
    gained = scores(judge, [damage.on_paper(one, share, level) for one in natural]) - before
    assert gained.max() < 0.15
    # printed smaller, a picture loses a fine grain; the paper around it brings no more
    smaller = scores(judge, [damage.smaller(one, share) for one in natural]) - before
    both = scores(judge, [damage.with_margin(one, share, level) for one in natural]) - before
    assert both.mean() < max(0.0, smaller.mean()) + 0.15


def test_its_card_says_what_it_knows_and_other_measures_are_refused(judge):
    card = json.loads((files("leitmotiv.formats") / "critics" / technical_file.CARD).read_bytes())
    assert {"sources", "seed", "figures", "limits", "knows"} <= card.keys()
    assert technical_file.card(judge) == (files("leitmotiv.formats") / "critics" / technical_file.CARD).read_bytes()
    with pytest.raises(CriticError, match="Install it again"):
        technical_file.shipped("others/1")
