"""What commands have in common: options, and how an error ends a command.

Results go to stdout, everything else to stderr. Exit status: 0 all well, 1 the
command could not do its work, 2 usage, 3 finished with failed steps, 4 a gate
tripped, 130 interrupted (143 by SIGTERM).
"""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias, TypeVar

import click

from wct_domain.errors import WctError
from wct_entrypoints import logs

if TYPE_CHECKING:
    from wct_entrypoints.bootstrap.configuration import Configured

F = TypeVar("F", bound=Callable[..., Any])

LedgerPlace: TypeAlias = Path | str
"""A ledger as it was named: a file, or the URL of a PostgreSQL database (text)."""

FAILED_STEPS = 3
GATE = 4

_TRUSTED = "wct.trust_config"


class _LedgerPlace(click.Path):
    """A path, or a URL, which stays text: a path would lose one of its slashes."""

    def convert(
        self,
        value: Any,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Any:
        from wct_entrypoints.bootstrap.ledgers import is_url

        return value if is_url(str(value)) else super().convert(value, param, ctx)


def ledger_option(command: F) -> F:
    """Add ``--ledger``."""
    return click.option(
        "--ledger",
        type=_LedgerPlace(path_type=Path, dir_okay=False),
        metavar="FILE|URL",
        help="Ledger file, or postgresql://USER@HOST/DATABASE. "
        "Default: WCT_LEDGER, else .wct/ledger.db.",
    )(command)


def json_option(command: F) -> F:
    """Add ``--json``, with ``--format json`` as another way to say it."""

    def chosen(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
        if value == "json":
            ctx.params["as_json"] = True

    command = click.option(
        "--format",
        type=click.Choice(["text", "json"]),
        callback=chosen,
        expose_value=False,
        hidden=True,
    )(command)
    return click.option(
        "--json", "as_json", is_flag=True, help="Print JSON, for programs."
    )(command)


def trust_option(command: F) -> F:
    """Add ``--trust-config``, which ``is_config_trusted`` knows of."""

    def said(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
        ctx.meta[_TRUSTED] = value

    return click.option(
        "--trust-config",
        is_flag=True,
        envvar="WCT_TRUST_CONFIG",
        callback=said,
        expose_value=False,
        help="Use the subscribers of a wct.yaml that stands in a Git repository.",
    )(command)


def is_config_trusted() -> bool:
    """Whether ``--trust-config`` was said, to a command that has it."""
    return bool(click.get_current_context().meta.get(_TRUSTED, False))


def settings() -> "Configured | None":
    """Return what ``wct.yaml`` and its like say; None where there is no such file."""
    found: Configured | None = click.get_current_context().find_root().obj
    return found


@contextmanager
def errors_end_the_command(*, verbose: bool = False) -> Generator[None]:
    """Print an expected error as one line and exit with its status.

    A bug stays a traceback. ``verbose`` adds the traceback of an expected one.
    """
    try:
        yield
    except WctError as error:
        if verbose:
            import traceback

            click.echo(printable(traceback.format_exc(), multiline=True), err=True)
        fail(str(error), status=error.exit_status)
    except BrokenPipeError:
        # The reader of our output has left (`| head`): no reason to complain.
        sys.exit(0)


def fail(message: str, *, status: int = 1) -> NoReturn:
    """Print an error and exit."""
    if logs.writes_json():
        logs.Log("wct").error("command.failed", message=message, status=status)
    else:
        click.echo(f"Error: {printable(message, multiline=True)}", err=True)
    sys.exit(status)


def warn(message: str, *, prefix: str = "warning: ") -> None:
    """Print what somebody should know, and does not stop the command."""
    if logs.writes_json():
        logs.Log("wct").warning("command.warned", message=message)
    else:
        click.echo(f"{prefix}{printable(message)}", err=True)


def counted(count: int, word: str) -> str:
    """Write a number of things: ``1 step``, ``2 steps``."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def printable(text: str, *, multiline: bool = False) -> str:
    """Return text that cannot move the cursor or colour the terminal.

    Control characters, and those that reorder text, become visible escapes: names
    come from files that somebody else wrote.
    """
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() or (multiline and each == "\n") else _escaped(each)
        for each in text
    )


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
