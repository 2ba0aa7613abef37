"""The table of activations as the migration makes it; like every released step, this text never changes."""

SCHEMA = """
CREATE TABLE activations (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    image_id TEXT NOT NULL UNIQUE REFERENCES images (id) ON DELETE CASCADE,
    version TEXT NOT NULL,
    pooled BLOB NOT NULL
);
CREATE INDEX activations_by_version ON activations (version, image_id, serial)
"""
