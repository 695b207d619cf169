"""``wct ls-subscribers``: who would be told of the events of a run."""

from collections.abc import Iterator
from typing import Any

import click

from wct_entrypoints import plugins
from wct_entrypoints.cli.printing import print_json, print_lines, wrapped
from wct_entrypoints.cli.shared import errors_end_the_command, json_option, printable

_INDENT = "    "


@click.command("ls-subscribers")
@json_option
def ls_subscribers(*, as_json: bool) -> None:
    """List the subscribers that installed packages bring; every run tells them.

    --json prints a list of objects: name, description, origin (the package that brings
    it, with its version), types (of events that it is told; empty: all), on_replay
    ('run' if it may be told what happened long ago, else 'skip'), problem (why it is
    not usable; null if it is).
    """
    with errors_end_the_command():
        entries = [_entry(each) for each in plugins.installed_subscribers()]
        if as_json:
            print_json(entries)
        elif entries:
            print_lines(line for entry in entries for line in _lines(entry))
        else:
            click.echo("No subscribers are installed.", err=True)


def _entry(found: plugins.InstalledSubscriber) -> dict[str, Any]:
    declared = found.declared
    return {
        "name": found.name,
        "description": declared.description if declared else "",
        "origin": found.origin,
        "types": [each.type for each in declared.types] if declared else [],
        "on_replay": declared.on_replay if declared else "skip",
        "problem": found.problem,
    }


def _lines(entry: dict[str, Any]) -> Iterator[str]:
    yield printable(f"{entry['name']}  ({entry['origin']})")
    if entry["description"]:
        yield wrapped(_INDENT, entry["description"])
    if entry["problem"] is not None:
        yield wrapped(f"{_INDENT}not usable: ", entry["problem"])
        return
    yield wrapped(f"{_INDENT}wants ", ", ".join(entry["types"]) or "all events")
    if entry["on_replay"] == "run":
        yield f"{_INDENT}may be told what happened long ago"
