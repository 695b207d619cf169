"""Properties that connectors for database servers have in common."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self, TypeAlias

from pydantic import (
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from wct_adapters.connectors.paths import as_path
from wct_domain.errors import ConnectorConfigError
from wct_domain.explaining import explain
from wct_domain.ports.components import BaseComponentConfiguration, ComponentConfig
from wct_domain.substitution import keep_to_itself

_VARIABLES = ("host", "port", "user", "password", "database")
_PATH = BeforeValidator(as_path)

Tls: TypeAlias = Literal["disable", "prefer", "require", "verify-ca", "verify-full"]


class DatabaseServerConfig(BaseComponentConfiguration):
    """Which server to ask, as whom, for how long, and how much of each table to read.

    What an environment variable says wins over a property. ``env_prefix`` is how the
    names of the variables begin.
    """

    product: ClassVar[str]
    required: ClassVar[tuple[str, ...]] = ("host", "user")

    host: str = Field(
        description="Name or address of the server; what begins with / is a socket.",
    )
    port: int = Field(ge=1, le=65535, description="TCP port of the server.")
    user: str = Field(description="Whom to log in as: one who may only read.")
    password: SecretStr = Field(
        default=SecretStr(""),
        description="Password of the user; write ${NAME}, and keep it out of the file.",
    )
    database: str = Field(default="", description="Database to read.")
    connect_timeout: int = Field(
        default=10, gt=0, le=3600, description="Seconds to wait for a connection."
    )
    statement_timeout: float = Field(
        default=60,
        gt=0,
        le=86400,
        description="Seconds after which the server gives up a query.",
    )
    max_rows_per_table: int = Field(
        default=10, gt=0, description="Rows to read of each table and view."
    )
    sample: Literal["first", "random"] = Field(
        default="first",
        description="Which rows: the first by primary key, or some drawn by chance.",
    )
    sample_seed: int = Field(
        default=0,
        ge=0,
        lt=2**63,
        description="What is drawn: one seed draws the same rows of the same data.",
    )
    tls: Tls = Field(
        default="prefer",
        description="Encryption: verify-full also checks who the server is.",
    )
    tls_ca: Annotated[Path, _PATH] | None = Field(
        default=None, description="PEM file of who signed the server's certificate."
    )
    tls_cert: Annotated[Path, _PATH] | None = Field(
        default=None, description="PEM file of a certificate to show the server."
    )
    tls_key: Annotated[Path, _PATH] | None = Field(
        default=None, description="PEM file of the key of tls_cert."
    )
    env_prefix: str = Field(
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
        description="How the names of variables begin that win over properties.",
    )

    @field_validator("password", mode="before")
    @classmethod
    def _none_is_empty(cls, value: object) -> object:
        return "" if value is None else value

    @model_validator(mode="after")
    def _tls_means_what_it_says(self) -> Self:
        verifies = self.tls in ("verify-ca", "verify-full")
        if self.tls_ca is not None and not verifies:
            msg = "tls_ca does nothing without tls: verify-ca or verify-full"
            raise ValueError(msg)
        if self.tls == "verify-ca" and self.tls_ca is None:
            msg = "tls: verify-ca needs tls_ca"
            raise ValueError(msg)
        if (self.tls_cert is None) is not (self.tls_key is None):
            msg = "tls_cert and tls_key go together"
            raise ValueError(msg)
        if self.tls_cert is not None and self.tls == "disable":
            msg = "tls_cert does nothing with tls: disable"
            raise ValueError(msg)
        return self

    @classmethod
    def decided_elsewhere(
        cls, properties: ComponentConfig, environ: Mapping[str, str] | None = None
    ) -> Mapping[str, str]:
        environ = os.environ if environ is None else environ
        names = {name: cls._variable(properties, name) for name in _VARIABLES}
        return {
            name: variable for name, variable in names.items() if variable in environ
        }

    @classmethod
    def from_properties(
        cls, properties: ComponentConfig, environ: Mapping[str, str] | None = None
    ) -> Self:
        """Check the properties; ``environ`` is the process's unless given.

        Raises:
            ConnectorConfigError: something is missing or out of range; the text shows
                no value.
        """
        environ = os.environ if environ is None else environ
        values = dict(properties)
        for name, variable in cls.decided_elsewhere(properties, environ).items():
            values[name] = environ[variable]  # even if empty: then it may be an error
            if name == "password":  # the others say where data is from
                keep_to_itself(environ[variable], f"${{{variable}}}")
            if name == "port" and not environ[variable].strip().isdecimal():
                # The seed's text goes on with the value, which nobody knows to be safe.
                msg = f"Invalid {variable} environment variable: it is not a number"
                raise ConnectorConfigError(msg)
        for name in cls.required:
            values[name] = cls._given(values, name)
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            msg = f"Invalid {cls.product} connector configuration: {explain(error)}"
            raise ConnectorConfigError(msg) from None

    @classmethod
    def _given(cls, values: Mapping[str, Any], name: str) -> object:
        value = values.get(name)
        if value is None:
            variable = cls._variable(values, name)
            msg = (
                f"{cls.product} {name} info is required "
                f"(either '{name}' property or {variable} env var)"
            )
            raise ConnectorConfigError(msg)
        if not isinstance(value, str):
            return value
        if not value.strip():
            raise ConnectorConfigError(f"{cls.product} {name} is required")
        return value.strip()

    @classmethod
    def _variable(cls, properties: Mapping[str, Any], name: str) -> str:
        prefix = properties.get("env_prefix")
        if not isinstance(prefix, str):
            prefix = cls.model_fields["env_prefix"].default
        return f"{prefix}{name.upper()}"

    @property
    def socket(self) -> str | None:
        """Where the socket is, if the host is none of the network."""
        return self.host if self.host.startswith("/") else None

    @property
    def missing_files(self) -> dict[str, str]:
        """Properties that name a file that is not there, each with what to say."""
        files = {
            name: getattr(self, name) for name in ("tls_ca", "tls_cert", "tls_key")
        }
        return {
            name: f"there is no such file: {path}"
            for name, path in files.items()
            if path is not None and not path.is_file()
        }
