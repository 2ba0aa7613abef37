"""The tables of texts about pictures, as the migration that adds them makes them."""

SCHEMA = """
CREATE TABLE captions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    image_id TEXT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX captions_by_image ON captions (image_id);
CREATE INDEX captions_by_source ON captions (source);
CREATE TABLE captions_read (
    image_id TEXT NOT NULL PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
    stamp TEXT NOT NULL
);
CREATE TABLE choices (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
)
"""
