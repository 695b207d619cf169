"""Tables, wrapped text and JSON, as commands print them."""

import json

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from wct_entrypoints.cli import printing
from wct_entrypoints.cli.printing import (
    painted,
    print_json,
    print_lines,
    table_lines,
    wrapped,
)


@pytest.fixture
def forty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "terminal_width", lambda: 40)


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    rows = [("STEP", "ITEMS", "SAVED"), ("a", "1,200", "yes"), ("longer", "7", "no")]
    assert list(table_lines(rows, right=(1,), indent=2)) == [
        "  STEP    ITEMS  SAVED",
        "  a       1,200  yes",
        "  longer      7  no",
    ]


def test_wide_and_combining_characters_take_the_columns_that_they_take() -> None:
    rows = [("日本", "x"), ("e\u0301", "x"), ("abcd", "x")]
    assert list(table_lines(rows)) == ["日本  x", "e\u0301     x", "abcd  x"]


def test_a_table_without_rows_has_no_lines() -> None:
    assert list(table_lines([])) == []


@pytest.mark.usefixtures("forty_columns")
def test_a_flexible_column_is_cut_where_a_terminal_is_too_narrow() -> None:
    rows = [("n" * 60, "2026-11-22 15:44:34", "yes")]
    (line,) = table_lines(rows, flexible=(0,))
    assert line == "n" * 13 + "…  2026-11-22 15:44:34  yes"
    assert len(line) == 40


@pytest.mark.usefixtures("forty_columns")
def test_wide_characters_are_cut_too() -> None:
    (line,) = table_lines([("日" * 60, "x" * 30)], flexible=(0,))
    assert line == "日日日…   " + "x" * 30  # seven columns of the eight that are left


def test_in_a_pipe_nothing_is_cut_or_wrapped() -> None:
    (line,) = table_lines([("n" * 500,)], flexible=(0,))
    assert line == "n" * 500
    assert wrapped("  ", "word " * 100) == "  " + "word " * 100


@pytest.mark.usefixtures("forty_columns")
def test_text_is_wrapped_behind_its_head_on_a_terminal() -> None:
    lines = wrapped("reason  ", "word " * 20).splitlines()
    assert lines[0].startswith("reason  word")
    assert all(line.startswith(" " * 8 + "word") for line in lines[1:])
    assert max(map(len, lines)) <= 40


def test_nothing_is_coloured_in_a_pipe() -> None:
    assert painted("failed ") == "failed "


def printed(value: object) -> str:
    import click

    @click.command()
    def command() -> None:
        print_json(value)

    return CliRunner().invoke(command, catch_exceptions=False).stdout


JSON = st.recursive(
    st.text() | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_json_says_what_was_meant(value: object) -> None:
    assert json.loads(printed(value)) == value


def test_json_has_no_character_that_a_terminal_obeys() -> None:
    text = "\x1b[2J\x9b31m\x7f\u202e\u2066\u2028"
    shown = printed([text])
    assert json.loads(shown) == [text]
    assert set(text.replace("[2J", "").replace("31m", "")).isdisjoint(shown)
    assert printed(["größe"]) == '[\n  "größe"\n]\n'


def test_many_lines_are_printed_in_order() -> None:
    import click

    @click.command()
    def command() -> None:
        print_lines(f"line {number}" for number in range(20_000))

    lines = CliRunner().invoke(command, catch_exceptions=False).stdout.splitlines()
    assert lines == [f"line {number}" for number in range(20_000)]
