"""What ``wct init`` does: look, write, check, and say what is next."""

import shlex
import sys
from pathlib import Path

import click

from wct_domain.components import Components
from wct_domain.errors import ConfigurationError, ExportError
from wct_domain.services import ServiceContainer
from wct_entrypoints.bootstrap.components import installed
from wct_entrypoints.cli.examination import examine_file
from wct_entrypoints.cli.printing import print_lines
from wct_entrypoints.cli.shared import counted, printable
from wct_entrypoints.first_runbook.survey import Survey, survey
from wct_entrypoints.first_runbook.text import SOURCE_CODE, runbook_text

INVALID = 1


def write_first_runbook(target: str, output: Path | None) -> None:
    """Write it; to stdout for None.

    Raises:
        ConfigurationError: there is nothing to read, or it cannot be read here.
        ExportError: the file is there already, or cannot be written.
    """
    if output is not None and output.exists():
        raise ExportError(_is_there(output))
    found = survey(target)
    components = installed(ServiceContainer())
    if found.server is not None and found.server.type not in components.connectors:
        msg = f"no {found.server.type} is installed; wct ls-connectors lists what is"
        raise ConfigurationError(msg)
    text = runbook_text(found, _usable(components), output)
    try:
        content = text.encode()
    except UnicodeEncodeError:
        msg = f"a name in {target!a} is no text, which a runbook cannot hold"
        raise ConfigurationError(msg) from None
    if output is None:
        print_lines(text.splitlines())
        return
    _write(output, content)
    _say(found, output)


def _usable(components: Components) -> set[str]:
    """Return the types of analysers that could be made now."""
    code = components.analysers.get(SOURCE_CODE)
    if code is not None and code.can_create({}):
        return {*components.analysers}
    return {*components.analysers} - {SOURCE_CODE}


def _write(output: Path, content: bytes) -> None:
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with output.open("xb") as file:
            file.write(content)
    except FileExistsError:
        raise ExportError(_is_there(output)) from None
    except OSError as error:
        msg = f"Failed to write {output}: {error.strerror or error}"
        raise ExportError(msg) from error


def _is_there(output: Path) -> str:
    return f"{output} is there already; choose another file with --output"


def _say(found: Survey, output: Path) -> None:
    examined = examine_file(
        output, lambda types: installed(ServiceContainer(), types), thorough=True
    )
    for placed in examined.placed():
        click.echo(examined.text(placed, placed.remark.level), err=True)
    name = printable(str(output))
    click.echo(f"Wrote {name}: it reads {_what(found)}.", err=True)
    if examined.report.errors:
        click.echo(f"Next: mend it, then wct validate-runbook {name}", err=True)
        sys.exit(INVALID)
    command = printable(shlex.join(["wct", "run", str(output)]))
    click.echo(f"Next: look it over, then {command}", err=True)


def _what(found: Survey) -> str:
    if found.server is not None:
        return printable(
            f"{found.server.database or 'databases'} on {found.server.host}"
        )
    parts = [
        counted(count, noun)
        for count, noun in (
            (found.files, "file"),
            (len(found.databases), "SQLite database"),
        )
        if count
    ]
    return " and ".join(parts)
