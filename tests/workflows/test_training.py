"""Eyes by training: learnt, measured, killed, gone on with, ended early, begun with others, and refused."""

import io
import json
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from leitmotiv.errors import EyesError, LibraryLockedError, MissingExtraError, NotFoundError, UsageError
from leitmotiv.imaging import read as reading
from leitmotiv.nets import trainers
from leitmotiv.records import ORIGINAL, Partial
from leitmotiv.settings import Settings
from leitmotiv.store.eyes import EyesFolder
from leitmotiv.workflows import eyes, queue, training, training_run
from leitmotiv.workflows.progress import Step, Stopped
from leitmotiv.workflows.session import Session
from tests.nets import torch_there
from tests.workflows.watched import fill, stripes

torch_there.need()
ASKED = {"partial": Partial("blur", size=0.1), "side": 32, "width": 4, "steps": 24, "every": 12, "seed": 3}
VICTIM = """
import sys
from dataclasses import replace
from pathlib import Path
from leitmotiv.settings import Settings
from leitmotiv.workflows import training, training_run
from leitmotiv.workflows.session import Session
training_run.SAVE_S = training_run.PATIENCE = 0.0
with Session(replace(Settings(), library=Path(sys.argv[1]), workers=1)) as session:
    training.go_on(session, sys.argv[2])
"""


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    made = replace(Settings(), library=tmp_path_factory.mktemp("training") / "library", workers=1)
    with Session(made) as opened:
        fill(opened.library, tmp_path_factory.mktemp("photos"), 26)
        yield opened


@pytest.fixture(scope="module")
def calm(session):
    """Eyes that were trained without any interruption."""
    return training.train(session, "Calm", "", loss="gan", **ASKED)


def test_the_published_size_is_the_published_network():
    assert training.network_of(256, 64, "gan") == ORIGINAL


def test_training_leaves_eyes_that_see_samples_a_curve_and_an_honest_card(session, calm):
    assert (calm.way, calm.side, calm.partial.kind) == ("network", 32, "blur")
    assert calm.card["steps"] == calm.card["step"] == 24
    assert calm.card["pictures"] == len(calm.pictures) == 21
    assert [calm.card[name] for name in ("held_out", "watched", "told")] == [5, 2, 3]
    assert set(calm.card["figures"]) == {"network", "copy", "mean", "patches"}
    assert calm.card["figures"]["copy"]["to_shown"] == pytest.approx(0, abs=1e-3)
    assert calm.card["figures"]["copy"]["l1"] < calm.card["figures"]["mean"]["l1"]
    assert any("21 pictures are few" in one for one in calm.card["limits"])
    told = training.told(session, calm.id)
    # The dashed lines are of the very pictures that the curve is of, the card of the others.
    with np.load(io.BytesIO(session.library.eyes.part(calm.id, training_run.PAIRS))) as pairs:
        shown, truth = pairs["held_x"].astype(float), pairs["held_y"]
    form = json.loads(session.library.eyes.part(calm.id, training_run.CURVE))
    assert (form["watched"], form["told"]) == (2, 3)
    assert form["baselines"]["copy"] == pytest.approx(np.abs(shown - truth)[1::2].mean())
    assert calm.card["figures"]["copy"]["l1"] == pytest.approx(np.abs(shown - truth)[0::2].mean())
    assert [one["step"] for one in told["curve"]] == [10, 12, 24]
    assert told["ended"]
    assert told["samples"] == ["sample-00000010.png", "sample-00000012.png", "sample-00000024.png"]
    strip = reading.decoded(session.library.eyes.part(calm.id, "sample-00000024.png"))
    assert strip.shape == (2 * 32, 3 * 32, 3)
    seen = eyes.see(session, calm, stripes())
    assert seen.seen.shape == (32, 32, 3)
    assert not np.array_equal(seen.seen, seen.shown)


def test_a_training_that_was_killed_goes_on_and_ends_as_if_it_never_was(session, calm):
    begun = training.begin(session, "Calm", "", loss="gan", **ASKED)
    assert begun.id == "calm-2"
    command = [sys.executable, "-c", VICTIM, str(session.settings.library), begun.id]
    state = session.library.eyes.path(begun.id, training_run.STATE)
    with subprocess.Popen(command, cwd=Path(__file__).parents[2]) as victim:
        while not state.exists():
            assert victim.poll() is None
            time.sleep(0.02)
        victim.send_signal(signal.SIGKILL)
    assert victim.returncode == -signal.SIGKILL
    assert not training.told(session, begun.id)["ended"]
    assert [one.id for one in training.unfinished(session)] == [begun.id]
    killed = training.train(session, "Calm", "", loss="gan", **ASKED)
    assert killed.id == begun.id
    graphs = [session.library.eyes.part(one.id, "generator.onnx") for one in (calm, killed)]
    assert graphs[0] == graphs[1]
    assert killed.card["figures"] == calm.card["figures"]
    assert training.unfinished(session) == []


def test_a_training_in_the_queue_rests_is_cancelled_and_keeps_what_it_learnt(session):
    asked = {"name": "Queued", "query": "", "side": 32, "width": 4, "loss": "l1", "steps": 40, "every": 5}
    title, parameters = training.check(session, {**asked, "partial": ASKED["partial"].as_json()})
    assert (title, parameters) == ("Queued", {"eyes": "queued"})
    # Asked twice, it is the same training.
    assert training.check(session, {**asked, "partial": ASKED["partial"].as_json()})[1] == parameters
    work = queue.resolve(queue.KINDS["eyes"].work)

    def stop(at: int):
        def report(step: Step) -> None:
            if step.phase == training_run.PHASES[2] and step.done >= at:
                raise Stopped

        return report

    for at in (7, 13):
        with pytest.raises(Stopped):
            work(session, parameters, stop(at))
        half = session.library.eyes.get("queued")
        assert half.card["steps"] == at
        assert not half.card["ended"]
        assert eyes.see(session, half, stripes()).seen.shape == (32, 32, 3)
    # By the distance alone, what did best on pictures that are watched is kept.
    held = {one["step"]: one["held"] for one in training.told(session, "queued")["curve"] if one["step"] % 5 == 0}
    assert half.card["step"] == min(held, key=held.__getitem__)
    done = work(session, {"eyes": "queued", "steps": 15}, lambda step: None)
    assert done.startswith("15 steps, ")


def test_eyes_that_train_are_renamed_but_neither_removed_nor_trained_twice(session):
    begun = training.begin(session, "Held", "", loss="l1", **{**ASKED, "steps": 11, "every": 5})

    def report(step: Step) -> None:
        if step.phase == training_run.PHASES[2] and step.done == 10:
            assert eyes.rename(session, begun.id, "Other").name == "Other"
            for meddle in (eyes.remove, training.go_on):
                with pytest.raises(LibraryLockedError, match=r"'held' are held by process .* \(training them since"):
                    meddle(session, begun.id)

    made = training.go_on(session, begun.id, report=report)
    assert (made.name, made.card["steps"], made.card["ended"]) == ("Other", 11, True)
    assert session.library.eyes.get(begun.id) == made
    assert training_run.STATE in session.library.eyes.parts(begun.id)
    eyes.remove(session, begun.id)


def test_a_training_that_ends_before_its_eyes_are_kept_has_not_ended(session, monkeypatch):
    begun = training.begin(session, "Late", "", loss="l1", **{**ASKED, "steps": 2, "every": 2})
    with monkeypatch.context() as patch:
        patch.setattr(EyesFolder, "put", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            training.go_on(session, begun.id)
    told = training.told(session, begun.id)
    assert (told["step"], told["ended"]) == (2, False)
    assert training.go_on(session, begun.id).card["steps"] == 2
    assert training.told(session, begun.id)["ended"]
    eyes.remove(session, begun.id)


def test_eyes_begin_with_others_of_their_size_only(session, calm):
    made = training.train(session, "Next", "", loss="l1", start_from=calm.id, **{**ASKED, "steps": 1, "every": 1})
    assert made.card["begun_with"] == calm.id
    assert made.card["figures"]["network"]["l1"] == pytest.approx(calm.card["figures"]["network"]["l1"], abs=8)
    with pytest.raises(EyesError, match="side 32 and width 4"):
        training.begin(session, "", "", start_from=calm.id, **{**ASKED, "width": 8})
    patches = eyes.make(session, "Patches", "", side=32)
    with pytest.raises(EyesError, match="not trained here"):
        training.begin(session, "", "", start_from=patches.id, **ASKED)


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        ({"side": 48}, UsageError, "side is 48"),
        ({"width": 7}, UsageError, "width is 7"),
        ({"loss": "l2"}, UsageError, "loss is 'l2'"),
        ({"minutes": "soon"}, UsageError, "minutes is 'soon'"),
        ({"partial": [1]}, UsageError, "partial"),
        ({"colour": 1}, UsageError, "'colour' is not known"),
        ({"query": "name:p001"}, EyesError, "1 picture, and a network needs 20"),
        ({"start_from": "nobody"}, NotFoundError, "no eyes"),
        ({"eyes": "nobody"}, NotFoundError, "nobody"),
    ],
)
def test_what_cannot_be_is_refused_before_it_is_queued(session, asked, error, words):
    with pytest.raises(error, match=words):
        training.check(session, {"query": "", **asked})


def test_damaged_notes_and_a_missing_torch_are_told(session, calm, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(trainers, "version", lambda: None)
        with pytest.raises(MissingExtraError, match="pip install"):
            training.begin(session, "", "", **ASKED)
    begun = training.begin(session, "Broken", "", **ASKED)
    session.library.eyes.add(begun.id, training_run.STATE, b"nothing")
    with pytest.raises(EyesError, match="damaged"):
        training.go_on(session, begun.id)
    session.library.eyes.add(begun.id, training.REQUEST, json.dumps({"id": 1}).encode())
    with pytest.raises(EyesError, match="noted"):
        training.go_on(session, begun.id)
    session.library.eyes.remove(begun.id)
