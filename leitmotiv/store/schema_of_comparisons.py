"""The table of comparisons as the migration makes it; like every released step, this text never changes."""

SCHEMA = """
CREATE TABLE comparisons (
    one_id TEXT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    other_id TEXT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    preferred INTEGER NOT NULL,
    at TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (one_id, other_id)
)
"""
