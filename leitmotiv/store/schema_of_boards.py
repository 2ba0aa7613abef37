"""The tables of mood boards as the migration makes them; like every released step, this text never changes."""

SCHEMA = """
CREATE TABLE boards (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    words TEXT NOT NULL DEFAULT '',
    seed INTEGER NOT NULL DEFAULT 0,
    made TEXT NOT NULL,
    changed TEXT NOT NULL,
    current INTEGER,
    trashed TEXT
);
CREATE TABLE board_examples (
    board INTEGER NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    image_id TEXT NOT NULL,
    side TEXT NOT NULL,
    weight REAL NOT NULL DEFAULT 1.0,
    drawn INTEGER NOT NULL DEFAULT 0,
    place INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (board, image_id)
);
CREATE INDEX board_examples_by_image ON board_examples (image_id);
CREATE TABLE board_snapshots (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    board INTEGER NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    name TEXT NOT NULL DEFAULT '',
    made TEXT NOT NULL,
    concept TEXT NOT NULL,
    layer TEXT NOT NULL,
    method TEXT NOT NULL,
    quality REAL,
    examples TEXT NOT NULL DEFAULT '[]',
    contradictions TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX board_snapshots_by_board ON board_snapshots (board);
CREATE TABLE board_concepts (
    id TEXT NOT NULL PRIMARY KEY,
    data BLOB NOT NULL
);
CREATE TABLE board_pictures (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL DEFAULT '',
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    data BLOB NOT NULL,
    activation BLOB,
    measured TEXT NOT NULL DEFAULT ''
)
"""
