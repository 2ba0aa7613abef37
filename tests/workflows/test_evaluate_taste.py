"""Taste on raters that were held out, by simulated ones of made-up themes in the files of the true set."""

import numpy as np
import pytest
from scipy.io import savemat

from leitmotiv.errors import CriticError, NotFoundError
from leitmotiv.settings import Settings
from leitmotiv.workflows import rating_sets
from leitmotiv.workflows.evaluate_taste import evaluate_taste
from leitmotiv.workflows.session import Session

THEMES, RATERS = 70, 12


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """Everybody likes light themes; half of the raters like red ones, and half blue ones, and as much."""
    folder = tmp_path_factory.mktemp("themes")
    rng = np.random.default_rng(2)
    light, red = rng.random(THEMES), rng.random(THEMES)
    colours = np.stack([0.6 * red + 0.4 * light, 0.4 * light, 0.6 * (1 - red) + 0.4 * light], axis=1)
    rgb = np.clip(colours[:, None] + rng.normal(0, 0.03, (THEMES, 5, 3)), 0, 1).reshape(THEMES, 15)
    rows = []
    for rater in range(RATERS):
        worth = light + (2 if rater % 2 else -2) * red
        stars = np.searchsorted(np.quantile(worth, (0.2, 0.4, 0.6, 0.8)), worth) + 1
        rows += [(rater + 1, theme + 1, star) for theme, star in enumerate(stars)]
    savemat(folder / "themeData.mat", {"datapoints": {"rgb": rgb, "ids": np.arange(THEMES)[:, None]}})
    savemat(folder / "allMTurkRatings.mat", {"testRatings": np.array(rows, np.float64)})
    with Session(Settings(library=folder / "library", workers=1)) as opened:
        rating_sets.keep(opened, folder, "themes")
        (folder / "few.csv").write_text("image,rater,rating\na.jpg,1,3\n")
        rating_sets.keep(opened, folder / "few.csv", "csv")
        yield opened


def test_what_is_said_tells_pairs_of_other_themes_better_than_everybody_does(session):
    found = evaluate_taste(session, "themes", counts=(6, 24), raters=4)
    assert (found.raters, found.held_raters, found.pictures, found.held_pictures) == (RATERS, 4, THEMES, 14)
    by_way = {(one.way, round(one.said)): one for one in found.results}
    assert {way for way, _ in by_way} == {"pairs drawn", "pairs asked", "stars"}
    stars = next(one for one in found.results if one.way == "stars")
    for one in (by_way["pairs drawn", 24], by_way["pairs asked", 24], stars):
        assert one.everybody.value < 0.75
        assert one.gained.low > 0.1
        assert one.gained.value == pytest.approx(one.personal.value - one.everybody.value)
    assert by_way["pairs drawn", 24].personal.value > by_way["pairs drawn", 6].personal.value
    again = evaluate_taste(session, "themes", counts=(6,), raters=4, asked=False)
    assert again.results[0].personal == by_way["pairs drawn", 6].personal


def test_a_set_without_raters_or_that_is_not_there_is_named(session):
    with pytest.raises(CriticError, match="raters rated 30"):
        evaluate_taste(session, "few")
    with pytest.raises(NotFoundError, match="There are: few, themes"):
        evaluate_taste(session, "lost")
