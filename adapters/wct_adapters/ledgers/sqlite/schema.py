"""The tables of a SQLite ledger, format 1; see docs/reference/ledger-format.md.

What can be derived is not stored: a stream's version and head are its last event's,
an event's payload digest follows from salt and payload. So nothing can disagree, each
commit writes three pages. Names of streams and types are stored once.
"""

from typing import Final

APPLICATION_ID: Final = int.from_bytes(b"wctL")
"""``PRAGMA application_id``: tells a ledger from any other SQLite database."""

FORMAT: Final = 1
"""``PRAGMA user_version``: raised when an older wct would write it wrongly."""

FIRST_OF_STEPS: Final = 64
"""Types with a smaller number are of events that tell of a whole run.

They have an index, so that runs are listed without a look at their steps; the index
below repeats the number.
"""

TABLES: Final = """
CREATE TABLE log_meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE streams (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE types (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE events (
    global_position INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL REFERENCES streams,
    position INTEGER NOT NULL,
    event_id BLOB NOT NULL UNIQUE,
    type INTEGER NOT NULL REFERENCES types,
    recorded_at INTEGER NOT NULL,
    correlation TEXT,
    causation BLOB,
    salt BLOB,
    payload BLOB,
    payload_digest BLOB,
    hash BLOB NOT NULL,
    UNIQUE (stream, position),
    CHECK (payload_digest IS NOT NULL OR salt IS NOT NULL AND payload IS NOT NULL)
) STRICT;

CREATE INDEX run_level_events ON events (global_position, type)
WHERE type < 64;

CREATE TABLE blobs (
    digest BLOB PRIMARY KEY,
    stored BLOB NOT NULL
) STRICT;

CREATE TABLE checkpoints (
    size INTEGER PRIMARY KEY,
    root BLOB NOT NULL,
    note TEXT NOT NULL,
    frontier BLOB NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE VIEW readable_events AS
SELECT
    e.global_position, s.name AS stream, e.position, t.name AS type,
    strftime('%FT%T', e.recorded_at / 1000000, 'unixepoch')
    || printf('.%06dZ', e.recorded_at % 1000000) AS recorded_at,
    CAST(e.payload AS TEXT) AS payload
FROM events e JOIN streams s ON s.id = e.stream JOIN types t ON t.id = e.type;

CREATE TRIGGER events_stay BEFORE DELETE ON events
BEGIN SELECT raise(ABORT, 'events are facts: they are not deleted'); END;

CREATE TRIGGER events_stay_as_they_are BEFORE UPDATE OF
global_position, stream, position, event_id, type, recorded_at, correlation, causation,
hash ON events
BEGIN SELECT raise(ABORT, 'events are facts: they do not change'); END;

CREATE TRIGGER payloads_may_only_go BEFORE UPDATE OF
salt, payload, payload_digest ON events
WHEN NEW.salt IS NOT NULL OR NEW.payload IS NOT NULL OR NEW.payload_digest IS NULL
OR OLD.payload IS NULL
BEGIN SELECT raise(ABORT, 'events are facts: a payload may only be pruned'); END;

CREATE TRIGGER checkpoints_stay BEFORE DELETE ON checkpoints
BEGIN SELECT raise(ABORT, 'checkpoints are facts: they are not deleted'); END;

CREATE TRIGGER checkpoints_stay_as_they_are BEFORE UPDATE ON checkpoints
BEGIN SELECT raise(ABORT, 'checkpoints are facts: they do not change'); END;

CREATE TRIGGER types_stay BEFORE DELETE ON types
BEGIN SELECT raise(ABORT, 'types name facts: they are not deleted'); END;

CREATE TRIGGER types_stay_as_they_are BEFORE UPDATE ON types
BEGIN SELECT raise(ABORT, 'types name facts: they are not renamed'); END;

CREATE TRIGGER streams_stay BEFORE DELETE ON streams
BEGIN SELECT raise(ABORT, 'streams hold facts: they are not deleted'); END;

CREATE TRIGGER streams_stay_as_they_are BEFORE UPDATE ON streams
BEGIN SELECT raise(ABORT, 'streams hold facts: they are not renamed'); END;
"""

SUBSCRIBER_TABLES: Final = """
CREATE TABLE subscribers (
    shelf INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    revision INTEGER NOT NULL,
    place INTEGER,
    handed INTEGER,
    attempted TEXT,
    attempt INTEGER,
    again_at INTEGER,
    reason TEXT
) STRICT;

CREATE TABLE parked (
    shelf INTEGER NOT NULL,
    stream TEXT NOT NULL,
    position INTEGER NOT NULL,
    event TEXT NOT NULL,
    last INTEGER NOT NULL,
    waiting INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    reason TEXT NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (shelf, stream)
) STRICT, WITHOUT ROWID;

CREATE TABLE kept_rows (
    shelf INTEGER NOT NULL,
    key TEXT NOT NULL,
    stream TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (shelf, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX kept_rows_of_streams ON kept_rows (stream);
"""
"""Beside the log: a ledger of an older wct is given them when it is opened to write."""
