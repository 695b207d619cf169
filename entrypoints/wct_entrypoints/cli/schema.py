"""``wct generate-schema``: what an editor needs to help with runbooks."""

from pathlib import Path

import click

from wct_domain.runbook_schema import runbook_schema
from wct_domain.services import ServiceContainer
from wct_entrypoints.cli.printing import print_json_lines
from wct_entrypoints.cli.shared import errors_end_the_command, printable


@click.command("generate-schema")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="Write it to this file instead of stdout.",
)
def generate_schema(*, output: Path | None) -> None:
    """Print the JSON Schema (draft 7) of runbooks.

    It has the format's rules and the properties of each installed connector and
    analyser, those of plugins too. Most editors take it from a comment in the first
    line of a runbook: # yaml-language-server: $schema=runbook.schema.json
    """
    # Here, because they import every component.
    from wct_entrypoints.bootstrap.components import installed
    from wct_entrypoints.bootstrap.files import serialise, write_document

    with errors_end_the_command():
        schema = runbook_schema(installed(ServiceContainer()))
        for name, reason in schema.left_out.items():
            text = f"Warning: the properties of {name} are not described: {reason}"
            click.echo(printable(text), err=True)
        if output is None or str(output) == "-":
            print_json_lines([serialise(schema.document)])
        else:
            write_document(schema.document, output, "runbook schema", mode=0o644)
            click.echo(f"Wrote {printable(str(output))}", err=True)
