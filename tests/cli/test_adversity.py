"""What goes wrong around a command: a full disk, a folder that vanishes, names that no one expects."""

import json
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.workflows.pictures import folder_of

from .test_commands import leitmotiv


@pytest.fixture
def small_disk(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mount is refused here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_full_disk_ends_with_6_and_loses_nothing(small_disk, tmp_path):
    photos = folder_of(tmp_path / "photos", 150)
    done = leitmotiv("add-directory", photos, "--library", small_disk / "lib")
    assert done.returncode == 6, done.stderr
    assert "space" in done.stderr
    assert "Traceback" not in done.stderr
    shutil.copytree(small_disk / "lib", tmp_path / "roomy")
    again = leitmotiv("add-directory", photos, "--library", tmp_path / "roomy")
    assert again.returncode == 0, again.stderr
    assert json.loads(leitmotiv("status", "--library", tmp_path / "roomy", "--json").stdout)["images"] == 150


def test_folder_that_vanishes_during_the_scan_is_no_fault(tmp_path):
    photos = folder_of(tmp_path / "photos", 120)
    for number in range(30):
        folder_of(photos / f"deep{number:02}", 2, first=200 + 2 * number)
    command = [sys.executable, "-m", "leitmotiv", "add-directory", str(photos), "--library", str(tmp_path / "lib")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def vanish() -> None:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("Reading pictures"):
                break
        shutil.rmtree(photos)
        process.stderr.read()

    thread = threading.Thread(target=vanish)
    thread.start()
    code = process.wait(120)
    thread.join()
    assert process.stdout is not None
    said = process.stdout.read()
    process.stdout.close()
    process.stderr.close()  # type: ignore[union-attr]
    assert code in (0, 3), said


def test_loop_of_links_ends(tmp_path):
    photos = folder_of(tmp_path / "photos", 2)
    (photos / "again").symlink_to(photos)
    (photos / "self.jpg").symlink_to(photos / "self.jpg")
    done = leitmotiv("add-directory", photos, "--library", tmp_path / "lib")
    assert done.stdout.startswith("2 new")
    assert done.returncode == 3


def test_damaged_library_names_the_next_step(tmp_path):
    library = tmp_path / "lib"
    leitmotiv("add-directory", folder_of(tmp_path / "photos", 1), "--library", library)
    for extra in library.glob("leitmotiv.db-*"):
        extra.unlink()
    (library / "leitmotiv.db").write_bytes(b"this is no database" * 500)
    done = leitmotiv("status", "--library", library)
    assert done.returncode == 6
    assert "leitmotiv.db" in done.stderr
    assert "Traceback" not in done.stderr


def test_library_in_a_folder_of_other_things_is_refused(tmp_path):
    photos = folder_of(tmp_path / "photos", 1)
    done = leitmotiv("add-directory", photos, "--library", photos)
    assert done.returncode == 2
    assert not (photos / "leitmotiv.db").exists()


def test_server_ends_when_interrupted_while_reading(tmp_path):
    photos = folder_of(tmp_path / "photos", 200)
    library = tmp_path / "lib"
    command = [sys.executable, "-m", "leitmotiv", "explore", str(photos), "--library", str(library), "--port", "0"]
    process = subprocess.Popen([*command, "--no-open"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().startswith("http://")
    time.sleep(2)
    process.send_signal(2)
    assert process.wait(30) == 130
    process.stdout.close()
    process.stderr.close()  # type: ignore[union-attr]
    left = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(library) not in left
    assert leitmotiv("add-directory", photos, "--library", library).returncode == 0


def test_picture_in_the_way_of_a_folder_is_named(tmp_path):
    path = folder_of(tmp_path, 1) / "p000.jpg"
    done = leitmotiv("explore", path, "--no-open")
    assert done.returncode == 2
    assert "add-image" in done.stderr
    assert Path(path).exists()
