"""Harmony learnt from themes: blind to their order, found where it is, nowhere else; and five colours of a picture."""

import numpy as np
import pytest

from leitmotiv.analysis import theme_harmony


def test_the_order_of_the_colours_does_not_matter():
    rng = np.random.default_rng(0)
    colours = rng.random((6, 5, 3))
    np.testing.assert_allclose(
        theme_harmony.features(colours), theme_harmony.features(colours[:, rng.permutation(5)]), atol=1e-9
    )


def test_what_raters_like_is_found_on_themes_held_out_and_chance_is_not():
    rng = np.random.default_rng(1)
    colours = rng.random((300, 5, 3))
    spread = colours.mean(axis=2).std(axis=1)
    keys, votes = [str(number) for number in range(300)], np.full(300, 40.0)
    stars = np.clip(1 + 8 * spread + rng.normal(0, 0.05, 300), 1, 5)
    learnt, found = theme_harmony.learn(colours, stars, votes, keys)
    assert found.low > 0.5
    flat, high = np.full((1, 5, 3), 0.5), np.linspace(0, 1, 5)[None, :, None].repeat(3, axis=2)
    assert theme_harmony.score(learnt, high)[0] > theme_harmony.score(learnt, flat)[0] + 1
    _, chance = theme_harmony.learn(colours, rng.permutation(stars), votes, keys)
    assert chance.low < 0 < chance.high or abs(chance.value) < 0.25
    with pytest.raises(ValueError, match="49 themes teach no harmony"):
        theme_harmony.learn(colours[:49], stars[:49], votes[:49], keys[:49])


def test_the_main_colours_of_a_picture_are_those_it_is_made_of():
    wanted = np.array([[10, 10, 10], [200, 40, 40], [40, 180, 60], [50, 60, 200], [240, 240, 230]])
    rows = np.random.default_rng(0).integers(5, size=(60, 80))
    noise = np.random.default_rng(1).integers(-3, 4, size=(60, 80, 3))
    found = theme_harmony.main_colours(np.clip(wanted[rows] + noise, 0, 255).astype(np.uint8))
    apart = np.abs(255 * found[:, None] - wanted[None]).max(axis=2)
    assert (apart.min(axis=0) < 6).all()
    plain = theme_harmony.main_colours(np.full((20, 20, 3), 51, np.uint8))
    np.testing.assert_allclose(plain, np.full((5, 3), 0.2))
