"""Properties of ``mysql_connector``."""

from typing import ClassVar

from pydantic import Field

from wct_adapters.connectors.server_config import DatabaseServerConfig


class MySQLConnectorConfig(DatabaseServerConfig):
    """A server of MySQL or MariaDB; without ``database`` all that the user may read."""

    product: ClassVar[str] = "MySQL"

    port: int = Field(
        default=3306, ge=1, le=65535, description="TCP port of the server."
    )
    database: str = Field(
        default="",
        description="Database to read; without it all that the user sees, but the "
        "server's own.",
    )
    charset: str = Field(
        default="utf8mb4",
        description="Character set of the connection; the server converts to it.",
    )
    autocommit: bool = Field(
        default=True,
        description="Accepted, and without effect: reading is one transaction.",
    )
    env_prefix: str = Field(
        default="MYSQL_",
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
        description="How the names of variables begin that win over host, port, user, "
        "password and database.",
    )
