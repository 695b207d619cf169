"""The bundled sample: it can be read, and nobody in it is real."""

import re
import runpy
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest

from tests import filesystem_reading, sqlite_reading
from wct_adapters.runbook_files import read_runbook_file
from wct_domain.message import Message
from wct_domain.runbook import Runbook, parse_runbook

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"
SHOP = SAMPLES / "shop"
BUILD: Callable[[Path], None] = runpy.run_path(str(SAMPLES / "build_shop_db.py"))[
    "build"
]

EMAIL = re.compile(r"[\w.+-]+@([\w.-]+\.\w+)")
IPV4 = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")
IPV6 = re.compile(r"\b2001:[0-9a-f:]+")
CARD = re.compile(r"(?<!\d)(?:\d[ -]?){14,15}\d(?!\d)")
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: [A-Z0-9]{1,4}){3,8}\b")
PHONE = re.compile(r"\+\d[\d ]{7,}\d")

RESERVED_NETWORKS = (  # RFC 5737, RFC 3849
    "192.0.2.0/24",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "2001:db8::/32",
)
TEST_CARDS = {
    "4111111111111111",
    "4242424242424242",
    "5555555555554444",
    "378282246310005",
}
NO_CARD = "4111111111111112"  # in a log, to be told apart from a card
PHONES_FOR_FICTION = re.compile(
    r"\+44 20 7946 0\d{3}"  # Ofcom: London
    r"|\+44 161 496 0\d{3}|\+44 113 496 0\d{3}|\+44 1632 960 \d{3}"  # elsewhere
    r"|\+1 \d{3} 555 01\d\d"  # North American numbering plan
    r"|\+49 30 23125 \d{3}"  # Bundesnetzagentur: Berlin
    r"|\+33 1 99 00 (\d{4}|\d\d \d\d)"  # ARCEP: Paris
)


@pytest.fixture(scope="module")
def files() -> Message:
    return filesystem_reading.extracted(SHOP, exclude_patterns=["*.db"])


@pytest.fixture(scope="module")
def database() -> Message:
    return sqlite_reading.extracted(SHOP / "shop.db", max_rows_per_table=1000)


@pytest.fixture(scope="module")
def texts(files: Message, database: Message) -> list[str]:
    items = [*files.content["data"], *database.content["data"]]
    return [item["content"] for item in items]


def matches(pattern: re.Pattern[str], texts: list[str]) -> Iterator[str]:
    for text in texts:
        for match in pattern.finditer(text):
            yield match[match.re.groups]


def runbook(name: str) -> Runbook:
    return parse_runbook(read_runbook_file(SAMPLES / name).document)


def test_every_address_is_at_a_domain_for_examples(texts: list[str]) -> None:
    domains = set(matches(EMAIL, texts))

    assert domains
    for domain in domains:
        assert re.search(r"(^|\.)example\.(com|org|net)$", domain)


def test_every_ip_address_is_kept_for_documentation(texts: list[str]) -> None:
    found = {*matches(IPV4, texts), *matches(IPV6, texts)}

    assert {ip_address(each).version for each in found} == {4, 6}
    for each in found:
        networks = (ip_network(network) for network in RESERVED_NETWORKS)
        assert any(ip_address(each) in network for network in networks)


def test_every_card_number_is_a_test_number(texts: list[str]) -> None:
    without_accounts = [IBAN.sub("", text) for text in texts]
    found = {re.sub(r"[ -]", "", each) for each in matches(CARD, without_accounts)}

    assert found == {*TEST_CARDS, NO_CARD}
    assert {number for number in found if luhn(number)} == TEST_CARDS


def luhn(number: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def test_every_bank_account_has_its_check_digits(texts: list[str]) -> None:
    found = {each.replace(" ", "") for each in matches(IBAN, texts)}

    assert len(found) >= 5
    for iban in found:
        # ISO 13616: moved to the front, letters as numbers, the rest of 97 is 1.
        moved = iban[4:] + iban[:4]
        assert int("".join(str(int(sign, 36)) for sign in moved)) % 97 == 1


def test_every_telephone_number_is_kept_for_fiction(texts: list[str]) -> None:
    found = set(matches(PHONE, texts))

    assert len(found) >= 10
    assert [each for each in found if not PHONES_FOR_FICTION.fullmatch(each)] == []


def test_the_committed_database_is_what_its_script_writes(tmp_path: Path) -> None:
    BUILD(tmp_path / "shop.db")

    assert dump(tmp_path / "shop.db") == dump(SHOP / "shop.db")


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return list(connection.iterdump())


def test_the_files_that_are_not_text_are_reported(files: Message) -> None:
    assert filesystem_reading.reasons(SHOP, files) == {
        "images/lamp.png": "not_text",
        "legacy/kunden_1998.txt": "not_text",
    }
    assert len(files.content["data"]) == 17


def test_every_table_of_the_database_is_read(database: Message) -> None:
    tables = {item["metadata"]["table_name"] for item in database.content["data"]}

    assert tables == {
        "customers",
        "employees",
        "gift cards 2026",
        "login_attempts",
        "newsletter_subscribers",
        "orders",
        "payments",
        "products",
        "sqlite_sequence",
        "support_tickets",
    }


def test_the_small_runbook_has_one_step() -> None:
    assert runbook("file_content_analysis.yaml").get_summary().execution_steps == 1


def test_the_large_runbook_reads_files_once_and_analyses_them_three_times() -> None:
    shop = runbook("shop.yaml")

    reading, *others = shop.execution
    assert reading.analyser is None
    assert reading.save_output
    chained = [step.analyser for step in others if step.input_from == reading.id]
    assert chained == ["personal_data", "data_subjects", "purposes"]
    assert len(others) == 6


@pytest.mark.parametrize("name", ["file_content_analysis.yaml", "shop.yaml"])
def test_no_runbook_asks_a_language_model(name: str) -> None:
    def enabled(properties: dict[str, Any]) -> object:
        return properties["llm_validation"]["enable_llm_validation"]

    flags = [enabled(analyser.properties) for analyser in runbook(name).analysers]
    assert set(flags) == {False}


@pytest.mark.parametrize("name", ["file_content_analysis.yaml", "shop.yaml"])
def test_every_path_of_a_runbook_leads_somewhere(name: str) -> None:
    for connector in runbook(name).connectors:
        properties = connector.properties
        path = properties.get("path") or properties["database_path"]
        assert (ROOT / path).exists()
