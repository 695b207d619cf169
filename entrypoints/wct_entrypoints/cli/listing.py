"""``wct ls-connectors``, ``ls-analysers``, ``ls-rulesets``: what is installed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from wct_domain import __version__
from wct_domain.components import (
    Components,
    description,
    input_schemas,
    output_schemas,
)
from wct_domain.explaining import explain
from wct_domain.ports.components import ComponentFactory
from wct_domain.rulesets.source import RulesetSummary
from wct_domain.schemas import Schema
from wct_domain.services import ServiceContainer
from wct_entrypoints.cli.printing import print_json, print_lines, wrapped
from wct_entrypoints.cli.shared import (
    counted,
    errors_end_the_command,
    json_option,
    printable,
)

_INDENT = "    "
OWN = f"wct {__version__}"


@click.command("ls-connectors")
@json_option
def ls_connectors(*, as_json: bool) -> None:
    """List the connectors that runbooks can use, by name.

    --json prints a list of objects: name, description, origin (wct, or the package
    that brings it, with its version), output_schemas (name/version).
    """
    with errors_end_the_command():
        components = _installed()
        entries = [
            _component(factory, components)
            for _, factory in sorted(components.connectors.items())
        ]
        for entry in entries:
            del entry["input_schemas"]
        _print(entries, "connectors", as_json=as_json)


@click.command("ls-analysers")
@json_option
def ls_analysers(*, as_json: bool) -> None:
    """List the analysers that runbooks can use, by name.

    --json prints a list of objects: name, description, origin (wct, or the package
    that brings it, with its version), input_schemas (empty: any), output_schemas
    (name/version).
    """
    with errors_end_the_command():
        components = _installed()
        entries = [
            _component(factory, components)
            for _, factory in sorted(components.analysers.items())
        ]
        _print(entries, "analysers", as_json=as_json)


@click.command("ls-rulesets")
@json_option
def ls_rulesets(*, as_json: bool) -> None:
    """List the rulesets that analysers can use, every installed version.

    --json prints a list of objects: name, version, description, origin, rule_type,
    rules and patterns (how many), digest (SHA-256 of the file), problem (why it is
    not usable; null if it is).
    """
    # Here, because it imports every component.
    from wct_entrypoints.bootstrap.components import ruleset_origins

    with errors_end_the_command():
        entries = [
            _ruleset(summary, origin) for summary, origin in ruleset_origins(OWN)
        ]
        _print(entries, "rulesets", as_json=as_json)


def _installed() -> Components:
    # Here, because it imports every component.
    from wct_entrypoints.bootstrap.components import installed

    return installed(ServiceContainer())


def _component(
    factory: ComponentFactory[Any], components: Components
) -> dict[str, Any]:
    name = factory.get_component_name()
    entry: dict[str, Any] = {
        "name": name,
        "description": description(factory),
        "origin": components.origins.get(name, OWN),
    }
    try:
        entry["input_schemas"] = _names(input_schemas(factory))
        entry["output_schemas"] = _names(output_schemas(factory))
    except Exception as error:  # noqa: BLE001  # a plugin: it stays in the list
        text = f"Warning: {name} cannot say which schemas it knows: {explain(error)}"
        click.echo(printable(text), err=True)
        entry |= {"input_schemas": [], "output_schemas": []}
    return entry


def _names(schemas: Sequence[Schema]) -> list[str]:
    return [f"{schema.name}/{schema.version}" for schema in schemas]


def _ruleset(summary: RulesetSummary, origin: str) -> dict[str, Any]:
    return {
        "name": summary.name,
        "version": summary.version,
        "description": summary.description,
        "origin": origin,
        "rule_type": summary.rule_type,
        "rules": summary.rules,
        "patterns": summary.patterns,
        "digest": summary.digest,
        "problem": summary.problem,
    }


def _print(entries: Sequence[Mapping[str, Any]], what: str, *, as_json: bool) -> None:
    if as_json:
        print_json(entries)
    elif entries:
        print_lines(line for entry in entries for line in _lines(entry))
    else:
        click.echo(f"No {what} are installed.", err=True)


def _lines(entry: Mapping[str, Any]) -> Iterator[str]:
    version = f" {entry['version']}" if "version" in entry else ""
    yield printable(f"{entry['name']}{version}  ({entry['origin']})")
    if entry["description"]:
        yield wrapped(_INDENT, entry["description"])
    if "rules" in entry:
        counts = counted(entry["rules"], "rule"), counted(entry["patterns"], "pattern")
        yield f"{_INDENT}{', '.join(counts)}, {printable(entry['rule_type'])}"
    if entry.get("problem"):
        yield wrapped(f"{_INDENT}not usable: ", entry["problem"])
    for key, verb in (("input_schemas", "reads"), ("output_schemas", "produces")):
        if entry.get(key):
            yield wrapped(f"{_INDENT}{verb} ", ", ".join(entry[key]))
