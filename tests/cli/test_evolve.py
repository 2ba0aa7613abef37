"""`leitmotiv evolve`: from the command to files, and on with an earlier run."""

import json

import pytest

from leitmotiv.cli import evolve
from leitmotiv.cli.main import main
from leitmotiv.workflows.designing import KINDS


def run(*arguments):
    with pytest.raises(SystemExit) as ended:
        main([*map(str, arguments)])
    return ended.value.code or 0


def test_designs_evolve_into_files_and_a_run_goes_on(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LEITMOTIV_LIBRARY", str(tmp_path / "library"))
    assert tuple(KINDS) == evolve.DESIGNS
    assert run("evolve", "--design", "trapezoid", "--rounds", 1, "--batch", 4, "-o", tmp_path / "out", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["critic"], len(told["winners"]), len(told["files"])) == ("plain", 1, 6)
    assert (tmp_path / "out" / "best.png").read_bytes().startswith(b"\x89PNG")
    assert run("evolve", "--run", told["run"], "--rounds", 2) == 0
    assert "best" in capsys.readouterr().out
    assert run("evolve", "--list") == 0
    assert "2 of 2 rounds" in capsys.readouterr().out
    for more, done in (((), 2), (("--rounds", 1), 2), (("--rounds", 3), 3)):
        capsys.readouterr()
        assert run("evolve", "--run", told["run"], *more, "--json") == 0
        assert len(json.loads(capsys.readouterr().out)["winners"]) == done
    for flag in (("--seed", 0), ("--design", "trapezoid"), ("--critic", "plain"), ("--greedy",)):
        assert run("evolve", "--run", told["run"], *flag) == 2
        assert f"{flag[0]} cannot be changed" in capsys.readouterr().err
    assert run("evolve", "--critic", "nobody") == 2
    assert run("evolve", "--run", 9) == 1
