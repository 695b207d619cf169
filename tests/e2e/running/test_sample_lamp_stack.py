"""The sample with a database server: all of its eight steps, on a real MariaDB."""

import json
import re
import shutil
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.e2e.processes import ROOT, Wct

if TYPE_CHECKING:
    from tests.mariadb import Server

SAMPLES = ROOT / "samples"
SQL = (SAMPLES / "lamp_stack" / "shop.sql").read_text("utf-8")
RESERVED = (  # RFC 5737, RFC 3849
    *("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"),
    "2001:db8::/32",
)


def statements() -> list[str]:
    """The file without its comments, as a client of MySQL cuts it."""
    text = re.sub(r"^--.*\n", "", SQL, flags=re.MULTILINE)
    return [each.strip() for each in text.split(";\n") if each.strip()]


@pytest.fixture
def login(mariadb_server: "Server") -> dict[str, str]:
    """The database as its file makes it, and a user who may read it."""
    mariadb_server.run(
        "",
        *statements(),
        "CREATE OR REPLACE USER wct_reader IDENTIFIED BY 'planted-7391'",
        "GRANT SELECT, SHOW VIEW ON lantern_loom.* TO wct_reader",
    )
    return {
        "SHOP_DB_PORT": str(mariadb_server.port),
        "SHOP_DB_PASSWORD": "planted-7391",
    }


@pytest.fixture
def there(wct: Wct) -> Wct:
    shutil.copytree(SAMPLES, wct.directory / "samples")
    return wct


def test_all_eight_steps_succeed_and_find_what_is_there(
    there: Wct, login: dict[str, str]
) -> None:
    done = there("run", "samples/lamp_stack.yaml", "--output", "lamp.json", env=login)

    assert done.returncode == 0, done.stderr
    assert "planted-7391" not in done.stdout + done.stderr
    document = json.loads((there.directory / "outputs/lamp.json").read_text("utf-8"))
    results: dict[str, Any] = {each["step_id"]: each for each in document["results"]}
    assert len(results) == 8
    assert all(each["success"] for each in results.values())
    found = {
        id: result["data"]["findings"]
        for id, result in results.items()
        if id != "read_php_files"
    }
    assert all(found.values()), "each step finds something"
    places = {
        each["metadata"]["source"].partition("_row_")[0]
        for each in found["personal_data_in_database"]
    }
    prefix = "mysql_database_(lantern_loom)_table_"
    assert {
        f"{prefix}(customers)_column_(email)",
        f"{prefix}(newsletter_recipients)_column_(email)",
        f"{prefix}(support tickets)_column_(opened_by)",
        f"{prefix}(payments)_column_(iban)",
    } <= places
    rows = {
        evidence.get("row_id")
        for each in found["personal_data_in_database"]
        if "(customers)_column_(email)" in each["metadata"]["source"]
        for evidence in each["evidence"]
    }
    assert {1, 2} <= rows


def test_what_was_not_read_of_the_database_is_stated(
    there: Wct, login: dict[str, str]
) -> None:
    done = there("run", "samples/lamp_stack.yaml", "--output", "lamp.json", env=login)
    assert done.returncode == 0

    events = there("events", "latest", "--type", "source.read", "--json")
    read = [json.loads(line)["data"] for line in events.stdout.splitlines()]
    (database,) = [each for each in read if each["connector"] == "shop_database"]
    assert database["unreadable"] == 1  # a photo


def test_without_a_server_the_other_steps_go_on(there: Wct) -> None:
    from tests.postgres import free_port

    done = there(
        *("run", "samples/lamp_stack.yaml", "--output", "lamp.json"),
        env={"SHOP_DB_PORT": str(free_port()), "SHOP_DB_PASSWORD": "planted-7391"},
    )

    assert done.returncode == 3
    document = json.loads((there.directory / "outputs/lamp.json").read_text("utf-8"))
    failed = [each for each in document["results"] if not each["success"]]
    assert {each["step_id"].partition("_in_")[2] for each in failed} == {"database"}
    assert len(failed) == 3
    assert all("MySQL connection failed" in each["error_message"] for each in failed)
    assert "planted-7391" not in done.stdout + done.stderr + json.dumps(document)


def test_the_runbook_is_what_its_file_says() -> None:
    document = yaml.safe_load((SAMPLES / "lamp_stack.yaml").read_text("utf-8"))

    assert len(document["execution"]) == 8
    (database,) = [
        each for each in document["connectors"] if each["type"] == "mysql_connector"
    ]
    assert "password" not in database["properties"]


def test_nobody_in_the_database_is_real() -> None:
    domains = set(re.findall(r"[\w.+-]+@([\w.-]+\.\w+)", SQL))
    addresses = {
        *re.findall(r"'(\d{1,3}(?:\.\d{1,3}){3})'", SQL),
        *re.findall(r"'(2001:[0-9a-f:]+)'", SQL),
    }

    assert domains <= {"example.com", "example.org", "example.net"}
    assert len(addresses) >= 4
    for each in addresses:
        networks = [ip_network(network) for network in RESERVED]
        assert any(ip_address(each) in network for network in networks)


def test_the_steps_can_be_done_again_with_the_same_outcome(
    there: Wct, login: dict[str, str]
) -> None:
    assert there("run", "samples/lamp_stack.yaml", env=login).returncode == 0

    again = there("replay", "latest", "--verify", env=login)

    assert again.returncode == 0, again.stdout + again.stderr
    assert "input changed" not in again.stdout
