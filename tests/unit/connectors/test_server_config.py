"""Properties of the connectors for database servers, and in which words they fail."""

from importlib import util
from typing import Any

import pytest

from wct_adapters.connectors.mysql import MySQLConnectorFactory
from wct_adapters.connectors.mysql_config import MySQLConnectorConfig
from wct_adapters.connectors.postgresql import PostgreSQLConnectorFactory
from wct_adapters.connectors.postgresql_config import PostgreSQLConnectorConfig
from wct_adapters.connectors.server_config import DatabaseServerConfig
from wct_domain.errors import ConnectorConfigError
from wct_domain.ports.components import ComponentConfig
from wct_domain.services import ServiceContainer

VALID: dict[type[DatabaseServerConfig], ComponentConfig] = {
    MySQLConnectorConfig: {"host": "db", "user": "reader"},
    PostgreSQLConnectorConfig: {"host": "db", "user": "reader", "database": "shop"},
}
BOTH = pytest.mark.parametrize("model", VALID)


def refusal(
    properties: ComponentConfig,
    environ: dict[str, str] | None = None,
    model: type[DatabaseServerConfig] = MySQLConnectorConfig,
) -> str:
    with pytest.raises(ConnectorConfigError) as raised:
        model.from_properties(properties, environ or {})
    return str(raised.value)


def test_what_mysql_is_given_by_default() -> None:
    config = MySQLConnectorConfig.from_properties(VALID[MySQLConnectorConfig], {})

    assert (config.port, config.database, config.charset) == (3306, "", "utf8mb4")
    assert (config.connect_timeout, config.max_rows_per_table) == (10, 10)
    assert config.password.get_secret_value() == ""
    assert config.autocommit is True


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        (
            {"user": "u"},
            (
                "MySQL host info is required "
                "(either 'host' property or MYSQL_HOST env var)"
            ),
        ),
        (
            {"host": "h"},
            (
                "MySQL user info is required "
                "(either 'user' property or MYSQL_USER env var)"
            ),
        ),
        (
            {"host": "h", "env_prefix": "SHOP_"},
            (
                "MySQL user info is required "
                "(either 'user' property or SHOP_USER env var)"
            ),
        ),
        ({"host": " ", "user": "u"}, "MySQL host is required"),
        ({"host": "h", "user": ""}, "MySQL user is required"),
        (
            {"host": "h", "user": "u", "port": 65536},
            (
                "Invalid MySQL connector configuration: "
                "port: Input should be less than or equal to 65535"
            ),
        ),
        (
            {"host": "h", "user": "u", "table": "t"},
            (
                "Invalid MySQL connector configuration: "
                "table: Extra inputs are not permitted"
            ),
        ),
        (
            {"host": "h", "user": "u", "password": 1234},
            (
                "Invalid MySQL connector configuration: "
                "password: Input should be a valid string"
            ),
        ),
        (
            {"host": "h", "user": "u", "tls_ca": "ca.pem"},
            (
                "Invalid MySQL connector configuration: root: Value error, "
                "tls_ca does nothing without tls: verify-ca or verify-full"
            ),
        ),
        (
            {"host": "h", "user": "u", "tls": "verify-ca"},
            (
                "Invalid MySQL connector configuration: root: Value error, "
                "tls: verify-ca needs tls_ca"
            ),
        ),
        (
            {"host": "h", "user": "u", "tls_key": "key.pem"},
            (
                "Invalid MySQL connector configuration: root: Value error, "
                "tls_cert and tls_key go together"
            ),
        ),
        (
            {
                "host": "h",
                "user": "u",
                "tls": "disable",
                "tls_key": "key.pem",
                "tls_cert": "cert.pem",
            },
            (
                "Invalid MySQL connector configuration: root: Value error, "
                "tls_cert does nothing with tls: disable"
            ),
        ),
    ],
)
def test_what_is_wrong_is_told(properties: ComponentConfig, said: str) -> None:
    assert refusal(properties) == said
    factory = MySQLConnectorFactory(ServiceContainer(), {})
    assert factory.can_create(properties) is False


def test_postgresql_needs_a_database() -> None:
    said = refusal({"host": "h", "user": "u"}, model=PostgreSQLConnectorConfig)

    assert said == (
        "PostgreSQL database info is required "
        "(either 'database' property or POSTGRESQL_DATABASE env var)"
    )


@pytest.mark.parametrize("name", ["port", "statement_timeout", "max_rows_per_table"])
@BOTH
def test_numbers_are_above_zero(model: type[DatabaseServerConfig], name: str) -> None:
    said = refusal({**VALID[model], name: 0}, model=model)

    assert said.startswith(f"Invalid {model.product} connector configuration: {name}: ")


@pytest.mark.parametrize("prefix", ["", "a b", "1A", "${X}"])
@BOTH
def test_a_prefix_is_the_beginning_of_a_variable(
    model: type[DatabaseServerConfig], prefix: str
) -> None:
    said = refusal({**VALID[model], "env_prefix": prefix}, model=model)

    assert "env_prefix: String should match pattern" in said


@BOTH
def test_each_variable_wins_over_its_property(
    model: type[DatabaseServerConfig],
) -> None:
    prefix = model.model_fields["env_prefix"].default
    own = {"HOST": "x", "PORT": "1", "USER": "y", "PASSWORD": "z", "DATABASE": "w"}
    environ = {f"{prefix}{name}": value for name, value in own.items()}
    config = model.from_properties({**VALID[model], "password": "a"}, environ)

    given = config.model_dump(include={"host", "port", "user", "database"})
    assert given == {"host": "x", "port": 1, "user": "y", "database": "w"}
    assert config.password.get_secret_value() == "z"


@BOTH
def test_the_environment_alone_is_enough(model: type[DatabaseServerConfig]) -> None:
    prefix = model.model_fields["env_prefix"].default
    environ = {f"{prefix}{name}": "x" for name in ("HOST", "USER", "DATABASE")}

    assert model.from_properties({}, environ).host == "x"


def test_two_servers_of_one_runbook_have_variables_of_their_own() -> None:
    environ = {"SHOP_HOST": "one", "CRM_HOST": "two", "MYSQL_HOST": "three"}
    hosts = [
        MySQLConnectorConfig.from_properties(
            {"user": "u", "env_prefix": prefix}, environ
        ).host
        for prefix in ("SHOP_", "CRM_", "MYSQL_")
    ]

    assert hosts == ["one", "two", "three"]


def test_variables_of_libpq_are_not_asked_unless_the_prefix_says_so() -> None:
    environ = {"PGHOST": "ledger", "PGPASSWORD": "hunter2"}
    properties = VALID[PostgreSQLConnectorConfig]

    own = PostgreSQLConnectorConfig.from_properties(properties, environ)
    theirs = PostgreSQLConnectorConfig.from_properties(
        {**properties, "env_prefix": "PG"}, environ
    )

    assert (own.host, theirs.host) == ("db", "ledger")


@pytest.mark.parametrize("value", ["", "33o6", "-1"])
def test_a_port_of_the_environment_that_is_none_is_told_without_it(value: str) -> None:
    said = refusal({"host": "h", "user": "u"}, {"MYSQL_PORT": value})

    assert said == "Invalid MYSQL_PORT environment variable: it is not a number"


def test_null_is_no_password() -> None:
    config = MySQLConnectorConfig.from_properties(
        {"host": "h", "user": "u", "password": None}, {}
    )

    assert config.password.get_secret_value() == ""


@BOTH
def test_a_configuration_does_not_show_its_password(
    model: type[DatabaseServerConfig],
) -> None:
    config = model.from_properties({**VALID[model], "password": "hunter2-secret"}, {})

    for text in (repr(config), str(config), config.model_dump_json()):
        assert "hunter2" not in text


@pytest.mark.parametrize(
    ("factory", "module", "said"),
    [
        (
            MySQLConnectorFactory,
            "pymysql",
            "mysql_connector needs PyMySQL: pip install 'wct-compliance[mysql]'",
        ),
        (
            PostgreSQLConnectorFactory,
            "psycopg",
            (
                "postgresql_connector needs psycopg: "
                "pip install 'wct-compliance[postgres]'"
            ),
        ),
    ],
)
def test_a_missing_driver_is_told_with_the_extra_that_brings_it(
    factory: Any, module: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = util.find_spec

    def without(name: str) -> object:
        return None if name == module else real(name)

    monkeypatch.setattr(util, "find_spec", without)
    made = factory(ServiceContainer(), {})
    properties = VALID[made.get_config_model()]

    assert made.can_create(properties) is False
    with pytest.raises(ConnectorConfigError) as raised:
        made.create(properties)
    assert str(raised.value) == said


def test_files_that_are_not_there_are_known_before() -> None:
    factory = MySQLConnectorFactory(ServiceContainer(), {})

    assert factory.get_obstacles({"host": "h", "user": "u"}) == {}
    assert factory.get_obstacles(
        {"host": "h", "user": "u", "tls": "verify-ca", "tls_ca": "/gone/ca.pem"}
    ) == {"tls_ca": "there is no such file: /gone/ca.pem"}


@BOTH
def test_the_editor_learns_the_properties_from_the_model(
    model: type[DatabaseServerConfig],
) -> None:
    schema = model.model_json_schema()

    assert set(schema["required"]) == set(model.required)
    assert schema["additionalProperties"] is False
    assert all("description" in each for each in schema["properties"].values())
    assert schema["properties"]["password"]["writeOnly"] is True
