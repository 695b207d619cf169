"""What a step with a ``timeout`` needs: properties that can go to another process."""

from collections.abc import Iterator
from math import isfinite
from typing import Any, cast

from wct_domain.runbook import AnalyserConfig, ConnectorConfig
from wct_domain.validation.remarks import Location, Remark, error
from wct_domain.validation.sketch import Entry, Sketch


def limit_remarks(runbook: Sketch) -> Iterator[Remark]:
    """Report properties that are not JSON, of components that such steps use."""
    steps = [each.model for each in runbook.steps if each.model and each.model.timeout]
    connectors = {step.connector for step in steps}
    analysers = {step.analyser for step in steps}
    entries: list[Entry[ConnectorConfig] | Entry[AnalyserConfig]] = [
        *runbook.connectors,
        *runbook.analysers,
    ]
    for entry in entries:
        used = connectors if entry.section == "connectors" else analysers
        if entry.model is None or entry.model.name not in used:
            continue
        place = beyond_json(entry.model.properties)
        if place is not None:
            message = "this is not JSON, as a step with a timeout needs it"
            at = entry.at("properties", *place)
            yield error(at, message, "put it in quotes", stops_run=True)


def beyond_json(value: object, path: Location = ()) -> Location | None:
    """Return where something is that YAML has and JSON has not: a date, a set."""
    inner: list[tuple[object, str | int]]
    if isinstance(value, dict):
        members = cast("dict[Any, Any]", value)
        if not all(isinstance(name, str) for name in members):
            return path
        inner = [(member, str(name)) for name, member in members.items()]
    elif isinstance(value, list):
        items = cast("list[Any]", value)
        inner = [(item, index) for index, item in enumerate(items)]
    elif isinstance(value, float):
        return None if isfinite(value) else path
    else:
        return None if value is None or isinstance(value, (str, int)) else path
    found = (beyond_json(member, (*path, step)) for member, step in inner)
    return next((place for place in found if place is not None), None)
