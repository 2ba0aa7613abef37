"""Settings: precedence, origins, and refusals that name the value and where it came from."""

from pathlib import Path

import pytest

from leitmotiv.errors import SettingsError
from leitmotiv.settings import Settings, load


@pytest.fixture
def file(tmp_path) -> Path:
    path = tmp_path / "c.toml"
    path.write_text('points = 480\nblur = 0\nport = 5050\nlibrary = "~/elsewhere"\n')
    return path


def test_command_line_beats_environment_beats_file_beats_default(file):
    environ = {"LEITMOTIV_PORT": "5060", "LEITMOTIV_POINTS": "960"}
    chosen = load({"points": 96, "seed": None}, environ=environ, config=file)
    assert (chosen.points, chosen.port, chosen.blur, chosen.seed) == (96, 5060, 0.0, Settings().seed)
    assert chosen.origins == {
        "points": "the command line",
        "port": "LEITMOTIV_PORT",
        "blur": str(file),
        "library": str(file),
    }


def test_paths_are_absolute_and_know_the_home(file, monkeypatch):
    monkeypatch.setenv("HOME", "/home/somebody")
    assert load({}, environ={}, config=file).library == Path("/home/somebody/elsewhere")


def test_file_can_be_named_by_the_environment(file):
    assert load({}, environ={"LEITMOTIV_CONFIG": str(file)}).points == 480


def test_empty_variable_counts_as_not_set():
    assert load({}, environ={"LEITMOTIV_LIBRARY": ""}).library == Settings().library


def test_other_variables_are_not_settings():
    assert load({}, environ={"LEITMOTIV_CACHE": "/tmp", "LEITMOTIV_LANES": "8"}).origins == {}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("LEITMOTIV_SAMPELS", "LEITMOTIV_SAMPELS sets 'sampels'.*Did you mean samples"),
        ("LEITMOTIV_ORIGINS", "no setting"),
        ("LEITMOTIV_QUITE_ANOTHER", "The settings are: activations, allowed_folders, allowed_hosts, alpha, "),
    ],
)
def test_misspelt_variable_is_refused_and_near_settings_are_named(name, says):
    with pytest.raises(SettingsError, match=says):
        load({}, environ={name: "7"})
    assert load({}, environ={name: ""}).origins == {}


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        ({"points": 1}, "points is 1 .from the command line.*between 48"),
        ({"colour_space": "hsv"}, "colour_space is 'hsv'"),
        ({"spaces": "own"}, "spaces is 'own', but must be both, centred or common"),
        ({"correction": "local"}, "correction is 'local', but must be relative or none"),
        ({"samples": "many"}, "samples is 'many'.*whole number"),
        ({"blur": True}, "blur is True.*number"),
        ({"blur": "nan"}, "blur is nan"),
        ({"samples": 10.7}, "samples is 10.7.*whole number"),
        ({"samples": float("inf")}, "samples is inf.*whole number"),
    ],
)
def test_value_that_cannot_be_used_is_named(overrides, says):
    with pytest.raises(SettingsError, match=says):
        load(overrides, environ={})


def test_named_file_must_exist(tmp_path):
    with pytest.raises(SettingsError, match=r"none.toml cannot be read"):
        load({}, environ={}, config=tmp_path / "none.toml")


def test_workers_are_at_least_one():
    assert Settings().cores >= 1
    assert Settings(workers=7).cores == 7


def test_lists_come_from_every_place(tmp_path):
    file = tmp_path / "c.toml"
    file.write_text('allowed_hosts = ["photos.lan"]\nallowed_folders = ["~/a", "/b"]\n')
    assert load({}, environ={}, config=file).allowed_hosts == ("photos.lan",)
    assert load({}, environ={}, config=file).allowed_folders == (Path("~/a").expanduser(), Path("/b"))
    assert load({}, environ={"LEITMOTIV_ALLOWED_FOLDERS": "/a:/b"}, config=file).allowed_folders == (
        Path("/a"),
        Path("/b"),
    )
    assert load({"allowed_hosts": ("x", "y")}, environ={}).allowed_hosts == ("x", "y")


def test_what_is_no_list_is_refused():
    with pytest.raises(SettingsError, match="allowed_hosts is 7 in the command line, but must be a list of texts"):
        load({"allowed_hosts": 7}, environ={})
