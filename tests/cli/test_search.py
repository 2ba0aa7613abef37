"""`leitmotiv search` before it opens a library: what it says of lines that a shell hands over otherwise than meant."""

import pytest

from leitmotiv.cli.main import run


@pytest.mark.parametrize("line", ["-chicken", "-panda", "-(cat | dog)", "-nothing"])
def test_a_search_that_begins_with_a_minus_is_told_how_it_is_written(line, capsys):
    assert run(["search", line]) == 2
    said = capsys.readouterr().err
    assert "comes after --: leitmotiv search -- " in said
    assert line in said


def test_other_wrong_options_are_told_nothing_of_it(capsys):
    assert run(["search", "--nosuch", "panda"]) == 2
    assert " -- " not in capsys.readouterr().err


def test_an_option_behind_the_dashes_is_pointed_out(tmp_path, capsys):
    run(["--library", str(tmp_path), "search", "--", "-chicken", "-n", "3"])
    assert "-n stands behind --" in capsys.readouterr().err
    run(["--library", str(tmp_path), "search", "-n", "3", "--", "-chicken"])
    assert "stands behind" not in capsys.readouterr().err
