"""The command line: ``wct``.

Nothing but click is imported here: ``wct --help`` and shell completion must feel
instant. A command's module is imported when the command is run, or its own help is
shown; its line in ``wct --help`` stands in :mod:`wct_entrypoints.cli.table`.
"""

import atexit
import gc
import os
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from importlib import import_module
from io import TextIOWrapper
from keyword import iskeyword
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

import click

from wct_domain import __version__
from wct_entrypoints import logs
from wct_entrypoints.cli.table import COMMANDS, SECTIONS
from wct_entrypoints.usual_ledger import DEFAULT, use_by_default

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

SETTINGS_FILES = ("wct.yaml", ".env", "organisation.yaml")
"""What is looked for in the current directory, unless ``--config`` names another."""

PROGRAM = "wct"

INTERRUPTED = 130  # what a shell reports after Ctrl-C


class TableGroup(click.Group):
    """A group that imports a command's module only when it is needed.

    Its commands stand in ``table``, as in ``COMMANDS``; in ``sections`` once more, by
    headings, if they are many. A command of a group within the program has the group's
    name before its own: ``ledger_backup``.
    """

    table: ClassVar[Mapping[str, tuple[str, str]]] = {}
    sections: ClassVar[Mapping[str, Mapping[str, tuple[str, str]]]] = {}
    prefix: ClassVar[str] = ""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in self.table:
            return None
        with not_collecting():
            module = import_module(f"{__name__}.{self.table[cmd_name][0]}")
        name = (self.prefix + cmd_name).replace("-", "_")
        # A function cannot be called like a word of Python's own: ``import_``.
        command: click.Command = getattr(module, name + "_" * iskeyword(name))
        return command

    def shell_complete(
        self, ctx: click.Context, incomplete: str
    ) -> "list[CompletionItem[str]]":
        """Complete the name of a command; none is imported for it."""
        from click.shell_completion import CompletionItem

        commands = [
            CompletionItem(name, help=text)
            for name, (_, text) in self.table.items()
            if name.startswith(incomplete)
        ]
        return commands + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        del ctx
        # One column of names in all sections.
        width = max(map(len, self.table))
        for heading, commands in (self.sections or {"Commands": self.table}).items():
            with formatter.section(heading):
                formatter.write_dl(
                    [(name.ljust(width), text) for name, (_, text) in commands.items()]
                )


class LazyGroup(TableGroup):
    """The whole program."""

    table = COMMANDS
    sections = SECTIONS

    def __call__(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Be the whole program: run a command and end the process.

        Without taking the interpreter apart, which costs as much as a small command.
        """
        for name in ("stdout", "stderr"):
            if getattr(sys, name) is None:
                # Closed by who started us (`>&-`). The next file that is opened would
                # take its place, and might be the ledger: it is taken now.
                setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115
        try:
            self.main(*args, **kwargs)
        except SystemExit as ended:
            end_process(ended.code)
        end_process(0)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command, or complete one for a shell."""
        # A plugin of pydantic is shown each value that is validated: secrets of
        # runbooks, personal data. Looking for some takes time, too.
        os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
        return super().main(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; where it does not care, Ctrl-C ends it with status 130."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                # A locale that lacks a character gets an escape, not a traceback.
                stream.reconfigure(errors="backslashreplace")
        logs.configure(logs.Level.WARNING, _prepare_log)
        try:
            prepare_settings(ctx)
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("Interrupted", err=True)
            sys.exit(INTERRUPTED)
        except BaseException as error:
            if isinstance(error, (Exception, SystemExit)):
                raise
            # A plugin that is asked what it is, outside of a step. Its words may quote
            # data, and a traceback would show them.
            name = type(error).__name__
            click.echo(f"Error: an installed component raised {name}", err=True)
            sys.exit(1)


@contextmanager
def not_collecting() -> Generator[None]:
    """Import modules without the garbage collector, which would find nothing.

    It would look for it all the same, in a tenth of the time that imports take. What
    was imported is then left out of its later searches.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def end_process(code: str | int | None) -> NoReturn:
    """End the process as ``sys.exit(code)`` would, whatever its threads are doing.

    Nothing waits for a step that hangs in C code, or in a thread pool that Python
    would join at exit.
    """
    # What libraries registered, to tidy up: there is no public name for this.
    atexit._run_exitfuncs()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    status = code if isinstance(code, int) else int(code is not None)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            continue  # the reader has left (`| head`)
        except OSError as error:
            status = status or 1
            os.write(2, f"Error: cannot write output: {error.strerror}\n".encode())
    os._exit(status)


def prepare_settings(ctx: click.Context) -> None:
    """Decide what the program takes by default: ``wct.yaml`` says it, if there is one.

    Args:
        ctx: of the whole program.

    Raises:
        SystemExit: the file cannot be used; all is said.
    """
    use_by_default(DEFAULT)
    given = ctx.params.get("config") or os.environ.get("WCT_CONFIG") or None
    if given is None and not any(map(os.path.exists, SETTINGS_FILES)):
        return
    if not {"-h", "--help"}.isdisjoint(ctx.args):
        return  # help must be there when the settings are wrong
    # Here, because reading them needs what help does without.
    from wct_entrypoints.cli.configured import take_settings

    take_settings(ctx, Path(given) if given else None)


def _prepare_log() -> None:
    from wct_entrypoints.cli.log_lines import prepare_structlog

    prepare_structlog()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name=PROGRAM)
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="File of settings. Default: WCT_CONFIG, else wct.yaml.",
)
def main(config: Path | None) -> None:
    """Find personal data and other compliance facts, and keep proof of every finding.

    A runbook (YAML) says what to read and how to analyse it. Each run is recorded as
    events in a ledger (.wct/ledger.db, or --ledger, or WCT_LEDGER).
    """
    del config  # the group has taken it before it calls a command
