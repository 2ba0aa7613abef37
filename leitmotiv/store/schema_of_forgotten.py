"""The table of forgotten pictures as the migration makes it; like every released step, this text never changes."""

SCHEMA = """
CREATE TABLE forgotten (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    beginning TEXT NOT NULL
)
"""
