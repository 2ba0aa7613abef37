import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.io import savemat

from leitmotiv.errors import RatingsError
from leitmotiv.formats import ava, idealo, simulacra, themes, votes

from . import rated_files as files


def test_ava_is_read_with_tags_challenge_lists_and_styles(tmp_path):
    found = ava.read(files.ava(tmp_path / "ava"))
    first, second = found.items
    assert (first.key, first.counts) == ("953619", tuple(map(float, files.COUNTS)))
    assert first.facts["tags"] == ["Abstract", "Black and White"]
    assert first.facts["challenge"] == "Free Study LXXI"
    assert first.facts["styles"] == ["Duotones"]
    assert second.facts["tags"] == []
    assert second.facts["lists"] == ["animal_train"]
    assert second.facts["styles"] == ["Complementary Colors", "Vanishing Point"]
    assert ava.read(tmp_path / "ava").items[0].key == "953619"  # the folder does as well


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("3 1 1 2 3", "it has 5 columns, not 15"),
        ("3 1 " + "0 " * 10 + "0 0 1", "all counts are zero"),
        ("3 1 -4 1 1 1 1 1 1 1 1 1 0 0 1", "a count is -4"),
        ("3 1 x 1 1 1 1 1 1 1 1 1 0 0 1", "a column is no whole number"),
    ],
)
def test_a_bad_row_of_ava_is_told_and_the_others_are_read(tmp_path, row, reason):
    found = ava.read(files.ava(tmp_path / "ava", [row, "4 953619 1 1 1 1 1 1 1 1 1 1 0 0 1"]))
    assert len(found.items) == 2
    assert found.corrupt == (("line 3", reason),)
    assert found.repeated == (("953619", "line 4 has it again; the first one counts"),)


@pytest.mark.parametrize(("rater", "names"), [("sid", ("11", "12")), ("user_id", ("11", "12")), ("whoever", ("", ""))])
def test_simulacra_are_read_by_names_of_columns(tmp_path, rater, names):
    found = simulacra.read(files.simulacra(tmp_path / "sac.sqlite", rater))
    one, two = found.items
    assert one.votes == ((names[0], 8.0), (names[1], 4.0))
    assert one.facts == {"prompt": "a lighthouse at dusk"}
    assert two.votes == ((names[0], 10.0),)  # a NULL beside it does not count
    assert found.corrupt == (("image 4", "it has no path"), ("three.png", "its only vote is NULL"))


def test_a_truncated_or_foreign_database_is_named(tmp_path):
    path = files.simulacra(tmp_path / "sac.sqlite")
    (tmp_path / "cut.sqlite").write_bytes(path.read_bytes()[:5000])
    with pytest.raises(RatingsError, match=r"cut\.sqlite is no whole SQLite file"):
        simulacra.read(tmp_path / "cut.sqlite")
    (tmp_path / "text.sqlite").write_text("no database at all, but long enough to be looked at " * 20)
    with pytest.raises(RatingsError, match="no whole SQLite file"):
        simulacra.read(tmp_path / "text.sqlite")
    (tmp_path / "empty.sqlite").write_bytes(b"")
    with pytest.raises(RatingsError, match="another database"):
        simulacra.read(tmp_path / "empty.sqlite")
    with pytest.raises(RatingsError, match="There is no file"):
        simulacra.read(tmp_path / "none.sqlite")


def test_themes_are_called_by_their_row_and_keep_their_raters(tmp_path):
    found = themes.read(files.themes(tmp_path / "cfcolor" / "release").parent)
    assert found.scale == 5
    assert [item.key for item in found.items] == ["1", "2", "3", "4"]
    assert found.items[1].votes == (("1000", 3.0), ("1001", 3.0), ("1002", 3.0))
    assert found.items[0].facts["number"] == 429863
    assert np.shape(found.items[0].facts["colours"]) == (5, 3)
    assert found.corrupt == (("vote 13", "the rating 9 does not lie between 1 and 5"),)


def test_themes_that_cannot_be_read_are_named(tmp_path):
    folder = files.themes(tmp_path)
    votes_file = folder / "allMTurkRatings.mat"
    whole = votes_file.read_bytes()
    votes_file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(RatingsError, match="no whole MATLAB 5 file"):
        themes.read(folder)
    savemat(votes_file, {"testRatings": np.ones((3, 2))})
    with pytest.raises(RatingsError, match="must be \\(votes, 3\\)"):
        themes.read(folder)
    savemat(votes_file, {"other": np.ones((3, 3))})
    with pytest.raises(RatingsError, match="has not the array `testRatings`"):
        themes.read(folder)
    votes_file.unlink()
    with pytest.raises(RatingsError, match="There is no file"):
        themes.read(folder)


def test_votes_for_nan_and_for_a_theme_that_is_not_there_are_told(tmp_path):
    folder = files.themes(tmp_path)
    savemat(folder / "allMTurkRatings.mat", {"testRatings": np.array([[1, 1, 4], [1, 99, 4], [1, 2, np.nan]])})
    found = themes.read(folder)
    assert [item.key for item in found.items] == ["1"]
    assert [where for where, _ in found.corrupt] == ["vote 2", "vote 3"]


def test_idealo_labels_are_read_and_bad_ones_told(tmp_path):
    bad = [
        {"image_id": "a", "label": [1, 2, 3]},
        {"image_id": "b", "label": [0] * 10},
        {"image_id": "c", "label": [1] * 9 + [float("nan")]},
        {"image_id": "d"},
        {"label": [1] * 10},
        {"image_id": "42039", "label": [1] * 10},
    ]
    found = idealo.read(files.idealo(tmp_path / "labels.json", bad))
    assert [item.key for item in found.items] == ["231893", "42039"]
    assert [where for where, _ in found.corrupt] == ["a", "b", "c", "d", "entry 7"]
    assert "3 counts, not 10" in found.corrupt[0][1]
    assert [key for key, _ in found.repeated] == ["42039"]


@pytest.mark.parametrize("text", ["{", '{"image_id": 1}', "[1, 2]", "[]", '[{"image_id": "a", "label": [1]}]'])
def test_json_that_is_no_list_of_labels_is_refused(tmp_path, text):
    (tmp_path / "labels.json").write_text(text)
    with pytest.raises(RatingsError):
        idealo.read(tmp_path / "labels.json")


def test_predictions_come_back_as_they_were_written(tmp_path):
    shares = tuple(np.full(10, 0.1).tolist())
    path = tmp_path / "predictions.json"
    path.write_bytes(idealo.written({"42039": (5.5, shares)}))
    assert json.loads(path.read_text())[0]["mean_score_prediction"] == 5.5
    assert idealo.read_predictions(path) == ({"42039": shares}, ())
    path.write_text('[{"image_id": "1", "mean_score_prediction": 6.5}, {"image_id": "2"}]')
    assert idealo.read_predictions(path) == ({"1": 6.5}, (("2", "it has neither ten shares nor a mean"),))


@pytest.mark.parametrize(
    ("text", "votes_of", "scale"),
    [
        ("image,rater,rating\na.jpg,ann,4\na.jpg,bob,2\nb.jpg,ann,5\n", (("ann", 4.0), ("bob", 2.0)), 5),
        ("file;stars\na.jpg;4\na.jpg;2\n", (("", 4.0), ("", 2.0)), 5),
        ("image\tscore\na.jpg\t9\n", (("", 9.0),), 10),
    ],
)
def test_a_table_of_votes_is_read_whatever_its_delimiter(tmp_path, text, votes_of, scale):
    (tmp_path / "votes.csv").write_text(text)
    found = votes.read(tmp_path / "votes.csv")
    assert (found.items[0].key, found.items[0].votes, found.scale) == ("a.jpg", votes_of, scale)


def test_a_table_of_counts_or_of_means_is_read(tmp_path):
    header = ",".join(map(str, range(1, 11)))
    (tmp_path / "counts.csv").write_text(f"image_id,{header}\n7,{','.join(map(str, files.COUNTS))}\n8,1,2,x,,,,,,,\n")
    found = votes.read(tmp_path / "counts.csv")
    assert found.items[0].counts == tuple(map(float, files.COUNTS))
    assert found.corrupt[0][0] == "8"
    (tmp_path / "means.csv").write_text("image,mean,std\na,5.5,1.25\nb,11,1\nc,4,\n")
    found = votes.read(tmp_path / "means.csv")
    assert found.items[0] == replace(found.items[0], mean=5.5, deviation=1.25)
    assert found.items[1].deviation is None
    assert found.corrupt == (("b", "the rating 11 does not lie between 1 and 10"),)


def test_a_table_without_votes_or_with_votes_off_its_scale_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("image,colour\na,red\n")
    with pytest.raises(RatingsError, match="needs a column"):
        votes.read(tmp_path / "a.csv")
    (tmp_path / "b.csv").write_text("image,rating\na,7\n,3\n")
    with pytest.raises(RatingsError, match="does not lie between 1 and 5"):
        votes.read(tmp_path / "b.csv", 5)
    with pytest.raises(RatingsError, match="cannot be read"):
        votes.read(tmp_path / "none.csv")


def test_who_votes_twice_counts_once(tmp_path):
    (tmp_path / "a.csv").write_text("image,rater,rating\na,ann,4\na,ann,1\n")
    found = votes.read(tmp_path / "a.csv")
    assert found.items[0].votes == (("ann", 4.0),)
    assert len(found.repeated) == 1
