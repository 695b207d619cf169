"""Pages and files that are generated: ``python -m tests.docs.generating`` writes them.

Tests compare what is there with what would be written now.
"""

from collections.abc import Iterator
from functools import cache
from inspect import cleandoc
from pathlib import Path

import click

from tests.docs.asyncapi import ASYNCAPI_FILE, asyncapi
from tests.docs.connectors_page import CONNECTORS_PAGE, connectors_page
from tests.docs.event_schemas import event_schema, schema_file
from tests.docs.events_page import EVENTS_PAGE, events_page
from wct_domain.components import Components
from wct_domain.runbook_schema import runbook_schema
from wct_domain.services import ServiceContainer
from wct_domain.upcasting import CURRENT
from wct_entrypoints.api import RunbookSchemaGenerator
from wct_entrypoints.bootstrap.components import built_in
from wct_entrypoints.bootstrap.files import serialise, write_document
from wct_entrypoints.cli import main
from wct_entrypoints.cli.table import COMMANDS, SECTIONS

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
    table = "\n".join(row for heading in SECTIONS for row in _rows(heading))
    context = click.Context(main, info_name="wct")
    sections = [text for name in COMMANDS for text in _sections(name, main, context)]
    return "\n".join([_HEAD, f"| command | |\n|---|---|\n{table}\n", *sections])


def _rows(heading: str) -> Iterator[str]:
    """Write the rows of the list that stand below one heading of the help."""
    yield f"| **{heading}** | |"
    for name, (_, text) in SECTIONS[heading].items():
        yield f"| [`wct {name}`](#wct-{name}) | {text} |"


def _sections(name: str, group: click.Group, parent: click.Context) -> Iterator[str]:
    """Describe a command, and those of the group that it may be."""
    command = group.get_command(parent, name)
    assert command is not None
    context = click.Context(command, parent=parent, info_name=name)
    yield _section(command, context)
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            yield from _sections(each, command, context)


def _section(command: click.Command, context: click.Context) -> str:
    name = context.command_path
    usage = " ".join([name, *command.collect_usage_pieces(context)])
    text = cleandoc(command.help or "")
    options = [
        record
        for param in command.params
        if isinstance(param, click.Option)
        and (record := param.get_help_record(context))
    ]
    rows = "\n".join(
        f"| `{_cell(flags)}` | {_cell(_escaped(what))} |" for flags, what in options
    )
    table = f"\n| option | |\n|---|---|\n{rows}\n" if options else ""
    return f"## {name}\n\n```text\n{usage}\n```\n\n{_escaped(text)}\n{table}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _escaped(text: str) -> str:
    return text.replace("<", "\\<").replace("_", "\\_").replace("*", "\\*")


def bundled_schema() -> bytes:
    """The schema of runbooks that use wct's own components."""
    return serialise(runbook_schema(own_components()).document)


@cache
def event_documents() -> dict[Path, bytes]:
    """File to content: the AsyncAPI document, and the schema of each event."""
    schemas = {schema_file(wire): event_schema(wire) for wire in CURRENT}
    documents = {ASYNCAPI_FILE: asyncapi(), **schemas}
    return {file: serialise(each) + b"\n" for file, each in documents.items()}


def own_components() -> Components:
    return built_in(ServiceContainer())


if __name__ == "__main__":
    CLI_PAGE.write_text(cli_page(), encoding="utf-8")
    CONNECTORS_PAGE.write_text(connectors_page(), encoding="utf-8")
    EVENTS_PAGE.write_text(events_page(), encoding="utf-8")
    schema = runbook_schema(own_components()).document
    write_document(schema, RunbookSchemaGenerator.get_schema_path(), mode=0o644)
    ASYNCAPI_FILE.parent.mkdir(exist_ok=True)
    for file, content in event_documents().items():
        file.write_bytes(content)
