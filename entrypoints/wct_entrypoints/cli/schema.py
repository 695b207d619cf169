"""``wct generate-schema``: what an editor needs for runbooks, and others for events."""

import json
from pathlib import Path
from typing import Any

import click

from wct_entrypoints.cli.printing import print_json_lines
from wct_entrypoints.cli.shared import errors_end_the_command, printable


@click.command("generate-schema")
@click.option(
    "--events",
    is_flag=True,
    help="Instead: the AsyncAPI 3.0 document of what subscribers are sent.",
)
@click.option(
    "--event",
    "wire",
    metavar="TYPE",
    help="Instead: the JSON Schema (2020-12) of one event, such as step.completed/1.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="Write it to this file instead of stdout.",
)
def generate_schema(*, events: bool, wire: str | None, output: Path | None) -> None:
    """Print the JSON Schema (draft 7) of runbooks.

    It has the format's rules and the properties of each installed connector and
    analyser, those of plugins too. Most editors take it from a comment in the first
    line of a runbook: # yaml-language-server: $schema=runbook.schema.json

    With --events or --event it prints what programs need that take events: see
    wct run --events, webhooks and brokers.
    """
    if events and wire is not None:
        msg = "--events and --event are two documents: keep one"
        raise click.UsageError(msg)
    with errors_end_the_command():
        if events:
            _give(_of_events("asyncapi"), "AsyncAPI document", output)
        elif wire is not None:
            _give(_of_events(_file_of(wire)), "event schema", output)
        else:
            _give(_of_runbooks(), "runbook schema", output)


def _give(document: dict[str, Any], what: str, output: Path | None) -> None:
    # Here, as all below: the help does without.
    from wct_entrypoints.bootstrap.files import serialise, write_document

    if output is None or str(output) == "-":
        print_json_lines([serialise(document)])
    else:
        write_document(document, output, what, mode=0o644)
        click.echo(f"Wrote {printable(str(output))}", err=True)


def _of_runbooks() -> dict[str, Any]:
    # They import every component.
    from wct_domain.runbook_schema import runbook_schema
    from wct_domain.services import ServiceContainer
    from wct_entrypoints.bootstrap.components import installed

    schema = runbook_schema(installed(ServiceContainer()))
    for name, reason in schema.left_out.items():
        text = f"Warning: the properties of {name} are not described: {reason}"
        click.echo(printable(text), err=True)
    return schema.document


def _of_events(name: str) -> dict[str, Any]:
    from wct_entrypoints.bootstrap.schemas import EVENT_SCHEMAS

    document: dict[str, Any] = json.loads((EVENT_SCHEMAS / f"{name}.json").read_bytes())
    return document


def _file_of(wire: str) -> str:
    from wct_domain.upcasting import CURRENT

    if wire in CURRENT:
        return wire.replace("/", "-")
    stem = wire.partition("/")[0]
    near = [each for each in CURRENT if each.partition("/")[0] == stem]
    hint = f"; '{near[0]}' is one" if near else f"; known are {', '.join(CURRENT)}"
    msg = f"'{wire}' is no event{hint}"
    raise click.BadParameter(msg, param_hint="--event")
