"""Rating files in the forms that their makers gave them, written with made-up votes; none is theirs."""

import json
import sqlite3
from pathlib import Path

import numpy as np
from scipy.io import savemat

COUNTS = (0, 1, 5, 17, 38, 36, 15, 6, 5, 1)


def ava(folder: Path, rows: list[str] | None = None) -> Path:
    """AVA's folder: rows, tags, challenges and one list of each kind."""
    (folder / "aesthetics_image_lists").mkdir(parents=True)
    (folder / "style_image_lists").mkdir()
    given = [f"1 953619 {' '.join(map(str, COUNTS))} 1 22 1396", "2 953958 10 7 15 26 26 21 10 8 1 2 0 0 1396"]
    (folder / "AVA.txt").write_text("\n".join(given + (rows or [])) + "\n")
    (folder / "tags.txt").write_text("1 Abstract\n22 Black and White\n")
    (folder / "challenges.txt").write_text("1396 Free_Study_LXXI\n")
    (folder / "aesthetics_image_lists" / "animal_train.jpgl").write_text("953958\n")
    styles = folder / "style_image_lists"
    (styles / "styles.txt").write_text("1 Complementary_Colors\n2 Duotones\n14 Vanishing_Point\n")
    (styles / "train.jpgl").write_text("953619\n")
    (styles / "train.lab").write_text("2\n")
    (styles / "test.jpgl").write_text("953958\n")
    (styles / "test.multilab").write_text("1 0 0 0 0 0 0 0 0 0 0 0 0 1\n")
    return folder / "AVA.txt"


def simulacra(path: Path, rater: str = "sid") -> Path:
    """The SQLite file: three pictures with votes, of which one vote is NULL, and one picture without a path."""
    with sqlite3.connect(path) as opened:
        opened.executescript(
            f"""
            CREATE TABLE generations (id INTEGER PRIMARY KEY, sid INTEGER, method TEXT, prompt TEXT, verified INTEGER);
            CREATE TABLE images (id INTEGER PRIMARY KEY, gid INTEGER, idx INTEGER);
            CREATE TABLE upscales (iid INTEGER, method TEXT);
            CREATE TABLE ratings ({rater} INTEGER, iid INTEGER, rating INTEGER, verified INTEGER);
            CREATE TABLE paths (iid INTEGER, path TEXT);
            INSERT INTO generations VALUES (7, 3, 'glid', 'a lighthouse at dusk', 1);
            INSERT INTO images VALUES (1, 7, 0), (2, 7, 1), (3, 9, 0);
            INSERT INTO paths VALUES (1, '20220110/one.png'), (2, '20220110/two.png'), (3, 'three.png');
            INSERT INTO ratings VALUES (11, 1, 8, 1), (12, 1, 4, 1), (11, 2, 10, 1), (12, 2, NULL, 1),
                (12, 3, NULL, 1), (13, 4, 5, 1);
            """
        )
    opened.close()
    return path


def themes(folder: Path, themes: int = 4, raters: int = 3, seed: int = 0) -> Path:
    """Both MATLAB files; every rater gives every theme stars that rise with its number, the last vote is off scale."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    rgb = rng.random((themes, 15))
    points = {"rgb": rgb, "ids": np.arange(429863, 429863 + themes)[:, None]}
    savemat(folder / "themeData.mat", {"datapoints": points}, do_compression=True)
    votes = [[1000 + rater, theme, 1 + theme % 5] for theme in range(1, themes + 1) for rater in range(raters)]
    savemat(folder / "allMTurkRatings.mat", {"testRatings": np.array([*votes, [1000, 1, 9]], np.float64)})
    return folder


def idealo(path: Path, entries: list[object] | None = None) -> Path:
    """Labels of ten counts and of ten shares."""
    given = [
        {"image_id": "231893", "label": [2, 8, 19, 36, 76, 52, 16, 9, 3, 2]},
        {"image_id": "42039", "label": (np.array(COUNTS) / sum(COUNTS)).tolist()},
    ]
    path.write_text(json.dumps(given + (entries or [])))
    return path
