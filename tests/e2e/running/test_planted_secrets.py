"""What stands in a property of a connector goes nowhere that it need not go.

A text of its own is planted in every property of every connector: as it is, by
``${NAME}``, and in the variables of ``env_prefix``. Then it is looked for in all that a
run leaves and says: bodies before they are sealed, files, stdout and stderr.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.e2e.processes import Cli
from tests.server_reading import Database, on_mariadb, on_postgresql, reader
from wct_domain import archive
from wct_domain.packing import packed
from wct_domain.services import ServiceContainer
from wct_entrypoints.bootstrap.components import CONNECTORS, provide_services

_ERROR = "an error of the step says what cannot be found"
_SERVER = "the server's own words say what it does not know or refuses"
_MESSAGE = "the message says what was left out, as the format of the seed has it"
LEGITIMATE = {
    ("filesystem_connector", "path"): _ERROR,
    ("filesystem_connector", "errors"): "the text of the seed ends with it",
    ("filesystem_connector", "exclude_patterns"): _MESSAGE,
    ("sqlite_connector", "database_path"): _ERROR,
    ("postgresql_connector", "schemas"): _ERROR,
    **{
        (connector, name): reason
        for connector in ("mysql_connector", "postgresql_connector")
        for name, reason in (
            *((name, _SERVER) for name in ("host", "user", "database")),
            *((name, _ERROR) for name in ("tls_ca", "tls_cert", "tls_key")),
        )
    },
}
"""What is shown of what everybody can read in the runbook, and why."""

WITH = {
    "tls_ca": {"tls": "verify-full"},
    "tls_cert": {"tls_key": "key.pem"},
    "tls_key": {"tls_cert": "note.txt"},
}
"""What a property needs beside it to be looked at."""

PASSWORD = "planted-password-7391"


class Seen(NamedTuple):
    """All that one run left behind."""

    texts: list[bytes]

    def of(self, secret: str) -> int:
        return sum(secret.encode() in text for text in self.texts)


@pytest.fixture
def bodies(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What goes into blobs, before it is sealed."""
    found: list[bytes] = []

    def watched(body: bytes) -> bytes:
        found.append(body)
        return packed(body)

    monkeypatch.setattr(archive, "packed", watched)
    return found


@pytest.fixture
def servers(mariadb_server: Any, postgres_server: Any) -> dict[str, Database]:
    found = (on_mariadb(mariadb_server), on_postgresql(postgres_server))
    for each in found:
        each.run("CREATE TABLE t (a INT)", "INSERT INTO t VALUES (1)")
    return {f"{each.kind}_connector": each for each in found}


@pytest.fixture
def sources(servers: dict[str, Database], elsewhere: Path) -> dict[str, dict[str, Any]]:
    """Properties with which each connector reads something."""
    Path("note.txt").write_text("nothing to see")
    Path("empty.db").touch()
    return {
        "filesystem_connector": {"path": "note.txt"},
        "sqlite_connector": {"database_path": "empty.db"},
        **{name: each.properties for name, each in servers.items()},
    }


def properties_of(connector: str) -> list[str]:
    container = ServiceContainer()
    provide_services(container)
    model = CONNECTORS[connector](container).get_config_model()
    assert model is not None
    return list(model.model_fields)


def secret_of(connector: str, name: str, route: str) -> str:
    # Another one each time: what was in the environment is hidden from then on.
    return f"planted-{route}-{connector}-{name}-7391"


def runbook(
    connectors: dict[str, tuple[str, dict[str, Any]]], timeout: int | None = None
) -> Path:
    """One step for each connector, which only reads."""
    document = {
        "name": "Planted",
        "description": "a secret in every property",
        "connectors": [
            {"name": name, "type": kind, "properties": properties}
            for name, (kind, properties) in connectors.items()
        ],
        "analysers": [{"name": "unused", "type": "personal_data_analyser"}],
        "execution": [
            {
                "id": name,
                "name": name,
                "description": "",
                "connector": name,
                "input_schema": "standard_input",
                "output_schema": "standard_input",
                "save_output": True,
                **({"timeout": timeout} if timeout else {}),
            }
            for name in connectors
        ],
    }
    path = Path("planted.yaml")
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return path


def run(cli: Cli, path: Path, bodies: list[bytes]) -> Seen:
    """Run it, ask for all that can be shown, and collect what there is."""
    said: list[str] = []
    for arguments in (
        ("validate-runbook", path),
        ("run", path, "--verbose", "--log-level", "DEBUG", "--evidence", "full"),
        ("show", "latest", "--json"),
        ("events", "latest", "--json"),
        ("artifacts", "latest", "--json"),
        ("replay", "latest"),
    ):
        result = cli(*arguments)
        said += [result.stdout, result.stderr]
    assert "step.failed" in "".join(said)
    assert bodies
    path.unlink()
    files = [each for each in Path().rglob("*") if each.is_file()]
    assert len(files) >= 4
    return Seen(
        [
            *(body for body in bodies if b'"execution":' not in body),
            *(each.read_bytes() for each in files),
            *(text.encode() for text in said),
        ]
    )


def planted(sources: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for connector in CONNECTORS:
        assert connector in sources, "every connector is planted in"
        for name in properties_of(connector):
            yield connector, name


def value_of(name: str, text: str) -> Any:
    return [text] if name.endswith("_patterns") or name == "schemas" else text


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # of PyMySQL, when refused
@pytest.mark.parametrize("route", ["plain", "environment"])
def test_no_property_is_shown_but_what_names_a_source(
    cli: Cli,
    sources: dict[str, dict[str, Any]],
    bodies: list[bytes],
    monkeypatch: pytest.MonkeyPatch,
    route: str,
) -> None:
    connectors: dict[str, tuple[str, dict[str, Any]]] = {}
    for connector, name in planted(sources):
        text = secret_of(connector, name, route)
        if route == "environment":
            variable = f"PLANTED_{connector}_{name}".upper()
            monkeypatch.setenv(variable, text)
            text = f"${{{variable}}}"
        given = {**sources[connector], **WITH.get(name, {})}
        properties = {**given, name: value_of(name, text)}
        connectors[f"{connector}.{name}"] = (connector, properties)

    seen = run(cli, runbook(connectors), bodies)

    shown = {each for each in planted(sources) if seen.of(secret_of(*each, route))}
    expected = set(LEGITIMATE)
    if (
        route == "environment"
    ):  # then only what is no error: errors show what is written
        expected = {each for each in LEGITIMATE if LEGITIMATE[each] == _MESSAGE}
    assert shown == expected


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # as above
def test_variables_that_win_are_shown_only_if_they_name_a_server(
    cli: Cli,
    sources: dict[str, dict[str, Any]],
    bodies: list[bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connectors: dict[str, tuple[str, dict[str, Any]]] = {}
    variables = [
        (connector, name)
        for connector in ("mysql_connector", "postgresql_connector")
        for name in ("host", "port", "user", "password", "database")
    ]
    for connector, name in variables:
        prefix = f"PLANTED_{connector}_{name}_".upper()
        monkeypatch.setenv(
            f"{prefix}{name.upper()}", secret_of(connector, name, "prefix")
        )
        properties = {**sources[connector], "env_prefix": prefix}
        connectors[f"{connector}.{name}"] = (connector, properties)

    seen = run(cli, runbook(connectors), bodies)

    shown = {each for each in variables if seen.of(secret_of(*each, "prefix"))}
    assert shown == {each for each in variables if LEGITIMATE.get(each) == _SERVER}


@pytest.mark.parametrize("timeout", [None, 60], ids=["here", "child"])
def test_a_password_with_which_a_database_was_read_is_shown_nowhere(
    cli: Cli,
    servers: dict[str, Database],
    elsewhere: Path,
    bodies: list[bytes],
    monkeypatch: pytest.MonkeyPatch,
    timeout: int | None,
) -> None:
    connectors: dict[str, tuple[str, dict[str, Any]]] = {
        "gone": ("filesystem_connector", {"path": "gone.txt"})
    }
    monkeypatch.setenv("PLANTED", PASSWORD)
    monkeypatch.setenv("SHOP_PASSWORD", PASSWORD)
    with ExitStack() as logins:
        for connector, database in servers.items():
            login = logins.enter_context(reader(database, PASSWORD, "SELECT"))
            found = {**database.properties, **login}
            for route, given in {
                "plain": {"password": PASSWORD},
                "environment": {"password": "${PLANTED}"},
                "prefix": {"env_prefix": "SHOP_"},
            }.items():
                connectors[f"{connector}.{route}"] = (connector, {**found, **given})
        seen = run(cli, runbook(connectors, timeout), bodies)

    assert seen.of(PASSWORD) == 0
    assert not any(PASSWORD.encode() in body for body in bodies)
    assert seen.of('"items":1') >= len(connectors) - 1, "they were read"
