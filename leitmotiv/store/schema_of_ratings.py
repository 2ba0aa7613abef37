"""The tables of imported ratings as the migration makes them; like every released step, this text never changes."""

SCHEMA = """
CREATE TABLE rating_sets (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    format TEXT NOT NULL,
    source TEXT NOT NULL,
    scale INTEGER NOT NULL,
    made TEXT NOT NULL,
    report TEXT NOT NULL DEFAULT '{}'
);
CREATE TABLE rated_items (
    id INTEGER PRIMARY KEY,
    set_id INTEGER NOT NULL REFERENCES rating_sets (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    image_id TEXT NOT NULL DEFAULT '',
    counts TEXT,
    mean REAL,
    deviation REAL,
    facts TEXT NOT NULL DEFAULT '{}',
    UNIQUE (set_id, key)
);
CREATE INDEX rated_items_by_image ON rated_items (image_id);
CREATE TABLE rated_votes (
    id INTEGER PRIMARY KEY,
    item_id INTEGER NOT NULL REFERENCES rated_items (id) ON DELETE CASCADE,
    rater TEXT NOT NULL DEFAULT '',
    value REAL NOT NULL
);
CREATE INDEX rated_votes_by_item ON rated_votes (item_id);
CREATE TABLE rated_pictures (
    id TEXT NOT NULL PRIMARY KEY,
    version TEXT NOT NULL,
    pooled BLOB NOT NULL
)
"""
