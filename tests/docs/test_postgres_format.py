"""What the page about the ledger format says of PostgreSQL is true."""

import re
from pathlib import Path

from wct_adapters.ledgers.postgres.schema import FORMAT, SUBSCRIBER_TABLES, TABLES

PAGE = (Path(__file__).parents[2] / "docs/reference/ledger-format.md").read_text(
    encoding="utf-8"
)


def test_the_page_names_every_table_and_column_of_postgresql() -> None:
    block = re.search(
        r"^```sql ledger=postgresql\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL
    )
    assert block is not None
    shown = re.findall(r"^(\w+)\s+\(([^)]*)\)", block[1], re.MULTILINE)
    made = re.findall(
        r"^CREATE TABLE wct\.(\w+) \((.*?)^\);",
        TABLES + SUBSCRIBER_TABLES,
        re.MULTILINE | re.DOTALL,
    )
    assert {name: re.findall(r"(\w+) (\w+)", columns) for name, columns in shown} == {
        name: re.findall(
            r"^    (\w+) (text|bigint|bytea|xid8)\b", columns, re.MULTILINE
        )
        for name, columns in made
    }


def test_the_page_names_the_format_on_postgresql() -> None:
    assert f"`format` ({FORMAT})" in PAGE
