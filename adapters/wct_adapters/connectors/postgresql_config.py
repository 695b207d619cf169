"""Properties of ``postgresql_connector``."""

from typing import ClassVar

from pydantic import Field

from wct_adapters.connectors.server_config import DatabaseServerConfig


class PostgreSQLConnectorConfig(DatabaseServerConfig):
    """One database of a PostgreSQL server.

    The variables of libpq (PGHOST and so on) are not asked: they may lead to the
    ledger. ``env_prefix: PG`` asks them all the same.
    """

    product: ClassVar[str] = "PostgreSQL"
    required: ClassVar[tuple[str, ...]] = ("host", "user", "database")

    port: int = Field(
        default=5432, ge=1, le=65535, description="TCP port of the server."
    )
    database: str = Field(description="Database to read.")
    schemas: list[str] | None = Field(
        default=None,
        min_length=1,
        description="Schemas to read; without them all but the server's own.",
    )
    env_prefix: str = Field(
        default="POSTGRESQL_",
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
        description="How the names of variables begin that win over host, port, user, "
        "password and database.",
    )
