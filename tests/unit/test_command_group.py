"""The command line as a whole: what leaves a command without being an ``Exception``."""

import click
import pytest
from click.testing import CliRunner

from wct_entrypoints.cli import LazyGroup


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
