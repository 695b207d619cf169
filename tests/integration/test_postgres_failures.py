"""What PostgreSQL's errors become: place, reason and way out, in one line."""

import psycopg
import pytest
from psycopg import errors

from wct_adapters.ledgers.postgres.failures import (
    Closed,
    connection_failure,
    read_failure,
    write_failure,
)

PLACE = "postgresql://u@h/db"


@pytest.mark.parametrize(
    ("error", "reason", "way_out"),
    [
        (Closed(), "it is closed", "open it again"),
        (errors.InsufficientPrivilege("no"), "may not do that", "grant it the rights"),
        (errors.UndefinedTable("no"), "a table is missing", "restore a backup"),
        (errors.DiskFull("no"), "the server's disk is full", "free some space"),
        (errors.ReadOnlySqlTransaction("no"), "read-only", "primary server"),
        (errors.LockNotAvailable("no"), "kept it locked", "end that session"),
        (errors.DataCorrupted("no"), "finds its files damaged", "restore a backup"),
        (psycopg.OperationalError("gone\nand more"), "lost (gone)", "run again"),
        (errors.ProgramLimitExceeded("too much\nDETAIL"), "says: too much;", "ask who"),
        (errors.InternalError_(), "says: InternalError_;", "ask who"),
    ],
)
def test_an_error_in_work_says_what_can_be_done(
    error: Exception, reason: str, way_out: str
) -> None:
    for said in (str(read_failure(PLACE, error)), str(write_failure(PLACE, error))):
        assert said.startswith(f"ledger '{PLACE}' could not be ")
        assert reason in said
        assert way_out in said
        assert "\n" not in said
    assert "nothing was recorded" in str(write_failure(PLACE, error))


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ('FATAL: role "x" does not exist', "no such user"),
        ('FATAL: database "x" does not exist', "no such database"),
        (
            'FATAL: no pg_hba.conf entry for host "h", user "x", database "x"',
            "lets nobody of that name in",
        ),
        ('FATAL: Ident authentication failed for user "x"', "not let this user in"),
        ('FATAL: permission denied for database "x"', "may not use the database"),
        ("server does not support SSL, but SSL was required", "no encrypted"),
        ("FATAL: sorry, too many clients already", "no connection left"),
        ("FATAL: the database system is starting up", "just starting"),
        ("FATAL: the database system is shutting down", "shutting down"),
        ("connection timeout expired", "does not answer"),
        ("Connection refused\n\tIs the server running?", "no server is listening"),
        ("something new\nDETAIL: more", "PostgreSQL says: something new;"),
    ],
)
def test_an_error_in_connecting_says_what_can_be_done(said: str, reason: str) -> None:
    text = str(connection_failure(PLACE, psycopg.OperationalError(said)))
    assert text.startswith(f"ledger '{PLACE}' cannot be reached: ")
    assert reason in text
    assert "\n" not in text
    assert "; " in text
