import json

import numpy as np
import pytest

from leitmotiv.analysis import histograms
from leitmotiv.errors import CriticError, NotFoundError, RatingsError, UsageError
from leitmotiv.settings import Settings
from leitmotiv.workflows import critic_files, critics, judging, own, rating_sets
from leitmotiv.workflows.session import Session
from tests.store.making import file, image, image_id, mixture

from .pictures import folder_of

COUNT = 30


@pytest.fixture
def session(tmp_path):
    """Thirty pictures whose first activation rises with their number."""
    rng = np.random.default_rng(0)
    seen = rng.random((COUNT, 1280)).astype(np.float16) / 4
    seen[:, 0] += np.linspace(0, 6, COUNT).astype(np.float16)
    with Session(Settings(library=tmp_path / "library")) as opened:
        for number in range(COUNT):
            one = image(number)
            held = [file(f"/art/p{number}.jpg".encode(), one)]
            opened.library.images.add(one, files=held, thumbnails={}, mixture=mixture(number))
        opened.library.activations.put([image_id(number) for number in range(COUNT)], seen)
        yield opened


def starred(session: Session, numbers=range(0, COUNT, 2)) -> None:
    for number in numbers:
        own.rate(session, [image_id(number)], stars=1 + number * 5 // COUNT)


def test_a_critic_learns_from_stars_and_orders_the_library(session):
    starred(session)
    made = critics.train(session, ["stars"], name="taste")
    assert made.card["pictures"] == COUNT // 2
    assert made.card["held_out"] == 0
    assert any("few" in limit for limit in made.card["limits"])
    assert (critics.get(session).weights == made.weights).all()
    ranking = critics.rank(session, made, n=COUNT)
    assert (ranking.measure, ranking.total) == ("critic", COUNT)
    numbers = [int(one.path.removeprefix("/art/p").removesuffix(".jpg")) for one in ranking.results]
    assert np.corrcoef(numbers, range(COUNT))[0, 1] < -0.8
    assert ranking.results[0].percentile == pytest.approx(100 * (COUNT - 1) / COUNT)
    assert ranking.results[-1].percentile == 0
    scores = [one.score for one in critics.rank(session, made, sort="score", n=COUNT).results]
    assert scores == sorted(scores)
    apart = [one.deviation for one in critics.rank(session, made, sort="controversial", n=COUNT).results]
    assert apart == sorted(apart, reverse=True)
    (library,) = session.library.folder.glob("models/*.json")
    assert json.loads(library.read_text())["name"] == "taste"


def test_a_critic_no_better_than_its_baseline_is_asked_only_by_its_name(session):
    assert critics.passed_over(session) == ""
    for number, stars in enumerate(np.random.default_rng(3).integers(1, 6, COUNT).tolist()):
        own.rate(session, [image_id(number)], stars=stars)
    poor = critics.train(session, ["stars"])
    figure = poor.card["figures"]["emd2"]
    assert figure["value"] > 0.99 * figure["baseline"]
    assert critics.get(session).name == critics.TECHNICAL
    assert "stars is no better than saying the same of every picture" in critics.passed_over(session)
    assert critics.get(session, "stars").name == "stars"
    assert judging.choices(session) == [judging.PLAIN, critics.TECHNICAL, "stars"]
    assert judging.judge(session)[0] == judging.PLAIN
    starred(session, range(COUNT))
    critics.train(session, ["stars"], name="better")
    assert critics.get(session).name == "better"
    assert critics.doubt(session, "better") == ""
    assert judging.choices(session)[0] == "better"


def test_the_same_ratings_give_the_same_file(session):
    starred(session)
    first = critics.train(session, ["stars"], name="a")
    second = critics.train(session, ["stars"], name="b")
    assert (first.weights == second.weights).all()
    assert critics.names(session)[0] == "b"
    critics.remove(session, "b")
    assert critics.get(session).name == "a"


def test_enough_pictures_are_measured_on_those_held_out_with_baselines(session, tmp_path):
    rows = "\n".join(
        f"p{number}.jpg,{rater},{min(10, 2 + number // 4 + rater)}" for number in range(COUNT) for rater in range(3)
    )
    (tmp_path / "club.csv").write_text(f"image,rater,rating\n{rows}\n")
    rating_sets.keep(session, tmp_path / "club.csv", "csv")
    card = critics.train(session, ["club"]).card
    assert (card["held_out"], card["votes"]) == (6, 90)
    assert set(card["figures"]) == set(critics.NAMES)
    emd = card["figures"]["emd1"]
    assert emd["low"] <= emd["value"] <= emd["high"]
    assert emd["value"] < emd["baseline"]


def test_sets_and_stars_teach_together(session, tmp_path):
    starred(session)
    (tmp_path / "club.csv").write_text("image,mean\np1.jpg,3\np2.jpg,8.5\n")
    rating_sets.keep(session, tmp_path / "club.csv", "csv")
    taught = critics.lesson(session, ["club", "stars"])
    assert len(taught.ids) == 2 + COUNT // 2
    assert np.allclose(histograms.means(taught.shares[:2]), [3, 8.5])
    assert np.allclose(taught.shares.sum(axis=1), 1)


def test_what_cannot_be_learnt_from_is_named_and_nothing_is_kept(session, tmp_path):
    with pytest.raises(CriticError, match="No picture has stars"):
        critics.train(session, ["stars"])
    with pytest.raises(NotFoundError, match="no set of ratings 'club'"):
        critics.train(session, ["club"])
    with pytest.raises(UsageError):
        critics.train(session, [])
    own.rate(session, [image_id(1), image_id(2)], stars=3)
    with pytest.raises(CriticError, match="rated alike"):
        critics.train(session, ["stars"])
    (tmp_path / "lost.csv").write_text("image,rating\nlost.jpg,3\n")
    rating_sets.keep(session, tmp_path / "lost.csv", "csv")
    with pytest.raises(CriticError, match="has a picture that was seen"):
        critics.train(session, ["lost"])
    own.rate(session, [image_id(1)], stars=5)
    with pytest.raises(UsageError, match="no name for a model"):
        critics.train(session, ["stars"], name="../away")
    with pytest.raises(NotFoundError, match="There are: technical"):
        critics.get(session, "lost")
    assert critics.get(session).name == "technical"
    with pytest.raises(UsageError, match="comes with leitmotiv"):
        critics.train(session, ["stars"], name="technical")


def test_a_damaged_critic_is_named(session):
    starred(session)
    critics.train(session, ["stars"], name="taste")
    (path,) = session.library.folder.glob("models/*.npz")
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(CriticError, match="damaged"):
        critics.get(session)


def test_files_of_a_folder_are_scored_and_written_as_csv_and_as_idealo(session, tmp_path):
    starred(session)
    critic = critics.train(session, ["stars"])
    folder = folder_of(tmp_path / "new", 3)
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no more")
    found = critic_files.score(session, critic, [folder])
    assert len(found.paths) == 3
    assert [path.rpartition("/")[2] for path, _ in found.failed] == ["broken.jpg"]
    lines = critic_files.as_csv(found).decode().splitlines()
    assert lines[0] == "path,score,deviation,percentile,1,2,3,4,5,6,7,8,9,10"
    assert len(lines) == 4
    (tmp_path / "predictions.json").write_bytes(critic_files.as_idealo(found))
    labels = [{"image_id": f"p00{number}", "label": [1] * 10} for number in range(4)]
    (tmp_path / "labels.json").write_text(json.dumps(labels))
    judged = critic_files.evaluate(tmp_path / "labels.json", tmp_path / "predictions.json")
    assert (judged.pictures, judged.unpredicted, judged.unlabelled, judged.means_only) == (3, 1, 0, False)
    (tmp_path / "other.json").write_text('[{"image_id": "x", "mean_score_prediction": 5}]')
    with pytest.raises(RatingsError, match="no image_id in common"):
        critic_files.evaluate(tmp_path / "labels.json", tmp_path / "other.json")
