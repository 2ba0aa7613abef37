"""The table of technical measures as the migration makes it; like every released step, this text never changes."""

SCHEMA = """
CREATE TABLE measures (
    image_id TEXT NOT NULL PRIMARY KEY REFERENCES images (id) ON DELETE CASCADE,
    version TEXT NOT NULL,
    numbers BLOB NOT NULL
)
"""
