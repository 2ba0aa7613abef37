"""A library as the first schema had it, with rows: written by plain SQL, which nobody ever changes."""

import sqlite3
import struct
from pathlib import Path

ID = "ab" * 32
SCHEMA = """
CREATE TABLE migrations (name TEXT NOT NULL PRIMARY KEY, at TEXT NOT NULL);
CREATE TABLE images (serial INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, width INTEGER NOT NULL,
    height INTEGER NOT NULL, taken TEXT NOT NULL, taken_key INTEGER NOT NULL, taken_source TEXT NOT NULL,
    format TEXT NOT NULL, size INTEGER NOT NULL, pixel_hash TEXT NOT NULL, colour TEXT NOT NULL, added TEXT NOT NULL,
    facts TEXT NOT NULL, state TEXT NOT NULL);
CREATE INDEX images_by_taken ON images (taken_key, id);
CREATE INDEX images_by_pixels ON images (pixel_hash);
CREATE INDEX images_by_state ON images (state, serial, id);
CREATE TABLE files (serial INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE,
    image_id TEXT REFERENCES images (id) ON DELETE CASCADE, sha256 TEXT NOT NULL, size INTEGER NOT NULL,
    mtime_ns TEXT NOT NULL, state TEXT NOT NULL);
CREATE INDEX files_by_image ON files (image_id, state);
CREATE INDEX files_by_sha256 ON files (sha256);
CREATE TABLE thumbnails (image_id TEXT NOT NULL REFERENCES images (id) ON DELETE CASCADE, size INTEGER NOT NULL,
    data BLOB NOT NULL, PRIMARY KEY (image_id, size));
CREATE TABLE mixtures (image_id TEXT NOT NULL PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
    components INTEGER NOT NULL, dimensions INTEGER NOT NULL, colour_space TEXT NOT NULL, parameters BLOB NOT NULL);
CREATE TABLE folders (path BLOB NOT NULL PRIMARY KEY, include TEXT NOT NULL, exclude TEXT NOT NULL,
    added TEXT NOT NULL);
CREATE TABLE failures (path BLOB NOT NULL PRIMARY KEY, reason TEXT NOT NULL, size INTEGER NOT NULL,
    mtime_ns TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE clusters (revision INTEGER PRIMARY KEY AUTOINCREMENT, digest TEXT NOT NULL, ids TEXT NOT NULL,
    labels BLOB NOT NULL, exemplars BLOB NOT NULL, distances BLOB NOT NULL, merges BLOB NOT NULL,
    heights BLOB NOT NULL, default_count INTEGER NOT NULL, preference REAL, cost REAL, at TEXT NOT NULL);
CREATE TABLE cluster_names (node INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE jobs (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, title TEXT NOT NULL, state TEXT NOT NULL,
    phase TEXT NOT NULL, done INTEGER NOT NULL, total INTEGER NOT NULL, rate REAL NOT NULL, remaining REAL,
    failures INTEGER NOT NULL, message TEXT NOT NULL, started TEXT NOT NULL, finished TEXT, pid INTEGER NOT NULL,
    process TEXT NOT NULL);
CREATE INDEX jobs_by_state ON jobs (state);
PRAGMA application_id = 1818585460;
PRAGMA user_version = 1;
"""


def write_oldest(folder: Path) -> Path:
    """Make the library and return its database."""
    folder.mkdir(parents=True)
    database = sqlite3.connect(folder / "leitmotiv.db")
    database.execute("PRAGMA journal_mode = wal")
    database.executescript(SCHEMA)
    rows: dict[str, tuple[object, ...]] = {
        "migrations": ("m001_images_files_clusters_jobs", "2025-01-01T00:00:00+00:00"),
        "images": (
            *(1, ID, 640, 480, "2024-05-17T12:00:00+02:00", 63851544000000000, "exif", "JPEG", 1234, "cd" * 32),
            *("#102030", "2025-01-01T00:00:00+00:00", '{"Camera": "GR"}', "present"),
        ),
        "files": (1, b"/photos/\xff.jpg", ID, ID, 1234, "1700000000123456789", "present"),
        "thumbnails": (ID, 256, b"WebP"),
        "mixtures": (ID, 1, 2, "lab", struct.pack("<10d", 1, 0, 0, 0.5, 0.25, 2, 3, 4, 5, 6)),
        "folders": (b"/photos", '["*.jpg"]', "[]", "2025-01-01T00:00:00+00:00"),
        "failures": (b"/photos/bad", "it is empty", 0, "1700000000000000000", "2025-01-01T00:00:00+00:00"),
        "clusters": (
            *(1, "made from", f'["{ID}"]', struct.pack("<q", 0), struct.pack("<q", 0), struct.pack("<d", 0)),
            *(b"", b"", 1, 0.25, 0.25, "2025-01-01T00:00:00+00:00"),
        ),
        "cluster_names": (0, "dusk"),
        "jobs": (
            *(1, "add", "/photos", "done", "Reading", 1, 1, 2.0, None, 1, "", "2025-01-01T00:00:00+00:00"),
            *("2025-01-01T00:01:00+00:00", 4711, "00ff"),
        ),
    }
    for table, values in rows.items():
        database.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)
    database.commit()
    database.close()
    return folder / "leitmotiv.db"
