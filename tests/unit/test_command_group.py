"""The command line as a whole: what leaves a command without being an ``Exception``."""

import click
import pytest
from click.testing import CliRunner

from wct_entrypoints.cli import LazyGroup, main
from wct_entrypoints.cli.ledger import LEDGER_COMMANDS
from wct_entrypoints.cli.table import COMMANDS, SECTIONS


class Strange(BaseException):
    """What no command raises, but a component might."""


def ended_by(error: BaseException) -> tuple[int, str]:
    """Exit status and stderr of a command that ends like this."""

    def work() -> None:
        raise error

    class OneCommand(LazyGroup):
        def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
            del ctx
            return click.Command(cmd_name, callback=work)

    result = CliRunner().invoke(OneCommand("wct"), ["work"])
    return result.exit_code, result.stderr


def test_what_a_component_raises_outside_of_a_step_is_named_without_its_words() -> None:
    assert ended_by(Strange("ann@example.org")) == (
        1,
        "Error: an installed component raised Strange\n",
    )


@pytest.mark.parametrize(
    ("error", "status"), [(KeyboardInterrupt(), 130), (SystemExit(7), 7)]
)
def test_ctrl_c_and_leaving_keep_their_status(
    error: BaseException, status: int
) -> None:
    assert ended_by(error)[0] == status


@pytest.mark.parametrize("arguments", [["--help"], ["ledger", "--help"]])
def test_each_command_has_one_line_of_80_columns_in_the_help(
    arguments: list[str],
) -> None:
    shown = CliRunner().invoke(main, arguments, env={"COLUMNS": "80"}).stdout
    lines = shown.splitlines()
    table = LEDGER_COMMANDS if "ledger" in arguments else COMMANDS
    for name, (_, text) in table.items():
        (line,) = [each for each in lines if each.split()[:1] == [name]]
        assert line.endswith(f" {text}")
    assert max(map(len, lines)) <= 80


def test_every_command_stands_below_one_heading() -> None:
    names = [name for section in SECTIONS.values() for name in section]
    assert sorted(names) == sorted({*names}) == sorted(COMMANDS)
    shown = CliRunner().invoke(main, ["--help"]).stdout
    assert [each for each in SECTIONS if f"\n{each}:\n" not in shown] == []


@pytest.mark.parametrize("name", [*COMMANDS, *(f"ledger {e}" for e in LEDGER_COMMANDS)])
def test_help_of_a_command_fits_80_columns(name: str) -> None:
    shown = CliRunner().invoke(main, [*name.split(), "--help"], env={"COLUMNS": "80"})
    assert shown.exit_code == 0
    assert [line for line in shown.stdout.splitlines() if len(line) > 80] == []
