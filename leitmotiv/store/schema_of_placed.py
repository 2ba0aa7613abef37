"""What came after the index, as the migration makes its table; like every released step, this text never changes."""

SCHEMA = """
CREATE TABLE placed (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    image_id TEXT NOT NULL UNIQUE REFERENCES images (id) ON DELETE CASCADE,
    label INTEGER NOT NULL,
    distance REAL NOT NULL,
    remoteness REAL,
    vector BLOB
)
"""
