"""What ``tls`` promises, on servers that encrypt."""

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tests import mariadb
from tests.certificates import Authority
from tests.server_reading import (
    Database,
    contents,
    on_mariadb,
    on_postgresql,
    reader,
)
from wct_domain.errors import ConnectorExtractionError

pytestmark = pytest.mark.filterwarnings(
    "ignore::ResourceWarning"  # PyMySQL forgets to close a socket that is refused
)
SECRET = "hunter2-tls"


@pytest.fixture(scope="module")
def place() -> Generator[Path]:
    """A directory that the users of both servers can look into."""
    directory = Path(tempfile.mkdtemp(prefix="wct-tls-"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


@pytest.fixture(scope="module")
def authority(place: Path) -> Authority:
    return Authority(place)


@pytest.fixture(scope="module")
def on_both(
    authority: Authority, mariadb_server: mariadb.Server, postgres_server: Any
) -> Generator[dict[str, Database]]:
    """Servers with a certificate for 127.0.0.1; PostgreSQL's goes back afterwards."""
    mine, theirs = (
        authority.signed(
            "127.0.0.1",
            server.directory.stat().st_uid if os.geteuid() == 0 else None,
        )
        for server in (mariadb_server, postgres_server)
    )
    program = mariadb.program()
    assert program is not None
    options = (
        f"--ssl-cert={mine.cert}",
        f"--ssl-key={mine.key}",
        f"--ssl-ca={authority.cert}",
    )
    with mariadb.running_server(program, *options) as server:
        postgres = on_postgresql(postgres_server)
        postgres.run(
            f"ALTER SYSTEM SET ssl_cert_file = '{theirs.cert}'",
            f"ALTER SYSTEM SET ssl_key_file = '{theirs.key}'",
            f"ALTER SYSTEM SET ssl_ca_file = '{authority.cert}'",
            "ALTER SYSTEM SET ssl = on",
            "SELECT pg_reload_conf()",
            "SELECT pg_sleep(0.3)",
        )
        yield {"mysql": on_mariadb(server), "postgresql": postgres}
        postgres.run("ALTER SYSTEM RESET ALL", "SELECT pg_reload_conf()")


@pytest.fixture(params=["mysql", "postgresql"])
def database(
    on_both: dict[str, Database], request: pytest.FixtureRequest
) -> Generator[Database]:
    """A database in which a view tells whether the connection is encrypted."""
    found = on_both[request.param]
    found.run(
        found.either(
            "CREATE VIEW told AS SELECT if(variable_value = '', 'no', 'yes') AS x"
            " FROM information_schema.session_status"
            " WHERE variable_name = 'Ssl_cipher'",
            "CREATE VIEW told AS SELECT CASE WHEN ssl THEN 'yes' ELSE 'no' END AS x"
            " FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
        )
    )
    yield found
    found.run("DROP VIEW told")


def read(database: Database, **properties: Any) -> list[str]:
    with reader(database, SECRET, "SELECT") as login:
        given = {**login, "password": SECRET, **properties}
        return contents(database.extracted(**given))


def refusal(database: Database, **properties: Any) -> str:
    with pytest.raises(ConnectorExtractionError) as raised:
        read(database, **properties)
    assert SECRET not in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize(
    ("tls", "verified", "encrypted"),
    [
        ("disable", False, "no"),
        ("prefer", False, "yes"),
        ("require", False, "yes"),
        ("verify-ca", True, "yes"),
        ("verify-full", True, "yes"),
    ],
)
def test_a_connection_is_encrypted_as_the_runbook_says(
    database: Database, authority: Authority, tls: str, verified: bool, encrypted: str
) -> None:
    ca = {"tls_ca": str(authority.cert)} if verified else {}

    assert read(database, tls=tls, **ca) == [encrypted]


@pytest.mark.parametrize("tls", ["verify-ca", "verify-full"])
def test_a_certificate_that_somebody_else_signed_is_refused(
    database: Database, place: Path, tls: str
) -> None:
    stranger = Authority(place, "stranger")

    text = refusal(database, tls=tls, tls_ca=str(stranger.cert))

    assert "certificate verify failed" in text


def test_without_an_authority_those_of_the_machine_count(database: Database) -> None:
    assert "certificate verify failed" in refusal(database, tls="verify-full")


def test_a_certificate_of_another_name_is_refused_by_verify_full_alone(
    database: Database, authority: Authority
) -> None:
    ca = str(authority.cert)

    assert read(database, tls="verify-ca", tls_ca=ca, host="localhost") == ["yes"]
    text = refusal(database, tls="verify-full", tls_ca=ca, host="localhost")
    assert "localhost" in text


def test_a_server_may_ask_for_a_certificate(
    database: Database, authority: Authority
) -> None:
    shown = authority.signed("client")
    with reader(database, SECRET, "SELECT") as login:
        given = {**login, "password": SECRET, "tls": "require"}
        if database.kind == "mysql":
            database.run(f"ALTER USER '{login['user']}'@'%' REQUIRE X509")
        else:
            path = Path(database.run("SHOW hba_file")[0][0])
            line = f"hostssl all {login['user']} all scram-sha-256 clientcert=verify-ca"
            path.write_text(f"{line}\n{path.read_text()}")
            database.run("SELECT pg_reload_conf()", "SELECT pg_sleep(0.3)")
        with pytest.raises(ConnectorExtractionError):
            database.extracted(**given)
        message = database.extracted(
            **given, tls_cert=str(shown.cert), tls_key=str(shown.key)
        )

    assert contents(message) == ["yes"]


def test_a_file_that_is_no_certificate_is_told(database: Database, place: Path) -> None:
    nonsense = place / "nonsense.pem"
    nonsense.write_text("nothing")

    text = refusal(database, tls="verify-full", tls_ca=str(nonsense))

    assert database.either("tls_ca, tls_cert or tls_key is of no use", "root") in text
