"""Designs: the same genome draws the same, every genome draws something, and damage is what it says."""

import math
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from leitmotiv.analysis import designs, harmony, lettering, outlines
from leitmotiv.analysis.collages import Source
from leitmotiv.errors import UsageError
from leitmotiv.formats import design_svg
from leitmotiv.imaging import render
from leitmotiv.records import Photo

SOURCES = [Source("a", 1.5), Source("b", 0.66), Source("c", 1.0)]
PNG = b"\x89PNG"


def some(kind: str, seed: int):
    genes = np.random.default_rng(seed).random(designs.KINDS[kind].genes)
    return designs.drawing(kind, genes, SOURCES)


@pytest.mark.parametrize("kind", designs.KINDS)
def test_every_genome_draws_a_whole_picture_and_the_same_one_again(kind):
    genes = designs.KINDS[kind].genes
    for genome in (np.zeros(genes), np.ones(genes), *np.random.default_rng(0).random((12, genes))):
        drawn = designs.drawing(kind, genome, SOURCES)
        text = design_svg.written(drawn, dict.fromkeys("abc", PNG))
        assert text == design_svg.written(designs.drawing(kind, genome, SOURCES), dict.fromkeys("abc", PNG))
        tree = ET.fromstring(text)
        assert tree.get("viewBox") == f"0 0 {drawn.width} {drawn.height}"
        assert len(tree) >= 2
        assert not re.search("nan|inf|<script", text)


def test_neighbouring_genomes_of_a_shape_draw_neighbouring_shapes():
    genome = np.full(designs.KINDS["heart"].genes, 0.4)
    one, other = (designs.drawing("heart", genome + step) for step in (0.0, 1e-4))
    numbers = [np.array(re.findall(r"-?\d+\.?\d*", drawn.parts[1].path), float) for drawn in (one, other)]
    assert np.abs(numbers[0] - numbers[1]).max() < 0.5


def test_what_is_no_genome_and_no_kind_is_refused():
    for genome in (
        np.zeros(3),
        np.full(designs.KINDS["star"].genes, 1.1),
        np.full(designs.KINDS["star"].genes, np.nan),
    ):
        with pytest.raises(ValueError, match="numbers from 0 to 1"):
            designs.drawing("star", genome)
    with pytest.raises(UsageError, match="one of landscape"):
        designs.drawing("dog", np.zeros(3))
    with pytest.raises(ValueError, match="needs pictures"):
        designs.drawing("crop", np.zeros(6))


def test_parts_of_pictures_lie_inside_them_and_keep_their_shape():
    ratios = dict(SOURCES)
    for kind in ("crop", "collage"):
        for seed in range(20):
            for part in some(kind, seed).parts:
                if isinstance(part, Photo):
                    x, y, wide, high = part.box
                    assert min(x, y) >= 0
                    assert max(x + wide, y + high) <= 1 + 1e-9
                    assert wide * ratios[part.image_id] / high == pytest.approx(part.width / part.height)


def test_colours_of_a_theme_go_from_light_to_dark_and_lie_in_srgb():
    def lightness(colour: str) -> float:
        levels = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
        return float(np.where(levels > 0.04045, ((levels + 0.055) / 1.055) ** 2.4, levels / 12.92) @ [0.21, 0.72, 0.07])

    for genes in np.random.default_rng(1).random((30, harmony.GENES)):
        theme = harmony.Theme(genes)
        tones = [lightness(one) for one in theme.ramp(6)]
        assert tones == sorted(tones, reverse=not theme.night)
    # https://bottosson.github.io/posts/oklab: sRGB's primaries in OKLCH
    assert harmony.colour(0.8664, 0.2948, 142.5) == "#00ff00"
    assert harmony.colour(0.4520, 0.3132, 264.05) == "#0000ff"
    assert re.fullmatch("#[0-9a-f]{6}", harmony.colour(0.5, 9.0, 30))


def test_a_disc_and_a_star_are_where_they_should_be():
    points = np.array(re.findall(r"(-?[\d.]+) (-?[\d.]+)", outlines.star(10, 20, 5, 5, 0.5)), float)
    assert np.hypot(*(points - (10, 20)).T) == pytest.approx([5, 2.5] * 5, abs=0.02)
    assert points[0] == pytest.approx((10, 15))
    assert np.abs(outlines.waves((0.1, 0.2, 0.3), 0.5)).max() <= 1
    assert outlines.number(-0.001) == "0"
    assert outlines.pie(0, 0, math.sqrt(2), 0, 90).startswith("M0 0L1.41 0A")


@pytest.mark.parametrize("damage", designs.DAMAGES)
def test_damage_changes_a_drawing_and_none_leaves_it(damage):
    drawn = some("landscape", 3)
    rng = np.random.default_rng(0)
    assert designs.damaged(drawn, damage, 0, rng) is drawn
    hurt = design_svg.written(designs.damaged(drawn, damage, 0.9, rng))
    assert hurt != design_svg.written(drawn)
    assert ("<path" in hurt) == (damage != "blank")
    ET.fromstring(hurt)


def test_an_unknown_damage_is_refused():
    with pytest.raises(UsageError, match="Damage is one of"):
        designs.damaged(some("star", 0), "wet", 1, np.random.default_rng(0))


def test_every_letter_is_there_unlike_the_others_and_inside_its_box():
    assert set("".join(lettering.WORDS)) == {chr(number) for number in range(ord("A"), ord("Z") + 1)}
    seen = set()
    for one in sorted(set("".join(lettering.WORDS))):
        path, wide = lettering.letter(one, 20, 30, 10, 12)
        seen.add(path)
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 120"><path d="{path}"/></svg>'
        ink = render.pixels(svg, 100, 120)[..., 0] < 128
        rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
        assert (rows.min(), rows.max()) == (30, 30 + 5 * 12 - 1)
        assert (columns.min(), columns.max()) == (20, 20 + wide - 1)
    assert len(seen) == 26


def test_a_word_fills_its_box():
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 60"><path d="{}"/></svg>'
    ink = render.pixels(svg.format(lettering.word("FJORD", 10, 5, 180, 50)), 200, 60)[..., 0] < 128
    assert [*np.flatnonzero(ink.any(axis=0))[[0, -1]], *np.flatnonzero(ink.any(axis=1))[[0, -1]]] == [10, 189, 5, 54]
