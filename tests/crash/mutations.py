"""Ways to change a ledger's file: each takes a connection to it, and changes it.

``MUTATIONS`` maps the kind of a mutation to what does it. Some thieves have the key
store as well, and sign what they made. One long module, because it is a catalogue.
"""

import hashlib
import random
from collections.abc import Callable
from typing import Any, Final, TypeAlias
from uuid import UUID

from tests.crash.forging import Checkpoints, chain_again, checkpoints_again
from tests.crash.victims import Victim

Mutation: TypeAlias = Callable[[Any, random.Random, Victim], None]

_COLUMNS: Final = {
    "events": (
        "global_position",
        "stream",
        "position",
        "event_id",
        "type",
        "recorded_at",
        "correlation",
        "causation",
        "salt",
        "payload",
        "payload_digest",
        "hash",
    ),
    "streams": ("id", "name"),
    "types": ("id", "name"),
    "blobs": ("digest", "stored"),
    "checkpoints": ("size", "root", "note", "frontier", "at"),
    "log_meta": ("key", "value"),
}


def _column(table: str, column: str) -> Mutation:
    """Change one value, somehow."""

    def mutate(connection: Any, chance: random.Random, victim: Victim) -> None:
        del victim
        key, value = _row(connection, chance, table, column)
        others = [row[1] for row in _rows(connection, table, column) if row[0] != key]
        changed = _changed(value, others, chance)
        key_column = "rowid" if table != "log_meta" else "key"
        connection.execute(
            f"UPDATE {table} SET {column} = ? WHERE {key_column} = ?", (changed, key)
        )

    return mutate


def _changed(value: Any, others: list[Any], chance: random.Random) -> Any:
    """Another value: near to this one, of another row, cut off, or none at all."""
    how = chance.randrange(6)
    if how == 0 and others:
        return chance.choice(others)
    if value is None or (how == 1 and not isinstance(value, int)):
        return chance.choice(others) if value is None and others else None
    if isinstance(value, int):
        return value + chance.choice((-1, 1, 2, -7, 1000, 1 << chance.randrange(50)))
    if isinstance(value, str):
        at = chance.randrange(len(value) or 1)
        other = chr((ord(value[at : at + 1] or "a") ^ 1 << chance.randrange(5)) or 32)
        forms = (value[:at], value + other, value[:at] + other + value[at + 1 :])
        return forms[how % 3]
    data = bytearray(value)
    if how == 2:
        return bytes(data[: chance.randrange(len(data) or 1)])
    if how == 3:
        return bytes(data) + chance.randbytes(1)
    for _ in range(chance.choice((1, 1, 1, 3))):
        if data:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def _swap(table: str, column: str) -> Mutation:
    """Let two rows have each other's value."""

    def mutate(connection: Any, chance: random.Random, victim: Victim) -> None:
        del victim
        rows = _rows(connection, table, column)
        (one, first), (other, second) = chance.sample(rows, 2)
        aside = (
            -1 if isinstance(first, int) else b"-" if isinstance(first, bytes) else "-"
        )
        sql = f"UPDATE {table} SET {column} = ? WHERE rowid = ?"
        connection.execute(sql, (aside, one))  # it may be unique
        connection.execute(sql, (first, other))
        key_itself = column in ("global_position", "id", "size")
        connection.execute(sql, (second, aside if key_itself else one))

    return mutate


def _delete(table: str) -> Mutation:
    def mutate(connection: Any, chance: random.Random, victim: Victim) -> None:
        del victim
        key, _ = _row(connection, chance, table, _COLUMNS[table][0])
        connection.execute(f"DELETE FROM {table} WHERE rowid = ?", (key,))

    return mutate


def _close_gap(connection: Any, chance: random.Random, victim: Victim) -> None:
    """Delete an event, and number the others as if it had never been."""
    del victim
    gone, stream = chance.choice(_rows(connection, "events", "stream"))
    connection.execute("DELETE FROM events WHERE global_position = ?", (gone,))
    _renumber(connection)
    connection.execute(
        "UPDATE events SET position = -position WHERE stream = ?", (stream,)
    )
    connection.execute(
        "UPDATE events SET position = n FROM (SELECT global_position AS g, "
        "row_number() OVER (ORDER BY -position) AS n FROM events WHERE stream = ?) "
        "WHERE global_position = g",
        (stream,),
    )


def _cut_off(connection: Any, chance: random.Random, victim: Victim) -> None:
    """Delete the last events, and every checkpoint over them."""
    keep = chance.randint(0, len(victim.dump["events"]) - 1)
    connection.execute("DELETE FROM events WHERE global_position > ?", (keep,))
    connection.execute("DELETE FROM checkpoints WHERE size > ?", (keep,))
    _forget_blobs(connection)


def _drop_a_stream(connection: Any, chance: random.Random, victim: Victim) -> None:
    """Delete all of a stream, and every checkpoint over it."""
    _, stream = chance.choice(_rows(connection, "events", "stream"))
    connection.execute("DELETE FROM events WHERE stream = ?", (stream,))
    _renumber(connection)
    _forget_blobs(connection)
    checkpoints_again(connection, victim, "dropped")


def _rewrite(checkpoints: Checkpoints) -> Mutation:
    """Change an event, and all hashes after it."""

    def mutate(connection: Any, chance: random.Random, victim: Victim) -> None:
        rows = _rows(connection, "events", "stream")
        number, stream = chance.choice(rows)
        how = chance.randrange(4)
        if how == 0:
            connection.execute(
                "DELETE FROM events WHERE global_position = ?", (number,)
            )
            _renumber(connection)
        elif how == 1:
            sql = "UPDATE events SET recorded_at = recorded_at + 1 "
            connection.execute(f"{sql} WHERE global_position = ?", (number,))
        elif how == 2:
            sql = "UPDATE events SET payload = replace(payload, '1', '2') "
            connection.execute(f"{sql} WHERE global_position = ?", (number,))
        else:  # to the end of another stream
            other = chance.choice([row[1] for row in rows if row[1] != stream])
            connection.execute(
                "UPDATE events SET stream = ?, position = 1000 "
                "WHERE global_position = ?",
                (other, number),
            )
            chain_again(connection, other)
        chain_again(connection, stream)
        checkpoints_again(connection, victim, checkpoints)

    return mutate


def _insert(checkpoints: Checkpoints) -> Mutation:
    """Put an event behind itself a second time, under a new id; chain it in.

    Not behind the last one: an append after the last checkpoint is everybody's right.
    """

    def mutate(connection: Any, chance: random.Random, victim: Victim) -> None:
        number, _ = chance.choice(_rows(connection, "events", "stream")[:-1])
        connection.execute(
            "UPDATE events SET global_position = -2 * global_position, "
            "position = -2 * position"
        )
        connection.execute(
            "INSERT INTO events SELECT global_position - 1, stream, position - 1, ?, "
            "type, recorded_at, correlation, causation, salt, payload, "
            "payload_digest, hash FROM events WHERE global_position = ?",
            (chance.randbytes(16), -2 * number),
        )
        connection.execute("UPDATE events SET position = -position")
        _renumber(connection)
        for _, other in set(_rows(connection, "events", "stream")):
            chain_again(connection, other)
        checkpoints_again(connection, victim, checkpoints)

    return mutate


def _insert_below(connection: Any, chance: random.Random, victim: Victim) -> None:
    """Chain an event in where no number of the ledger's goes, at zero or below.

    Who reads one stream sees it; who reads all from the first on does not.
    """
    del victim
    number, stream = chance.choice(_rows(connection, "events", "stream"))
    if chance.randrange(2):  # a run that never was
        name = str(UUID(bytes=chance.randbytes(16)))
        connection.execute("INSERT INTO streams (name) VALUES (?)", (name,))
        stream = connection.last_insert_rowid()
    connection.execute(
        "INSERT INTO events SELECT ?, ?, 1000, ?, type, recorded_at, correlation, "
        "causation, salt, payload, payload_digest, hash FROM events "
        "WHERE global_position = ?",
        (-chance.choice((0, 1, 7, 1 << 40)), stream, chance.randbytes(16), number),
    )
    chain_again(connection, stream)


def _put_back(connection: Any, chance: random.Random, victim: Victim) -> None:
    """Put a blob back that was erased or pruned, out of a backup."""
    digest, stored = chance.choice(list(victim.gone.items()))
    connection.execute(
        "INSERT INTO blobs VALUES (?, ?)", (bytes.fromhex(digest), stored)
    )


def _add_blob(connection: Any, chance: random.Random, victim: Victim) -> None:
    """Add a blob that is sound, and that no event refers to."""
    del victim
    stored = chance.randbytes(40)
    digest = hashlib.sha256(stored).digest()
    connection.execute("INSERT INTO blobs VALUES (?, ?)", (digest, stored))


def _renumber(connection: Any) -> None:
    """Number all events without a gap, in the order that they have."""
    connection.execute("UPDATE events SET global_position = -abs(global_position)")
    connection.execute(
        "UPDATE events SET global_position = n FROM (SELECT global_position AS g, "
        "row_number() OVER (ORDER BY -global_position) AS n FROM events) "
        "WHERE global_position = g"
    )


def _forget_blobs(connection: Any) -> None:
    """Delete the blobs that no event refers to any more."""
    connection.execute(
        "DELETE FROM blobs WHERE NOT EXISTS (SELECT 1 FROM events WHERE payload "
        "LIKE '%' || lower(hex(digest)) || '%')"
    )


def _row(connection: Any, chance: random.Random, table: str, column: str) -> Any:
    return chance.choice(_rows(connection, table, column))


def _rows(connection: Any, table: str, column: str) -> list[tuple[Any, Any]]:
    """Return (row, value) of what is part of the record."""
    key = "key" if table == "log_meta" else "rowid"
    part = {
        "types": "WHERE id IN (SELECT type FROM events)",
        "log_meta": "WHERE key = 'log_id'",  # the rest is said elsewhere, too
    }.get(table, "")
    sql = f"SELECT {key}, {column} FROM {table} {part} ORDER BY 1"
    rows: list[tuple[Any, Any]] = connection.execute(sql).fetchall()
    return rows


_SWAPPED: Final = {
    "events": _COLUMNS["events"],
    "streams": _COLUMNS["streams"],
    "types": _COLUMNS["types"],
    "blobs": _COLUMNS["blobs"],
    "checkpoints": _COLUMNS["checkpoints"],
}

MUTATIONS: Final[dict[str, Mutation]] = {
    **{
        f"change {table}.{column}": _column(table, column)
        for table, columns in _COLUMNS.items()
        for column in columns
    },
    **{
        f"swap {table}.{column}": _swap(table, column)
        for table, columns in _SWAPPED.items()
        for column in columns
    },
    **{f"delete from {table}": _delete(table) for table in _SWAPPED},
    "delete an event, renumbered": _close_gap,
    "cut off the end": _cut_off,
    "delete a stream": _drop_a_stream,
    "rewrite, checkpoints left": _rewrite("left"),
    "rewrite, checkpoints dropped": _rewrite("dropped"),
    "rewrite, checkpoints signed": _rewrite("signed"),
    "insert, checkpoints left": _insert("left"),
    "insert, checkpoints dropped": _insert("dropped"),
    "insert, checkpoints signed": _insert("signed"),
    "insert, numbered below the first": _insert_below,
    "put an erased blob back": _put_back,
    "add a blob": _add_blob,
}
