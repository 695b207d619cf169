"""Real time and real chance: what the ports Clock and NewId are in production."""

from datetime import UTC, datetime

import uuid_utils


def utc_now() -> datetime:
    return datetime.now(UTC)


def new_id() -> str:
    """Return a UUIDv7; within one process, each is greater than the one before."""
    return str(uuid_utils.uuid7())
