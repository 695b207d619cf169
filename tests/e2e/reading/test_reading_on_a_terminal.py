"""What people see: lines that fit, colour that can be refused."""

from collections.abc import Mapping

import pytest

from tests.e2e.processes import Wct
from tests.e2e.reading.ledgers import Records
from tests.e2e.terminals import on_a_terminal

WIDTH = 80


def shown(wct: Wct, *arguments: str, env: Mapping[str, str] | None = None) -> list[str]:
    """Run a command whose stdout is a terminal; return what appears there."""
    terminal = {"COLUMNS": str(WIDTH), "TERM": "xterm", **(env or {})}
    seen = on_a_terminal(wct, *arguments, env=terminal)
    assert seen.status == 0
    return seen.lines


@pytest.mark.parametrize(
    "arguments",
    [
        ("runs",),
        ("show", "latest"),
        ("events", "latest"),
        ("events", "latest", "--verbose"),
        ("artifacts", "latest"),
        ("replay", "latest"),
        ("why", "latest", "broken"),
        ("diff", "latest", "latest"),
    ],
    ids=" ".join,
)
def test_lines_fit_and_no_colour_means_none(
    wct: Wct, records: Records, arguments: tuple[str, ...]
) -> None:
    records.with_failures(name="A runbook with a name of more than thirty characters")
    lines = shown(wct, *arguments, env={"NO_COLOR": "1"})
    assert len(lines) > 1
    assert [line for line in lines if len(line) > WIDTH] == []
    assert "\x1b" not in "".join(lines)


def test_a_status_is_coloured_on_a_terminal_only(wct: Wct, records: Records) -> None:
    records.completed()
    plain = wct("runs").stdout
    coloured = "\n".join(shown(wct, "runs")) + "\n"
    assert "\x1b[32mcompleted\x1b[0m" in coloured
    assert coloured.replace("\x1b[32m", "").replace("\x1b[0m", "") == plain


def test_a_dumb_terminal_gets_no_colour(wct: Wct, records: Records) -> None:
    records.completed()
    assert "\x1b" not in "".join(shown(wct, "runs", env={"TERM": "dumb"}))
