import pytest

from leitmotiv.errors import UsageError
from leitmotiv.settings import Settings
from leitmotiv.workflows.evaluate_boards import evaluate_boards

from .pictures import picture


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("kinds")
    for look in range(3):
        (made / f"look{look}").mkdir()
        for number in range(5):
            picture(look + 6 * number).save(made / f"look{look}" / f"p{number}.png")
    (made / "alone").mkdir()
    picture(5).save(made / "alone" / "only.png")
    (made / "look0" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no more")
    picture(99).save(made / "of no category.png")
    return made


def test_boards_are_measured_beside_cavlib(folder):
    found = evaluate_boards(Settings(workers=1), folder, positives=(2, 1, 99), seeds=2)
    assert (found.pictures, found.kinds, found.seeds) == (16, 4, 2)
    assert [(one.positives, one.kinds) for one in found.results] == [(1, 3), (2, 3)]
    for one in found.results:
        for interval in (one.ours, one.cavlib):
            assert 0 < interval.low <= interval.value <= interval.high <= 1
        assert one.difference.value == pytest.approx(one.ours.value - one.cavlib.value)
        assert one.worst.startswith("look")
        assert one.worst_value <= one.ours.value
    assert found.results[0].ours.value > 0.6
    assert [name.endswith("broken.jpg") for name, _ in found.failed] == [True]
    assert [(one.kinds, one.boards) for one in found.likely] == [(2, 24), (3, 18)]
    for believed in found.likely:
        assert 0 <= believed.of_others < believed.of_kind <= 1
        assert 0 < believed.brier < 0.25
    assert sum(one.share for one in found.bins) == pytest.approx(1)
    again = evaluate_boards(Settings(workers=1), folder, positives=(2, 1), seeds=2)
    assert again.results == found.results


def test_a_folder_without_categories_is_refused(folder, tmp_path):
    with pytest.raises(UsageError, match="not a folder"):
        evaluate_boards(Settings(), tmp_path / "none")
    with pytest.raises(UsageError, match="not two categories"):
        evaluate_boards(Settings(), folder, positives=(50,))
    (tmp_path / "one").mkdir()
    picture(1).save(tmp_path / "one" / "a.png")
    with pytest.raises(UsageError, match="not two categories"):
        evaluate_boards(Settings(), tmp_path)
