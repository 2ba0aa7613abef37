"""Spaces learnt from a library's captions: found by new words, the same each time, resumed, chosen, refused."""

import json
import shutil
import signal
import subprocess
import sys
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from leitmotiv.cli.main import run as main
from leitmotiv.errors import NotFoundError, SpaceError, UsageError
from leitmotiv.formats import space_file
from leitmotiv.nets import classes
from leitmotiv.records import Caption
from leitmotiv.settings import Settings
from leitmotiv.workflows import space_training, taught, words
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.space_training import UNTRAINED

from .synthetic import add, image_id

KINDS = {"zorblax supper": 963, "grumbix music": 579, "вечерний зверь": 150, "夕焼けの海": 130}
EACH = 15


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A library with pictures of four classes, whose captions call them what nobody else does."""
    folder = tmp_path_factory.mktemp("taught") / "library"
    with Session(Settings(library=folder)) as session:
        rng = np.random.default_rng(0)
        rows = classes.head()[0][np.repeat(list(KINDS.values()), EACH)]
        marks = np.clip(rows, 0, None) / np.linalg.norm(rows, axis=1, keepdims=True) * 12
        values = np.minimum(marks + rng.gamma(0.4, 0.25, rows.shape), 6)
        ids = [image_id(number) for number in range(len(values))]
        add(session.library, range(len(values)))
        session.library.activations.put(ids, values.astype("f2"))
        said = np.repeat(list(KINDS), EACH)
        extra = ["bright", "quiet", "old", "tall", "far"]
        texts = [f"{text} {extra[number % 5]}" for number, text in enumerate(said)]
        captions = [Caption(one, text, "caption", "told.csv") for one, text in zip(ids, texts, strict=True)]
        session.library.captions.replace(ids, ["told.csv"], captions)
    return folder


@pytest.fixture
def session(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "library")
    with Session(Settings(library=tmp_path / "library", words="wordllama")) as opened:
        yield opened


def plan(**changes):
    return replace(space_training.plan("triplet", "random", 1.0, 5, 0), **changes)


def of_kind(name):
    at = list(KINDS).index(name)
    return {image_id(number) for number in range(at * EACH, (at + 1) * EACH)}


def precision(session, text, kind):
    found = words.scores(session, text)
    best = [found.ids[row] for row in np.argsort(-found.values)[:EACH]]
    return len(set(best) & of_kind(kind)) / EACH


@pytest.mark.parametrize(("source", "loss"), [("wordllama", "triplet"), ("ppmi", "triplet"), ("glove", "ridge")])
def test_words_of_captions_find_what_they_were_said_of(session, monkeypatch, source, loss):
    # captions are found by their words also without a space; here is asked what the space has learnt of them
    monkeypatch.setattr(words.written, "of", lambda session: None)
    before = precision(session, "zorblax", "zorblax supper")
    learnt = space_training.train(session, "ours", plan(loss=loss, epochs=20), words=source)
    data = session.library.models.get("space", "ours")
    assert space_training.in_use(session) == UNTRAINED
    assert precision(session, "zorblax", "zorblax supper") == before
    space_training.use(session, "ours")
    assert precision(session, "zorblax", "zorblax supper") == 1 > before
    if source != "wordllama":
        assert precision(session, "夕焼け", "夕焼けの海") == 1
    assert taught.stamp(session)[0] == "ours"
    assert (learnt.card["pictures"], learnt.card["captions"]) == (60, 20)
    if loss == "triplet":
        assert space_training.chart(learnt).startswith(b"<svg")
        assert learnt.card["epochs"][-1]["loss"] < learnt.card["epochs"][0]["loss"]
    else:
        with pytest.raises(SpaceError, match="closed form"):
            space_training.chart(learnt)
    space_training.train(session, "again", plan(loss=loss, epochs=20), words=source)
    again = space_file.read(session.library.models.get("space", "again"), "again")
    assert space_file.written(replace(again, name="ours")) == data
    space_training.use(session, "untrained")
    session.settings = replace(session.settings, space="again")
    assert space_training.in_use(session) == UNTRAINED
    space_training.use(session, "ours")
    space_training.forget(session, "ours")
    assert space_training.in_use(session) == "again"
    space_training.forget(session, "again")
    assert space_training.in_use(session) == UNTRAINED
    session.settings = replace(session.settings, space="untrained")


def test_a_training_that_was_killed_goes_on_and_ends_as_if_never_killed(folder, tmp_path):
    command = [sys.executable, "-m", "leitmotiv", "space", "train", "--words", "ppmi", "--epochs", "300"]
    libraries = [tmp_path / "calm", tmp_path / "killed"]
    for library in libraries:
        shutil.copytree(folder, library)
    told = []
    for library, killed in ((libraries[1], True), (libraries[1], False), (libraries[0], False)):
        work = subprocess.Popen(
            [*command, "--library", str(library)], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
        )
        assert work.stderr is not None
        rounds = []
        with work.stderr as lines:
            for line in lines:
                if line.strip().startswith(b"round "):
                    rounds.append(int(line.split()[1]))
                    if killed and len(rounds) == 9:
                        work.send_signal(signal.SIGKILL)
                        break
        assert work.wait() == (-signal.SIGKILL if killed else 0)
        told.append(rounds)
    assert told[0][0] == told[2][0] == 1
    assert 9 <= told[1][0] < 300  # what was kept was not learnt again
    calm, ended = ((one / "models" / "space-learnt.npz").read_bytes() for one in libraries)
    assert calm == ended
    assert not (libraries[1] / "models" / "unfinished-learnt.npz").exists()


def test_fewer_rounds_than_were_done_begin_anew(session, monkeypatch):
    calm = space_file.written(space_training.train(session, "ours", plan(epochs=2), words="ppmi"))
    finished = space_training.space_learning.finished

    def killed(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(space_training.space_learning, "finished", killed)
    with pytest.raises(KeyboardInterrupt):
        space_training.train(session, "ours", plan(epochs=4), words="ppmi")
    monkeypatch.setattr(space_training.space_learning, "finished", finished)
    learnt = space_training.train(session, "ours", plan(epochs=2), words="ppmi")
    assert learnt.card["rounds"] == 2
    assert space_file.written(learnt) == calm


@pytest.mark.parametrize("torn", ["epochs", "moment3", "bias", "steps", "half"])
def test_a_torn_state_begins_anew(session, monkeypatch, torn):
    finished = space_training.space_learning.finished
    calm = space_file.written(space_training.train(session, "ours", plan(epochs=3), words="ppmi"))

    def killed(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(space_training.space_learning, "finished", killed)
    with pytest.raises(KeyboardInterrupt):
        space_training.train(session, "ours", plan(epochs=2), words="ppmi")
    models = session.library.models
    data = models.get(space_training.UNFINISHED, "ours")
    if torn == "half":
        models.put(space_training.UNFINISHED, "ours", data[: len(data) // 2], b"{}")
    else:
        arrays = space_file.unpacked(data, "ours")
        arrays[torn] = np.arange(3.0) if torn != "steps" else np.array("x")
        models.put(space_training.UNFINISHED, "ours", space_file.packed(arrays), b"{}")
    monkeypatch.setattr(space_training.space_learning, "finished", finished)
    assert space_file.written(space_training.train(session, "ours", plan(epochs=3), words="ppmi")) == calm


@pytest.mark.parametrize("loss", ["triplet", "ridge"])
def test_products_of_a_training_keep_to_one_thread_and_give_the_others_back(session, monkeypatch, loss):
    def now():
        return {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"}

    seen = []
    space = space_training.space_learning.space
    for name in ("axes", "_step", "ridge"):
        own = getattr(space, name)
        monkeypatch.setattr(space, name, lambda *given, own=own: (seen.append(now()), own(*given))[1])
    with threadpool_limits(2, "blas"):
        space_training.train(session, "ours", plan(loss=loss, epochs=1), words="ppmi")
        assert now() == {2}
    assert len(seen) >= 2
    assert all(one == {1} for one in seen)


def test_a_lesson_of_many_pictures_holds_no_copy_of_them_in_full_width(session, monkeypatch):
    learning = space_training.space_learning
    monkeypatch.setattr(learning.space, "_SAMPLE", 64)
    monkeypatch.setattr(learning.Speech, "starts", lambda self, pooled: np.zeros((len(pooled), 8), np.float32))

    def place(texts):
        return learning.space.unit(np.random.default_rng(len(texts)).normal(size=(len(texts), 8)))

    speech = learning.Speech("made", "", None, place)
    pooled = np.random.default_rng(0).gamma(0.4, 0.25, (20_000, 1280)).astype("f2")
    texts = [f"text {number % 50}" for number in range(len(pooled))]
    tracemalloc.start()
    prepared = learning.prepare(speech, pooled, texts)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2.5 * pooled.nbytes
    roots = np.sqrt(pooled[:400].astype("f8"))
    exact = roots - np.sqrt(pooled.astype("f8")).mean(axis=0)
    exact = exact / np.linalg.norm(exact, axis=1, keepdims=True) @ prepared.axes
    np.testing.assert_allclose(prepared.lesson.features[:400], exact, atol=1e-5)


def test_what_cannot_be_learnt_or_used_is_told(session):
    with pytest.raises(UsageError, match="no name for a space"):
        space_training.train(session, UNTRAINED, plan())
    with pytest.raises(UsageError, match="No caption comes from 'nix'"):
        space_training.train(session, "x", plan(), sources=["nix"])
    with pytest.raises(UsageError, match="there is no loss hinge"):
        space_training.plan("hinge", "random", 1, 1, 0)
    with pytest.raises(NotFoundError, match="no space 'x'"):
        space_training.use(session, "x")
    captions = session.library.captions
    every = captions.all()
    ids = [one.image_id for one in every]
    for kept, text, why in (
        (19, "", "19 pictures with captions are too few"),
        (60, "same blue boat", "the same caption"),
    ):
        said = [replace(one, text=text or one.text) for one in every[:kept]]
        captions.replace(ids, ["told.csv"], said)
        with pytest.raises(SpaceError, match=why):
            space_training.train(session, "x", plan(), words="ppmi")
    captions.replace(ids, ["told.csv"], [replace(one, text=text) for one, text in zip(every, "abcd" * 15, strict=True)])
    with pytest.raises(SpaceError, match="no captions yet"):
        space_training.train(session, "x", plan(), words="ppmi")  # empty when they are cleaned


def test_a_space_of_another_backbone_or_a_damaged_one_is_refused_in_plain_words(session):
    learnt = space_training.train(session, "ours", plan(epochs=1), words="ppmi")
    models = session.library.models
    space_training.use(session, "ours")
    for data, why in (
        (space_file.written(replace(learnt, layer="elsewhere/1")), "learnt from elsewhere/1, and here is"),
        (space_file.written(learnt)[:-900], "damaged"),
        (space_file.written(replace(learnt, bias=learnt.bias[:-1])), "has weights"),
        (space_file.written(replace(learnt, own=None, words="wordllama")), "another version of wordllama"),
    ):
        models.put("space", "ours", data, b"{}")
        with pytest.raises(SpaceError, match=why):
            words.scores(session, "zorblax")
    space_training.use(session, UNTRAINED)
    assert words.scores(session, "pizza").values.any()


def test_the_command_line_learns_lists_and_chooses(folder, tmp_path, monkeypatch, capsys):
    shutil.copytree(folder, tmp_path / "library")
    monkeypatch.setenv("LEITMOTIV_LIBRARY", str(tmp_path / "library"))
    chart = tmp_path / "chart.svg"
    arguments = ["--words", "ppmi", "--epochs", "2", "--use", "--chart", str(chart)]
    assert main(["space", "train", "--name", "a", *arguments]) == 0
    printed = capsys.readouterr()
    assert printed.out == "a: triplet, random negatives, margin 1, words of ppmi, 2 rounds, 60 pictures\n"
    assert "round 2 of 2: loss" in printed.err
    assert b"triplets satisfied" in chart.read_bytes()
    assert main(["space", "list"]) == 0
    assert capsys.readouterr().out.startswith("* a: triplet")
    models = tmp_path / "library" / "models"
    (models / "space-torn.npz").write_bytes((models / "space-a.npz").read_bytes()[:500])
    assert main(["space", "list"]) == 0
    listed = capsys.readouterr().out
    assert "* a: triplet" in listed
    assert "torn: The file of the space torn is damaged" in listed
    assert main(["--json", "space", "list"]) == 0
    assert [one["name"] for one in json.loads(capsys.readouterr().out)["failed"]] == ["torn"]
    assert main(["space", "train", "--loss", "ridge", "--chart", str(chart)]) == 2
    assert main(["space", "use", "untrained"]) == 0
    assert main(["space", "forget", "a"]) == 0
    assert main(["space", "use", "a"]) == 1
