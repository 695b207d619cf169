"""The tables of a PostgreSQL ledger, format 1; see docs/reference/ledger-format.md.

All are in the schema ``wct``, and every statement names it: so a search path, or a
pooler between us and the server, cannot lead one astray. Foreign keys are left out on
purpose: rows of ``streams`` and ``events`` never go, and a key would lock and rewrite
the stream's row with each append.
"""

from typing import Final

FORMAT: Final = 1
"""Row ``format`` of ``log_meta``: raised when an older wct would write it wrongly."""

OLDEST_SERVER: Final = 130_000  # xid8 and pg_current_xact_id()

MAKING_LOCK: Final = int.from_bytes(b"wct:make")
SEALING_LOCK: Final = int.from_bytes(b"wct:seal")
"""Keys of advisory locks; those belong to the database that one is connected to."""

RUN_LEVEL: Final = ("run", "erasure", "data", "evidence")
"""Subjects of events on a run as a whole, of which there are few. They have an index,
so that runs are listed without a look at their steps."""

TABLES: Final = """
CREATE TABLE wct.log_meta (
    key text COLLATE "C" PRIMARY KEY,
    value text NOT NULL
);

CREATE TABLE wct.streams (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE
);

CREATE TABLE wct.events (
    global_position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    stream bigint NOT NULL,
    position bigint NOT NULL,
    event_id bytea NOT NULL CONSTRAINT events_have_ids UNIQUE,
    type text COLLATE "C" NOT NULL,
    recorded_at bigint NOT NULL,
    correlation text COLLATE "C",
    causation bytea,
    salt bytea,
    payload bytea,
    payload_digest bytea,
    hash bytea NOT NULL,
    CONSTRAINT events_have_positions UNIQUE (stream, position),
    CHECK (payload_digest IS NOT NULL OR salt IS NOT NULL AND payload IS NOT NULL)
);

CREATE INDEX events_in_order ON wct.events (xid, global_position);

CREATE INDEX run_level_events ON wct.events (xid, global_position)
WHERE split_part(type, '.', 1) IN ('run', 'erasure', 'data', 'evidence');

CREATE TABLE wct.seals (
    seal bigint PRIMARY KEY,
    global_position bigint NOT NULL UNIQUE
);

CREATE TABLE wct.blobs (
    digest bytea PRIMARY KEY,
    stored bytea NOT NULL
);

-- Compressed or sealed already: to try again costs time for nothing.
ALTER TABLE wct.blobs ALTER COLUMN stored SET STORAGE EXTERNAL;

CREATE TABLE wct.checkpoints (
    size bigint PRIMARY KEY,
    root bytea NOT NULL,
    note text NOT NULL,
    frontier bytea NOT NULL,
    at bigint NOT NULL
);

CREATE VIEW wct.readable_events AS
SELECT
    e.global_position, n.seal, s.name AS stream, e.position, e.type,
    to_timestamp(e.recorded_at / 1000000.0) AS recorded_at,
    convert_from(e.payload, 'UTF8') AS payload
FROM wct.events e JOIN wct.streams s ON s.id = e.stream
LEFT JOIN wct.seals n ON n.global_position = e.global_position;

CREATE FUNCTION wct.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of a ledger are facts: they stay as they are', TG_TABLE_NAME;
END $$;

CREATE FUNCTION wct.payloads_may_only_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.salt IS NOT NULL OR NEW.payload IS NOT NULL OR NEW.payload_digest IS NULL
        OR OLD.payload IS NULL
        OR (NEW.global_position, NEW.xid, NEW.stream, NEW.position, NEW.event_id,
            NEW.type, NEW.recorded_at, NEW.correlation, NEW.causation, NEW.hash)
        IS DISTINCT FROM
            (OLD.global_position, OLD.xid, OLD.stream, OLD.position, OLD.event_id,
            OLD.type, OLD.recorded_at, OLD.correlation, OLD.causation, OLD.hash)
    THEN
        RAISE EXCEPTION 'events are facts: a payload may only be pruned';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER payloads_may_only_go BEFORE UPDATE ON wct.events
FOR EACH ROW EXECUTE FUNCTION wct.payloads_may_only_go();

CREATE TRIGGER facts_stay BEFORE DELETE OR TRUNCATE ON wct.events
FOR EACH STATEMENT EXECUTE FUNCTION wct.refuse();

CREATE TRIGGER facts_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON wct.streams
FOR EACH STATEMENT EXECUTE FUNCTION wct.refuse();

CREATE TRIGGER facts_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON wct.seals
FOR EACH STATEMENT EXECUTE FUNCTION wct.refuse();

CREATE TRIGGER facts_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON wct.checkpoints
FOR EACH STATEMENT EXECUTE FUNCTION wct.refuse();

CREATE TRIGGER facts_stay BEFORE UPDATE OR TRUNCATE ON wct.blobs
FOR EACH STATEMENT EXECUTE FUNCTION wct.refuse();
"""

SUBSCRIBER_TABLES: Final = """
CREATE TABLE wct.subscribers (
    shelf bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE,
    revision bigint NOT NULL,
    xid bigint,
    place bigint,
    handed_xid bigint,
    handed bigint,
    attempted text,
    attempt bigint,
    again_at bigint,
    reason text
);

CREATE TABLE wct.parked (
    shelf bigint NOT NULL,
    stream text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    event text NOT NULL,
    last bigint NOT NULL,
    waiting bigint NOT NULL,
    attempts bigint NOT NULL,
    reason text NOT NULL,
    since bigint NOT NULL,
    PRIMARY KEY (shelf, stream)
);

CREATE TABLE wct.kept_rows (
    shelf bigint NOT NULL,
    key text COLLATE "C" NOT NULL,
    stream text COLLATE "C" NOT NULL,
    value text NOT NULL,
    PRIMARY KEY (shelf, key)
);

CREATE INDEX kept_rows_of_streams ON wct.kept_rows (stream);
"""
"""Beside the log: a ledger of an older wct is given them when it is opened to write."""
