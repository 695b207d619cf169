"""Pages and files that are generated: ``python -m tests.docs.generating`` writes them.

Tests compare what is there with what would be written now.
"""

from inspect import cleandoc
from pathlib import Path

import click

from tests.docs.events_page import EVENTS_PAGE, events_page
from wct_domain.components import Components
from wct_domain.runbook_schema import runbook_schema
from wct_domain.services import ServiceContainer
from wct_entrypoints.api import RunbookSchemaGenerator
from wct_entrypoints.bootstrap.components import built_in
from wct_entrypoints.bootstrap.files import serialise, write_document
from wct_entrypoints.cli import COMMANDS, main

ROOT = Path(__file__).parents[2]
CLI_PAGE = ROOT / "docs" / "reference" / "cli.md"

_HEAD = """\
# Command line

Results go to stdout, everything else (progress, warnings, errors) to stderr, so that
a pipe gets results only. `--json` prints for programs; `--format json` is another way
to say it. Colour is used on a terminal only, and not with `NO_COLOR`. How a command
ends is told in [exit status](exit-status.md). `wct --version` prints the version.

This page is generated from the commands (`python -m tests.docs.generating`); `wct
COMMAND --help` says the same.
"""


def cli_page() -> str:
    """Describe every command, from what click knows of it."""
    table = "\n".join(
        f"| [`wct {name}`](#wct-{name}) | {text} |"
        for name, (_, text) in COMMANDS.items()
    )
    sections = [_section(name) for name in COMMANDS]
    return "\n".join([_HEAD, f"| command | |\n|---|---|\n{table}\n", *sections])


def _section(name: str) -> str:
    context = click.Context(main, info_name="wct")
    command = main.get_command(context, name)
    assert command is not None
    inner = click.Context(command, parent=context, info_name=name)
    usage = " ".join([f"wct {name}", *command.collect_usage_pieces(inner)])
    text = cleandoc(command.help or "")
    options = [
        record
        for param in command.params
        if isinstance(param, click.Option) and (record := param.get_help_record(inner))
    ]
    rows = "\n".join(
        f"| `{_cell(flags)}` | {_cell(_escaped(what))} |" for flags, what in options
    )
    table = f"\n| option | |\n|---|---|\n{rows}\n" if options else ""
    return f"## wct {name}\n\n```text\n{usage}\n```\n\n{_escaped(text)}\n{table}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _escaped(text: str) -> str:
    return text.replace("<", "\\<").replace("_", "\\_").replace("*", "\\*")


def bundled_schema() -> bytes:
    """The schema of runbooks that use wct's own components."""
    return serialise(runbook_schema(own_components()).document)


def own_components() -> Components:
    return built_in(ServiceContainer())


if __name__ == "__main__":
    CLI_PAGE.write_text(cli_page(), encoding="utf-8")
    EVENTS_PAGE.write_text(events_page(), encoding="utf-8")
    schema = runbook_schema(own_components()).document
    write_document(schema, RunbookSchemaGenerator.get_schema_path(), mode=0o644)
