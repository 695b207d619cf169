"""A ledger that was restored from a dump on another server, whose xids are ahead."""

from typing import Final
from uuid import uuid4

from wct_adapters.ledgers.postgres.connections import Connection, transaction
from wct_adapters.ledgers.postgres.contents import has_subscribers, is_from_elsewhere
from wct_adapters.ledgers.postgres.schema import MAKING_LOCK
from wct_adapters.ledgers.postgres.sealing import SEAL_ALL, number

_XID_OF_OLD: Final = "3"
"""Less than any that a server gives (FirstNormalTransactionId)."""

# Rows are made again from the first event: that they are right is worth more than the
# time. Everybody else is told again what may have been told: nothing is missed.
_BEGIN_ANEW: Final = """
UPDATE wct.subscribers s SET revision = revision + 1, xid = NULL, place = NULL,
    handed_xid = NULL, handed = NULL
WHERE EXISTS (SELECT FROM wct.kept_rows r WHERE r.shelf = s.shelf)
"""
_NO_ROWS: Final = "DELETE FROM wct.kept_rows"
_PLACES: Final = """
UPDATE wct.subscribers s SET revision = revision + 1, xid = %(xid)s, place = coalesce(
        (
            SELECT min(global_position) - 1 FROM wct.events e WHERE
            (e.xid, e.global_position) > (s.xid::text::xid8, s.place)
        ),
        last.position
    ),
    handed_xid = CASE WHEN handed IS NOT NULL THEN %(xid)s::bigint END,
    handed = CASE WHEN handed IS NOT NULL THEN last.position END
FROM (SELECT max(global_position) AS position FROM wct.events) last
WHERE s.xid IS NOT NULL
"""


def settle(connection: Connection) -> None:
    """Have what was restored come before all that this server will add.

    Nothing else can be under way in it, so all of it is sealed, in the order that it
    had. After that, readers go by global position among these events; each stream
    keeps its order. Cursors from before are void: the order has another id.
    """
    with transaction(connection):
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (MAKING_LOCK,))
        if not is_from_elsewhere(connection):
            return  # another process was faster
        number(connection, SEAL_ALL)
        _move_subscribers(connection)
        connection.execute("ALTER TABLE wct.events DISABLE TRIGGER USER")
        connection.execute("UPDATE wct.events SET xid = %s::text::xid8", (_XID_OF_OLD,))
        connection.execute("ALTER TABLE wct.events ENABLE TRIGGER USER")
        connection.execute(
            "UPDATE wct.log_meta SET value = %s WHERE key = 'order_id'",
            (str(uuid4()),),
        )


def _move_subscribers(connection: Connection) -> None:
    """Have each go on where it stands, in the order that is about to be; or earlier."""
    if has_subscribers(connection):
        connection.execute(_BEGIN_ANEW)
        connection.execute(_NO_ROWS)
        connection.execute(_PLACES, {"xid": int(_XID_OF_OLD)})
