"""The tables of evolutions as the migration makes them; like every released step, this text never changes."""

SCHEMA = """
CREATE TABLE evolution_runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    made TEXT NOT NULL,
    design TEXT NOT NULL,
    critic TEXT NOT NULL,
    seed INTEGER NOT NULL,
    rounds INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    greedy INTEGER NOT NULL DEFAULT 0,
    pictures TEXT NOT NULL DEFAULT '[]',
    first TEXT,
    facts TEXT NOT NULL DEFAULT '{}'
);
CREATE TABLE evolution_rounds (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES evolution_runs (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    genomes BLOB NOT NULL,
    traits BLOB NOT NULL,
    judged TEXT NOT NULL,
    winner INTEGER NOT NULL,
    picks TEXT NOT NULL DEFAULT '[]',
    note TEXT NOT NULL DEFAULT '',
    fresh INTEGER NOT NULL DEFAULT 0,
    UNIQUE (run, number)
);
CREATE TABLE evolution_votes (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES evolution_runs (id) ON DELETE CASCADE,
    round INTEGER NOT NULL,
    preferred INTEGER NOT NULL,
    over INTEGER NOT NULL,
    made TEXT NOT NULL
);
CREATE INDEX evolution_votes_by_run ON evolution_votes (run, round)
"""
