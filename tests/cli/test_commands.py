"""The commands as a person meets them: real processes, stdout for data, stderr for progress, exit codes."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest

from leitmotiv.settings import Settings
from leitmotiv.web.app import create_app
from leitmotiv.workflows.session import Session
from tests.workflows.pictures import folder_of


def leitmotiv(
    *args: object, env: dict[str, str] | None = None, timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "leitmotiv", *map(str, args)],
        capture_output=True,
        text=True,
        timeout=timeout,
        env={**os.environ, **(env or {})},
        check=False,
    )


@pytest.fixture(scope="module")
def photos(tmp_path_factory) -> Path:
    return folder_of(tmp_path_factory.mktemp("photos"), 14)


@pytest.fixture(scope="module")
def library(tmp_path_factory, photos) -> Path:
    folder = tmp_path_factory.mktemp("library") / "lib"
    assert leitmotiv("add-directory", photos, "--library", folder).returncode == 0
    assert leitmotiv("build-index", "--library", folder).returncode == 0
    return folder


def test_second_add_says_all_same(library, photos):
    done = leitmotiv("--library", library, "add-directory", photos)
    assert done.stdout == "0 new, 0 changed, 0 gone, 14 same\n"
    assert done.returncode == 0


def test_fewer_trends_are_found_and_the_usual_ones_come_back(library):
    clusters = json.loads(leitmotiv("--library", library, "clusters", "--json").stdout)
    fewer = leitmotiv("--library", library, "build-index", "--groups", "fewer")
    assert f"trends (before: {clusters['count']}), at most" in fewer.stdout
    assert json.loads(leitmotiv("--library", library, "clusters", "--json").stdout)["count"] < clusters["count"]
    assert leitmotiv("--library", library, "build-index", "--groups", "default").returncode == 0
    back = json.loads(leitmotiv("--library", library, "clusters", "--json").stdout)
    assert [group["members"] for group in back["clusters"]] == [group["members"] for group in clusters["clusters"]]


def test_common_options_work_before_and_after_the_verb(library):
    before = leitmotiv("--library", library, "--json", "status")
    after = leitmotiv("status", "--library", library, "--json")
    assert json.loads(before.stdout) == json.loads(after.stdout)
    assert json.loads(after.stdout)["images"] == 14


def test_similar_takes_files_and_ids(library, photos):
    inside = json.loads(leitmotiv("similar", photos / "p001.jpg", "-n", 3, "--library", library, "--json").stdout)
    assert inside["schema"] == "leitmotiv.ranking/1"
    assert (inside["measure"], inside["unit"], inside["order"]) == ("look", "relative", "ascending")
    assert Path(inside["results"][0]["path"]).name in {"p007.jpg", "p013.jpg"}
    by_id = json.loads(
        leitmotiv("similar", inside["query"]["image"][:12], "-n", 3, "--library", library, "--json").stdout
    )
    assert by_id["results"] == inside["results"]
    done = leitmotiv("similar", photos / "p001.jpg", "-n", 3, "--library", library)
    lines = done.stdout.splitlines()
    assert "order   nats    path" in done.stderr.splitlines()
    first = inside["results"][0]
    assert lines[0] == f"{first['score']:.4f}  {first['divergence']:.4f}  {first['path']}"


@pytest.mark.skipif(sys.platform != "linux", reason="Elsewhere file names are text.")
def test_json_is_that_of_the_pages(tmp_path):
    photos, folder = folder_of(tmp_path / "photos", 4), tmp_path / "lib"
    (photos / "p003.jpg").rename(photos / os.fsdecode(b"caf\xe9.jpg"))
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no more")
    assert leitmotiv("add-directory", photos, "--library", folder).returncode == 3
    assert leitmotiv("build-index", "--library", folder).returncode == 0
    ranking = json.loads(leitmotiv("similar", photos / "p000.jpg", "--library", folder, "--json").stdout)
    status = json.loads(leitmotiv("status", "--library", folder, "--json").stdout)
    with Session(replace(Settings(), library=folder, workers=1)) as session:
        client = create_app(session).test_client()
        assert client.get(f"/api/v1/images/{ranking['query']['image']}/similar").json == ranking
        assert client.get("/api/v1/status").json == status
    assert [one for one in ranking["results"] if "path_base64" in one]
    assert status["folders"] == [{"path": str(photos)}]


def test_similar_takes_a_file_outside_the_library(library, tmp_path):
    other = folder_of(tmp_path, 1, first=19) / "p019.jpg"
    done = leitmotiv("similar", other, "-n", 2, "--library", library)
    assert done.returncode == 0
    alike = {"p001.jpg", "p007.jpg", "p013.jpg"}
    assert {line.split("/")[-1] for line in done.stdout.splitlines()} <= alike
    told = next(line for line in done.stderr.splitlines() if line.startswith("It would join the trend of "))
    assert told.split("/")[-1].split(",")[0] in alike


def test_clusters_prints_groups(library):
    body = json.loads(leitmotiv("clusters", "--count", 6, "--library", library, "--json").stdout)
    assert body["count"] == 6
    assert sum(group["size"] for group in body["clusters"]) == 14
    lines = leitmotiv("clusters", "--count", 6, "--library", library).stdout.splitlines()
    assert len(lines) == 6


def test_map_prints_a_place_for_every_picture(library, tmp_path):
    table = leitmotiv("map", "--csv", "--library", library)
    lines = table.stdout.splitlines()
    assert lines[0] == "id,x,y,column,row,path"
    assert len(lines) == 15
    form = json.loads(leitmotiv("map", "--json", "--library", library).stdout)
    assert [one["id"] for one in form["pictures"]] == [line.split(",")[0] for line in lines[1:]]
    assert all({"x", "y", "column", "row", "path"} <= set(one) for one in form["pictures"])
    assert leitmotiv("add-directory", folder_of(tmp_path / "p", 3), "--library", tmp_path / "new").returncode == 0
    lacking = leitmotiv("map", "--library", tmp_path / "new")
    assert lacking.returncode == 1
    assert "build-index" in lacking.stderr


def test_unknown_count_is_an_error_of_usage(library):
    done = leitmotiv("clusters", "--count", 99, "--library", library)
    assert done.returncode == 2
    assert "between 1 and" in done.stderr


def test_nothing_matched_ends_with_1(library):
    assert leitmotiv("similar", "ffffffffffff", "--library", library).returncode == 1
    assert leitmotiv("forget", "--missing", "--library", library).returncode == 1
    assert leitmotiv("relocate", "/nowhere", "/elsewhere", "--library", library).returncode == 1


def test_library_that_is_not_there_names_the_next_step(tmp_path):
    done = leitmotiv("status", "--library", tmp_path / "none")
    assert done.returncode == 2
    assert "add-directory" in done.stderr
    assert not (tmp_path / "none").exists()


def test_failed_images_end_with_3_and_are_listed(tmp_path):
    photos = folder_of(tmp_path / "photos", 3)
    (photos / "bad\nname.jpg").write_text("text")
    done = leitmotiv("add-directory", photos, "--library", tmp_path / "lib")
    assert done.returncode == 3
    assert done.stdout == "3 new, 0 changed, 0 gone, 0 same, 1 failed\n"
    assert "bad\\nname.jpg" in done.stderr
    listed = leitmotiv("status", "--library", tmp_path / "lib").stdout
    assert "bad\\nname.jpg" in listed


def test_a_picture_that_is_back_joins_a_trend(tmp_path):
    photos, library = folder_of(tmp_path / "photos", 5), tmp_path / "library"
    one = sorted(photos.iterdir())[0]
    leitmotiv("add-directory", photos, "--library", library)
    one.rename(tmp_path / one.name)
    leitmotiv("add-directory", photos, "--library", library)
    leitmotiv("build-index", "--library", library)
    (tmp_path / one.name).rename(one)
    leitmotiv("add-directory", photos, "--library", library)
    told = json.loads(leitmotiv("status", "--json", "--library", library).stdout)
    assert (told["images"], told["missing"], told["indexed"]) == (5, 0, 5)


def test_forget_and_relocate(tmp_path):
    photos = folder_of(tmp_path / "photos", 3)
    library = tmp_path / "lib"
    leitmotiv("add-directory", photos, "--library", library)
    (photos / "p001.jpg").unlink()
    assert "1 gone" in leitmotiv("add-directory", photos, "--library", library).stdout
    assert "1 would be forgotten" in leitmotiv("forget", "--missing", "--dry-run", "--library", library).stdout
    assert leitmotiv("forget", "--missing", "--library", library).returncode == 0
    photos.rename(tmp_path / "moved")
    assert "2 files relocated" in leitmotiv("relocate", photos, tmp_path / "moved", "--library", library).stdout
    done = leitmotiv("add-directory", tmp_path / "moved", "--library", library)
    assert done.stdout == "0 new, 0 changed, 0 gone, 2 same\n"


def test_library_of_a_newer_version_ends_with_5(tmp_path):
    photos = folder_of(tmp_path / "photos", 1)
    library = tmp_path / "lib"
    leitmotiv("add-directory", photos, "--library", library)
    database = sqlite3.connect(library / "leitmotiv.db")
    (table,) = database.execute("SELECT name FROM sqlite_master WHERE name LIKE '%migration%'").fetchone()
    columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    row = dict(zip(columns, database.execute(f"SELECT * FROM {table}").fetchone(), strict=True))
    row["name"] = "m999_from_the_future"
    row = {key: value for key, value in row.items() if key != "id"}
    marks = ", ".join("?" * len(row))
    database.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))
    database.commit()
    database.close()
    done = leitmotiv("status", "--library", library)
    assert done.returncode == 5
    assert "newer" in done.stderr


def test_second_writer_is_told_who_holds_the_library(tmp_path):
    photos = folder_of(tmp_path / "photos", 1)
    library = tmp_path / "lib"
    leitmotiv("add-directory", photos, "--library", library)
    holder = (
        "import sys, time, pathlib; from leitmotiv.store.library import Library\n"
        "with Library.open(pathlib.Path(sys.argv[1])) as l, l.writer('holding on'):\n"
        "    print('held', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", holder, str(library)], stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        done = leitmotiv("add-directory", photos, "--library", library)
        assert done.returncode == 5
        assert str(process.pid) in done.stderr
        assert leitmotiv("status", "--library", library).returncode == 0
        process.kill()
    assert leitmotiv("add-directory", photos, "--library", library).returncode == 0


def test_interrupted_add_ends_with_130_and_resumes(tmp_path):
    photos = folder_of(tmp_path / "photos", 150)
    library = tmp_path / "lib"
    command = [sys.executable, "-m", "leitmotiv", "add-directory", str(photos), "--library", str(library)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("Reading pictures"):
            break
    os.killpg(process.pid, signal.SIGINT)
    rest = process.stderr.read()
    assert process.wait(30) == 130
    process.stderr.close()
    assert "kept" in rest
    done = leitmotiv("add-directory", photos, "--library", library)
    assert done.returncode == 0
    assert json.loads(leitmotiv("status", "--library", library, "--json").stdout)["images"] == 150


def test_explore_serves_at_once_and_ends_when_ready(tmp_path):
    photos = folder_of(tmp_path / "photos", 12)
    command = [sys.executable, "-m", "leitmotiv", str(photos), "--no-open", "--port", "0"]
    env = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "data")}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", url)
    assert process.stderr is not None
    assert any(line.startswith("Ready.") for line in process.stderr)
    with urllib.request.urlopen(url + "api/v1/status") as answer:
        state = json.load(answer)
    assert {"index", "measures", "activations"} <= {job["kind"] for job in state["jobs"] if job["state"] == "done"}
    assert state["images"] == 12
    with urllib.request.urlopen(url + "clusters") as answer:
        assert answer.status == 200
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    process.stdout.close()
    process.stderr.close()
    (library,) = (tmp_path / "data" / "leitmotiv" / "libraries").iterdir()
    assert library.name.startswith("photos-")


def test_config_show_names_origins(tmp_path):
    file = tmp_path / "c.toml"
    file.write_text("points = 480\n")
    body = json.loads(leitmotiv("config", "show", "-c", file, "--json", env={"LEITMOTIV_SEED": "3"}).stdout)
    assert body["settings"]["points"] == 480
    assert body["origins"]["points"] == str(file)
    assert body["origins"]["seed"] == "LEITMOTIV_SEED"
    assert body["origins"]["blur"] == "default"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("point = 3", "no setting"),
        ("points = 'many'", "whole number"),
        ("points = 1", "between"),
        ("= 3", "cannot be read"),
    ],
)
def test_bad_settings_are_named(tmp_path, text, says):
    file = tmp_path / "c.toml"
    file.write_text(text)
    done = leitmotiv("config", "show", "--config", file)
    assert done.returncode == 2
    assert says in done.stderr


def test_completion_prints_a_script():
    assert "_LEITMOTIV_COMPLETE" in leitmotiv("completion", "bash").stdout


def test_script_without_a_guard_adds_pictures(tmp_path):
    photos = folder_of(tmp_path / "photos", 4)
    script = tmp_path / "script.py"
    script.write_text(
        f"import leitmotiv\nwith leitmotiv.open_library({str(tmp_path / 'lib')!r}) as library:\n"
        f"    print(library.add({str(photos)!r}))\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout == "4 new, 0 changed, 0 gone, 0 same\n", done.stderr


def test_misspelt_folder_leaves_nothing_behind(tmp_path):
    done = leitmotiv(tmp_path / "none", "--no-open", env={"XDG_DATA_HOME": str(tmp_path / "data")})
    assert done.returncode == 2
    assert "There is no folder" in done.stderr
    assert not (tmp_path / "data").exists()


def test_misspelt_verb_is_an_error_of_usage():
    done = leitmotiv("exlpore")
    assert done.returncode == 2
    assert "Did you mean 'explore'" in done.stderr


def test_evaluate_boards_prints_a_table_or_json(tmp_path, photos):
    for group in range(2):
        (tmp_path / "truth" / str(group)).mkdir(parents=True)
        for path in sorted(photos.glob("*.jpg"))[group::2][:4]:
            shutil.copy(path, tmp_path / "truth" / str(group))
    asked = ("evaluate", "boards", tmp_path / "truth", "--positives", "2", "--seeds", "1", "--quiet")
    done = leitmotiv(*asked)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^ +2 +[01]\.\d{3} \[", done.stdout, re.MULTILINE), done.stdout
    (row,) = json.loads(leitmotiv(*asked, "--json").stdout)["results"]
    assert (row["positives"], row["kinds"]) == (2, 2)
    assert leitmotiv("evaluate", "boards", tmp_path / "nowhere").returncode == 2


def test_evaluate_look_prints_a_table_or_json_and_touches_no_library(tmp_path, photos):
    for number, photo in enumerate(sorted(photos.glob("*.jpg"))):
        folder = tmp_path / "truth" / f"look{number % 6}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / photo.name).write_bytes(photo.read_bytes())
    quick = {"LEITMOTIV_SAMPLES": "400", "LEITMOTIV_POINTS": "48", "LEITMOTIV_LIBRARY": str(tmp_path / "library")}
    done = leitmotiv("evaluate", "look", tmp_path / "truth", "--quiet", env=quick)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("14 pictures of 6 categories; chance ")
    assert "* both, h 0.3, relative" in done.stdout
    body = json.loads(leitmotiv("evaluate", "look", tmp_path / "truth", "--quiet", "--json", env=quick).stdout)
    assert body["measures"][0]["in_use"] is True
    assert set(body["measures"][0]["results"]) == {"recall@7", "P@10", "mAP"}
    assert not (tmp_path / "library").exists()
    assert leitmotiv("evaluate", "look", tmp_path / "nowhere", env=quick).returncode == 2


def test_search_prints_scores_and_the_terms_that_they_are_owed_to(library):
    done = leitmotiv("--library", library, "search", "colour:#c83c28@top - colour:#285ac8", "-n", "18")
    assert done.returncode == 0
    lines = [line.split("  ") for line in done.stdout.splitlines()]
    assert {Path(line[-1]).name for line in lines[:2]} <= {"p000.jpg", "p006.jpg", "p012.jpg"}
    seen = set()
    for line in lines:
        parts = dict(one.rsplit(" ", 1) for one in line[1].split(", ")) if len(line) == 3 else {}
        seen |= set(parts)
        assert all(float(part) for part in parts.values())
        assert float(line[0]) == pytest.approx(sum(map(float, parts.values())), abs=0.011)
    assert seen == {"#c83c28@top", "#285ac8"}
    alone = leitmotiv("--library", library, "search", "colour:#c83c28@top", "-n", "2").stdout
    assert [len(line.split("  ")) for line in alone.splitlines()] == [2, 2]


def test_search_prints_paths_for_scripts(library, photos):
    done = leitmotiv("--library", library, "search", photos / "p001.jpg", "name:p00*", "-n", "3", "--all", "-0")
    assert len(done.stdout.split("\0")) == 4
    assert str(photos / "p007.jpg") == done.stdout.split("\0")[0]
    spelt = f'file:"{photos / "p001.jpg"}" name:p00*'
    assert leitmotiv("--library", library, "search", spelt, "-n", "3", "--all", "-0").stdout == done.stdout
    lines = leitmotiv("--library", library, "search", "name:p00*", "--paths").stdout.splitlines()
    assert len(lines) == 10
    assert all(Path(line).exists() for line in lines)


def test_search_names_what_it_cannot_read_and_ends_with_1_where_nothing_is_left(library):
    done = leitmotiv("--library", library, "search", "colour:teal + [img:zz]")
    assert done.returncode == 2
    assert "At character 15" in done.stderr
    lost = leitmotiv("--library", library, "search", "nosuch.jpg")
    assert (lost.returncode, lost.stdout) == (2, "")
    assert "There is no file 'nosuch.jpg'" in lost.stderr
    assert leitmotiv("--library", library, "search", "colour:teal name:nosuch*").returncode == 1
    form = json.loads(leitmotiv("--library", library, "search", "colour:#c83c28", "--json").stdout)
    assert form["measure"] == "search"
    assert form["results"][0]["parts"] == [form["results"][0]["score"]]


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "photos.lan", "::"])
def test_a_token_cannot_be_declined_where_others_could_come(tmp_path, host):
    done = leitmotiv("--library", str(tmp_path / "library"), "serve", "--host", host, "--no-token")
    assert done.returncode == 2
    assert "others could reach your pictures" in done.stderr
