"""A string literal is an SQL statement, or only begins like one."""

import pytest

from wct_domain.analysis.code.statements import statement


@pytest.mark.parametrize(
    ("literal", "verb"),
    [
        ("SELECT name FROM customers", "select"),
        ("  select a,\n b\n from c where d = ?", "select"),
        ("(SELECT 1 FROM a)", "select"),
        ("-- all of them\nSELECT * FROM a", "select"),
        ("WITH late AS (SELECT 1) SELECT * FROM late", "select"),
        ("INSERT INTO orders VALUES (?)", "insert into"),
        ("insert ignore into orders values (?)", "insert into"),
        ("REPLACE INTO orders VALUES (?)", "insert into"),
        ("UPDATE orders SET paid = 1", "update"),
        ("update orders as o set paid = 1", "update"),
        ("DELETE FROM orders", "delete from"),
        ("MERGE INTO orders USING x", "merge into"),
    ],
)
def test_statements_are_told_by_what_they_do(literal: str, verb: str) -> None:
    assert statement(literal) == verb


@pytest.mark.parametrize(
    "literal",
    [
        "",
        "Select a size",
        "Update your profile",
        "Delete this order?",
        "from orders",
        "selected from orders",
        "Insert coin",
        "with love from us",
    ],
)
def test_prose_is_no_statement(literal: str) -> None:
    assert statement(literal) is None


@pytest.mark.parametrize(
    "literal",
    [
        "select " * 20_000,
        "select" + " " * 100_000,
        "update " + "a " * 50_000,
        "insert " + "a " * 50_000,
        "(" * 100_000,
        "with a (" * 20_000,
    ],
)
def test_a_long_text_is_looked_at_for_as_long_as_a_short_one(literal: str) -> None:
    # An expression that runs away would not come back here.
    assert statement(literal) is None
