import math
import re
from dataclasses import replace

import numpy as np
import pytest

from leitmotiv.records import Ellipse, Swatch
from leitmotiv.web import figures


def test_an_outline_is_the_two_sigma_contour_of_the_covariance(library):
    rng = np.random.default_rng(0)
    for width, height in ((640, 480), (300, 900), (70, 1), (5, 5)) * 5:
        half = rng.normal(0, 0.2, (2, 2))
        covariance = half @ half.T + 1e-6 * np.eye(2)
        ellipse = Ellipse(0.4, 0.6, covariance[0, 0], covariance[0, 1], covariance[1, 1], "#000000", 1.0)
        longest = max(width, height)
        [drawn] = figures.outlines([ellipse], width, height, 1)
        turn = math.radians(drawn.angle)
        axes = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
        rebuilt = axes @ np.diag([(drawn.rx / 2) ** 2, (drawn.ry / 2) ** 2]) @ axes.T
        expected = covariance * longest**2
        assert np.allclose(rebuilt, expected, atol=0.02 * expected.max() + 1)
        assert (drawn.cx, drawn.cy) == pytest.approx((width / 2 - 0.1 * longest, height / 2 + 0.1 * longest), abs=0.1)


def test_only_the_heaviest_are_drawn():
    ellipses = [Ellipse(0.5, 0.5, 0.01, 0.0, 0.01, "#000000", 0.5)] * 5
    assert len(figures.outlines(ellipses, 10, 10, 3)) == 3


def test_bands_fill_the_line_whatever_the_shares_sum_to():
    bands = figures.bands([Swatch("#112233", 0.2, "above"), Swatch("#445566", 0.6, "below")])
    assert bands[0].x == 0
    assert bands[-1].x + bands[-1].width == pytest.approx(100, abs=0.02)
    assert bands[1].width == pytest.approx(75)


def test_the_ratio_of_a_tile_is_bounded(library):
    image = library.images_[0]
    assert figures.ratio(image) == pytest.approx(1.5)
    assert figures.ratio(replace(image, width=4000, height=1)) == figures.WIDEST
    assert figures.ratio(replace(image, width=1, height=4000)) == figures.NARROWEST


def test_the_larger_thumbnail_is_always_announced_as_wider(library):
    image = library.images_[0]
    assert figures.widths(replace(image, width=1200, height=800)) == (256, 512)
    assert figures.widths(replace(image, width=800, height=1200)) == (171, 341)
    small, large = figures.widths(replace(image, width=20, height=20))
    assert small < large


def test_a_spark_covers_every_year_and_reaches_its_peak():
    path = figures.spark([(2019, 4), (2021, 8)], 2018, 2022)
    heights = [float(y) for y in re.findall(r"L[\d.]+ ([\d.]+)", path)]
    assert len(heights) == 5 + 1
    assert min(heights) == heights[3] == 2
    assert heights[0] == heights[2] == heights[4] == figures.SPARK_HEIGHT


def test_a_spark_of_one_year_is_drawn():
    assert figures.spark([(2020, 3)], 2020, 2020).count("L") == 3


def test_marks_are_months_where_they_fit_and_years_where_they_do_not():
    few = [("2025-06-14", 3), ("2025-06-02", 1), ("2025-05-01", 4)]
    assert [(mark.period, mark.count) for mark in figures.marks(few)] == [("2025-06", 4), ("2025-05", 4)]
    many = [(f"{year}-{month:02}-01", 1) for year in (2025, 2024, 2023) for month in range(12, 0, -1)]
    assert [mark.period for mark in figures.marks(many)] == ["2025", "2024", "2023"]
    assert figures.marks([]) == []


def test_a_palette_is_a_search_for_its_largest_colours():
    swatches = [Swatch("#0a5f73", 0.5, "above"), Swatch("#ffffff", 0.004, "middle"), Swatch("#000000", 0.2, "left")]
    assert figures.asked(swatches, 2) == "colour:#0a5f73:50% colour:#ffffff:1%"
