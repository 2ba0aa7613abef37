"""Evolutions: the same seed, the same designs, also after a kill; a person overrules; what is written is whole."""

import json
import signal
import subprocess
import sys

import numpy as np
import pytest

from leitmotiv.analysis.critic import predict
from leitmotiv.errors import CriticError, EmptyLibraryError, NotFoundError, UsageError
from leitmotiv.formats import critic_file
from leitmotiv.imaging import read as reading
from leitmotiv.records import ACTIVATIONS, Critic
from leitmotiv.settings import Settings
from leitmotiv.workflows import design_votes, designing, evolved, evolving, judging, own
from leitmotiv.workflows.session import Session
from tests.store.making import file, image, mixture, path_of

from .pictures import picture

ASKED = {"rounds": 4, "batch": 8, "seed": 3}
KILLED = """
import os, signal, sys
from leitmotiv.settings import Settings
from leitmotiv.workflows import evolving
from leitmotiv.workflows.session import Session
def report(step):
    if step.done == 2:
        os.kill(os.getpid(), signal.SIGKILL)
with Session(Settings(library=sys.argv[1])) as session:
    evolving.go_on(session, int(sys.argv[2]), report=report)
"""


@pytest.fixture
def session(tmp_path):
    with Session(Settings(library=tmp_path / "library", workers=1)) as opened:
        yield opened


def told(rounds):
    return [(one.genomes.tobytes(), one.scores.tolist(), one.winner, one.twins, one.note) for one in rounds]


def test_a_killed_run_goes_on_to_the_same_designs(session, tmp_path):
    whole = evolving.start(session, "star", **ASKED)
    _, expected = evolving.go_on(session, whole.id)
    assert [len(one.scores) for one in expected] == [8] * 4
    assert sum(one.fresh for one in expected) == 8 + 3 * 6
    assert evolving.bests(session, [whole.id, 999]) == {whole.id: evolving.best(session, whole.id)}
    broken = evolving.start(session, "star", **ASKED)
    command = [sys.executable, "-c", KILLED, str(session.settings.library), str(broken.id)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert evolving.of(session, broken.id)[0].done == 2
    run, rounds = evolving.go_on(session, broken.id)
    assert run.done == 4
    assert told(rounds) == told(expected)
    assert told(evolving.of(session, broken.id)[1]) == told(expected)
    other = evolving.start(session, "star", **{**ASKED, "seed": 4})
    assert told(evolving.go_on(session, other.id, until=1)[1]) != told(expected[:1])


def test_the_best_is_never_lost_and_the_greedy_loop_keeps_its_parent(session):
    for greedy in (False, True):
        run = evolving.start(session, "palette", greedy=greedy, **ASKED)
        _, rounds = evolving.go_on(session, run.id)
        tops = [one.scores.max() for one in rounds]
        assert tops == sorted(tops)
        if greedy:
            assert all(one.winner == int(np.argmax(one.scores)) for one in rounds)


def test_a_choice_overrules_the_critic_becomes_votes_and_branches_where_there_are_later_rounds(session):
    run = evolving.start(session, "star", **ASKED)
    _, rounds = evolving.go_on(session, run.id, until=2)
    worst = [int(row) for row in np.argsort(rounds[-1].scores)[:2]]
    assert evolving.pick(session, run.id, 1, worst).id == run.id
    chosen = evolving.of(session, run.id)[1][-1]
    assert (chosen.picks, chosen.chosen) == (tuple(worst), worst[0])
    votes = [(vote.preferred, vote.over) for vote in session.library.evolutions.votes(run.id)]
    assert votes == [(row, rounds[-1].winner) for row in worst]
    stamp = session.library.changes.stamp()
    assert evolving.pick(session, run.id, 1, worst).id == run.id
    assert session.library.changes.stamp() == stamp
    third = evolving.go_on(session, run.id, until=3)[1][-1]
    assert (third.genomes[0] == rounds[-1].genomes[worst[0]]).all()
    other = evolving.pick(session, run.id, 0, [5])
    assert other.id != run.id
    assert (other.done, evolving.of(session, run.id)[0].done) == (1, 3)
    assert evolving.of(session, other.id)[1][0].picks == (5,)
    evolving.pick(session, other.id, 0, [])
    assert session.library.evolutions.votes(other.id) == []
    for place, rows in ((9, [0]), (0, [8]), (-1, [])):
        with pytest.raises(NotFoundError):
            evolving.pick(session, run.id, place, rows)
    evolving.remove(session, run.id)
    assert session.library.evolutions.votes(run.id) == []
    with pytest.raises(NotFoundError):
        evolving.of(session, run.id)


def test_a_preference_counts_once_however_often_runs_branch(session):
    run = evolving.start(session, "star", **ASKED)
    _, (first, second) = evolving.go_on(session, run.id, until=2)
    one, other = [row for row in range(8) if row not in (first.winner, second.winner)][:2]
    evolving.pick(session, run.id, 1, [one])
    a = evolving.pick(session, run.id, 0, [one])  # in a run of its own, as a second round is there
    evolving.go_on(session, a.id, until=2)
    b = evolving.pick(session, a.id, 0, [one, other])
    c = evolving.pick(session, run.id, 0, [other])
    assert len({run.id, a.id, b.id, c.id}) == 4
    assert [list(found.picks) for found in evolving.of(session, b.id)[1]] == [[one, other]]
    expected = [(1, one, second.winner), (0, one, first.winner), (0, other, first.winner)]
    assert [(vote.round, vote.preferred, vote.over) for vote in session.library.evolutions.votes()] == expected
    evolving.remove(session, a.id)
    assert {(vote.round, vote.preferred) for vote in session.library.evolutions.votes()} == {
        (1, one),
        (0, one),
        (0, other),
    }
    assert len(session.library.evolutions.votes()) == 3


def test_a_choice_is_undone_and_redone_with_its_votes_and_one_of_a_removed_run_is_struck(session):
    run, library = evolving.start(session, "star", **ASKED), session.library
    _, (first,) = evolving.go_on(session, run.id, until=1)
    worst = int(np.argmin(first.scores))
    evolving.pick(session, run.id, 0, [worst])
    assert own.undo(session) == f"choice in round 1 of evolution {run.id}"
    assert (library.evolutions.picks(run.id), library.evolutions.votes()) == ([()], [])
    assert own.redo(session) is not None
    assert library.evolutions.picks(run.id) == [(worst,)]
    assert [vote.preferred for vote in library.evolutions.votes()] == [worst]
    evolving.remove(session, run.id)
    assert own.undo(session) is None


def test_a_run_whose_critic_learnt_anew_is_refused_and_one_removed_while_it_is_bred_ends_without_fail(session):
    for draw in range(2):
        weights = (np.random.default_rng(draw).normal(size=(1280, 10)) / 400).astype(np.float32)
        critic = Critic("mine", weights, np.zeros(10, np.float32), ACTIVATIONS, {})
        session.library.models.put("critic", "mine", critic_file.written(critic), critic_file.card(critic))
        if draw == 0:
            run = evolving.start(session, "star", critic="mine", **ASKED)
    with pytest.raises(CriticError, match="learnt anew"):
        evolving.go_on(session, run.id)
    run = evolving.start(session, "star", critic="technical", **{**ASKED, "batch": 4})
    (first,) = evolving.go_on(session, run.id, until=1)[1]
    assert ((first.scores >= 1) & (first.scores <= 10) & (first.bands > 0)).all()
    assert len(set(first.scores.tolist())) > 1

    def remove(_step):
        evolving.remove(session, run.id)

    assert evolving.work(session, {"run": run.id, "until": 2}, remove) == f"Evolution {run.id} was removed."
    assert evolving.work(session, {"run": run.id, "until": 2}, remove) == f"Evolution {run.id} was removed."


def test_what_a_person_chooses_while_the_next_round_is_bred_is_not_passed_over(session):
    run = evolving.start(session, "star", **ASKED)
    _, (first,) = evolving.go_on(session, run.id, until=1)
    worst = int(np.argmin(first.scores))

    def choose(step):
        if step.done == 1 and not session.library.evolutions.votes(run.id):
            evolving.pick(session, run.id, 0, [worst])

    second = evolving.go_on(session, run.id, until=2, report=choose)[1][-1]
    assert (second.genomes[0] == first.genomes[worst]).all()
    told = design_votes.preferences(session, run.id)
    assert [(vote.preferred, vote.over) for vote in told.votes] == [(worst, first.winner)]
    assert told.preferred.shape == told.over.shape == (1, 1280)
    assert (told.preferred != told.over).any()


def test_crops_and_collages_are_made_of_the_library_and_outlive_its_pictures(session):
    with pytest.raises(EmptyLibraryError):
        evolving.start(session, "crop")
    for number in range(4):
        shown = {512: reading.encode(np.asarray(picture(number)), "JPEG", 90)}
        one = image(number)
        session.library.images.add(one, files=[file(path_of(number), one)], thumbnails=shown, mixture=mixture(number))
    run = evolving.start(session, "collage", **{**ASKED, "rounds": 1})
    assert len(run.pictures) == 4
    _, (only,) = evolving.go_on(session, run.id)
    before = designing.seen(session, run, only.genomes[:2])
    large = designing.svg(session, run, only.genomes[0], side=2048)
    assert large.count("data:image/jpeg") >= 2
    session.library.images.forget(session.library.images.ids())
    after = designing.seen(session, run, only.genomes[:2])
    assert after.shape == before.shape
    assert (after != before).any()


def test_what_is_written_is_all_there_and_nothing_is_written_over(session, tmp_path):
    run = evolving.start(session, "poster", **{**ASKED, "rounds": 2})
    with pytest.raises(UsageError, match="no round yet"):
        evolved.write(session, run, [], tmp_path / "out")
    run, rounds = evolving.go_on(session, run.id)
    names = {path.name for path in evolved.write(session, run, rounds, tmp_path / "out")}
    assert names == {
        *("run.json", "winners.png", "best.svg", "best.png"),
        *("round-01.png", "round-02.png", "winner-01.svg", "winner-02.svg"),
    }
    card = json.loads((tmp_path / "out" / "run.json").read_text())
    assert card["best"]["score"] == max(float(one.scores.max()) for one in rounds)
    assert len(card["winners"]) == 2
    again = evolving.start(session, "poster", first=card["best"]["genome"], **{**ASKED, "rounds": 1})
    assert evolving.go_on(session, again.id)[1][0].scores[0] == card["best"]["score"]
    with pytest.raises(UsageError, match="already"):
        evolved.write(session, run, rounds, tmp_path / "out")


def test_what_cannot_be_evolved_is_named_and_nothing_is_kept(session):
    for wrong in ({"design": "dog"}, {"critic": "nobody"}, {"batch": 2}, {"rounds": 0}, {"seed": -1}, {"first": [2.0]}):
        with pytest.raises(UsageError):
            evolving.start(session, **{"design": "star", **wrong})
    assert evolving.listed(session) == []
    run = evolving.start(session, "star", **ASKED)
    for wrong in ({"run": run.id}, {"run": run.id, "until": 0}, {"run": str(run.id), "until": 2}):
        with pytest.raises(UsageError):
            evolving.check(session, wrong)


def test_the_band_of_a_critic_is_how_much_its_word_hangs_on_strips_of_the_picture():
    rng = np.random.default_rng(0)
    weights = (rng.normal(size=(1280, 10)) / 400).astype(np.float32)
    critic = Critic("c", weights, np.zeros(10, np.float32), ACTIVATIONS, {})
    even = np.repeat(np.repeat(rng.random((1, 1, 1, 1280)), 7, 1), 7, 2).astype(np.float32)
    uneven = rng.random((1, 7, 7, 1280)).astype(np.float32) * 6
    bands = judging.jackknife(critic, np.concatenate([even, uneven]))
    assert bands[0] == pytest.approx(0, abs=1e-6)
    # for a score that is linear in the features, the jackknife is the standard error of the mean over strips
    rows = uneven[0].mean(axis=1)
    scores = predict(weights, critic.bias, rows) @ np.arange(1, 11)
    columns = predict(weights, critic.bias, uneven[0].mean(axis=0)) @ np.arange(1, 11)
    expected = np.sqrt((scores.var(ddof=1) / 7 + columns.var(ddof=1) / 7) / 2)
    assert bands[1] == pytest.approx(expected, rel=0.1)
