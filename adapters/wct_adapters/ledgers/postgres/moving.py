"""A ledger that was restored from a dump on another server, whose xids are ahead."""

from typing import Final
from uuid import uuid4

from wct_adapters.ledgers.postgres.connections import Connection, transaction
from wct_adapters.ledgers.postgres.contents import is_from_elsewhere
from wct_adapters.ledgers.postgres.schema import MAKING_LOCK
from wct_adapters.ledgers.postgres.sealing import SEAL_ALL, number

_XID_OF_OLD: Final = "3"
"""Less than any that a server gives (FirstNormalTransactionId)."""


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
        connection.execute("ALTER TABLE wct.events DISABLE TRIGGER USER")
        connection.execute("UPDATE wct.events SET xid = %s::text::xid8", (_XID_OF_OLD,))
        connection.execute("ALTER TABLE wct.events ENABLE TRIGGER USER")
        connection.execute(
            "UPDATE wct.log_meta SET value = %s WHERE key = 'order_id'",
            (str(uuid4()),),
        )
