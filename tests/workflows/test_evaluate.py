from dataclasses import replace

import pytest

from leitmotiv.errors import UsageError
from leitmotiv.settings import Settings
from leitmotiv.workflows.evaluate import evaluate_look
from tests.workflows.pictures import folder_of, picture

SETTINGS = Settings(samples=400, components=8, points=48, workers=1)


@pytest.fixture(scope="module")
def categories(tmp_path_factory):
    """Three categories of five pictures, each category a look."""
    folder = tmp_path_factory.mktemp("categories")
    for look in range(3):
        (folder / f"look{look}" / "deeper").mkdir(parents=True)
        for number in range(5):
            inside = folder / f"look{look}" / ("deeper" if number == 4 else "")
            picture(look + 6 * number).save(inside / f"p{number}.jpg")
    picture(99).save(folder / "of no category.jpg")
    (folder / "look0" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no more")
    return folder


@pytest.fixture(scope="module")
def report(categories):
    return evaluate_look(SETTINGS, categories)


def test_pictures_are_told_apart_by_the_look(report):
    assert (report.truth, report.pictures, report.groups) == ("category", 15, 3)
    first = report.measures[0]
    assert first.in_use
    assert first.name == "both, h 0.3, relative"
    assert first.results["mAP"].value > 0.9
    assert report.chance == pytest.approx(4 / 14)


def test_every_measure_stands_there_once_with_its_intervals(report):
    names = [one.name for one in report.measures]
    assert len(set(names)) == len(names)
    assert [one.in_use for one in report.measures].count(True) == 1
    for wanted in (
        "own, h 0, none (the original)",
        "centred, h 0.3, none",
        "common, h 0, relative",
        "mean of both, h 0.3",
    ):
        assert any(name.startswith(wanted) for name in names), wanted
    for wanted in ("Lab thumbnail", "Lab histogram", "perceptual hash", "both, h 0.3, local", "both, h 0.3, mutual"):
        assert any(name.startswith(wanted) for name in names), wanted
    for one in report.measures:
        for interval in one.results.values():
            assert 0 <= interval.low <= interval.value <= interval.high <= 1
    assert report.measures[0].difference.value == 0


def test_a_broken_file_is_named_and_stops_nothing(report):
    [(path, reason)] = report.failed
    assert path.endswith("broken.jpg")
    assert reason


def test_the_same_seed_gives_the_same_numbers_and_the_settings_choose_the_measure(categories, report):
    assert evaluate_look(SETTINGS, categories) == report
    other = evaluate_look(replace(SETTINGS, spaces="centred", smoothing=0.1, correction="none"), categories)
    assert other.measures[0].name == "centred, h 0.1, none"
    names = [one.name for one in other.measures]
    assert len(set(names)) == len(names)


def test_a_limit_draws_evenly(categories):
    assert evaluate_look(SETTINGS, categories, limit=12).pictures in (11, 12)


def test_altered_copies_are_found_again(tmp_path):
    report = evaluate_look(SETTINGS, folder_of(tmp_path, 5), variants=True)
    assert (report.truth, report.pictures, report.groups) == ("variants", 40, 5)
    by_name = {one.name: one.results["mAP"].value for one in report.measures}
    assert by_name["both, h 0.3, relative"] > report.chance * 2


def test_what_cannot_be_measured_is_refused(categories, tmp_path):
    with pytest.raises(UsageError, match="is not a folder"):
        evaluate_look(SETTINGS, tmp_path / "none")
    with pytest.raises(UsageError, match="a folder a category"):
        evaluate_look(SETTINGS, categories / "look1")
    with pytest.raises(UsageError, match="too few pictures"):
        evaluate_look(SETTINGS, tmp_path, variants=True)


@pytest.mark.parametrize("sizes", [(1, 1, 1, 1), (3, 1, 1)])
def test_two_categories_need_two_pictures_each(tmp_path, sizes):
    for look, size in enumerate(sizes):
        folder_of(tmp_path / f"look{look}", size, first=10 * look)
    with pytest.raises(UsageError, match="two groups of two"):
        evaluate_look(SETTINGS, tmp_path)
