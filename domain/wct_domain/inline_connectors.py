"""Steps that say themselves what they read, as the next format of runbooks has it.

There, a step has its connector inline, and an artifact is read by one, too::

    connector: {type: artifact, properties: {step_id: extract}}

Such a step is rewritten to the one form that everything else knows, before it is
looked at: ``input_from``, or the name of a connector in the list of the runbook. So
plan, record and digests are those of a runbook that was written in that form.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple, cast

ARTIFACT: Final = "artifact"
"""Type of the connector that reads what another step has kept."""

Location = tuple[str | int, ...]

_BOTH: Final = (  # in the words of the model, and of pydantic around them
    "Value error, Step cannot have both 'connector' and 'input_from' "
    "- choose one data source"
)
_STEP_ID: Final = "step_id"
_MISSING: Final = f"an artifact needs '{_STEP_ID}': the id of the step to read from"


class OneForm(NamedTuple):
    """A runbook's document without inline connectors, and where the file has them.

    ``problems`` are places in the file, each with what is wrong there: connectors that
    could not be rewritten, and are still in the document.
    """

    document: object
    moved: Mapping[Location, Location]
    problems: tuple[tuple[Location, str], ...] = ()

    def place(self, location: Location) -> Location:
        """Return where the file has what stands in the document at ``location``."""
        for length in range(len(location), 0, -1):
            origin = self.moved.get(location[:length])
            if origin is not None:
                return origin + location[length:]
        return location


def in_one_form(document: object) -> OneForm:
    """Rewrite a parsed YAML document; what it was made of stays as it is.

    A document without inline connectors, or whose lists are none, is returned as is.
    """
    whole = _mapping(document)
    listed: object = whole.get("connectors") or []
    steps: object = whole.get("execution")
    if not isinstance(steps, list) or not isinstance(listed, list):
        return OneForm(document, {})
    connectors, items = cast("list[Any]", listed), cast("list[Any]", steps)
    inline = [n for n, step in enumerate(items) if _has_inline(step)]
    if not inline:
        return OneForm(document, {})
    rewriting = _Rewriting([*connectors], [*items])
    for number in inline:
        rewriting.rewrite(number)
    rewritten = {
        **whole,
        "connectors": rewriting.connectors,
        "execution": rewriting.steps,
    }
    return OneForm(rewritten, rewriting.moved, tuple(rewriting.problems))


class _Rewriting:
    """Takes connectors out of steps, one step after the other."""

    def __init__(self, connectors: list[Any], steps: list[Any]) -> None:
        self.connectors = connectors
        self.steps = steps
        self.moved: dict[Location, Location] = {}
        self.problems: list[tuple[Location, str]] = []
        given = [*connectors, *(_mapping(each).get("connector") for each in steps)]
        names = (_mapping(each).get("name") for each in given)
        self._taken = {name for name in names if isinstance(name, str)}

    def rewrite(self, number: int) -> None:
        step = cast("dict[str, Any]", self.steps[number])
        at: Location = ("execution", number)
        if step.get("input_from"):
            self.problems.append((at, _BOTH))
        elif step["connector"].get("type") == ARTIFACT:
            self._of_a_step(step, at)
        else:
            self._of_a_source(step, at)

    def _of_a_step(self, step: dict[str, Any], at: Location) -> None:
        wrong = list(_wrong(step["connector"], (*at, "connector")))
        self.problems += wrong
        if not wrong:
            origin = step["connector"]["properties"][_STEP_ID]
            self._put(at, {**_less_connector(step), "input_from": origin})
            self.moved[*at, "input_from"] = (*at, "connector", "properties", _STEP_ID)

    def _of_a_source(self, step: dict[str, Any], at: Location) -> None:
        connector = cast("dict[str, Any]", step["connector"])
        name = connector.get("name")
        if name is None:
            name = self._free(step.get("id"))
        self.moved["connectors", len(self.connectors)] = (*at, "connector")
        self.connectors.append({**connector, "name": name})
        self._put(at, {**step, "connector": name})

    def _put(self, at: Location, step: dict[str, Any]) -> None:
        self.steps[cast("int", at[-1])] = step

    def _free(self, wanted: object) -> str:
        """Name a connector after its step, unless another one is called so."""
        stem = wanted if isinstance(wanted, str) and wanted else "inline"
        name, number = stem, 1
        while name in self._taken:
            number += 1
            name = f"{stem}-{number}"
        self._taken.add(name)
        return name


def _wrong(
    connector: Mapping[str, Any], at: Location
) -> Iterator[tuple[Location, str]]:
    """Say what is wrong with one that reads an artifact."""
    properties = connector.get("properties")
    if not isinstance(properties, dict):
        yield (*at, "properties"), _MISSING
        return
    named = cast("dict[Any, Any]", properties)
    for name in named:
        if name != _STEP_ID:
            text = f"an artifact has no such property; it has '{_STEP_ID}'"
            yield (*at, "properties", str(name)), text
    origin = named.get(_STEP_ID)
    if not isinstance(origin, str) or not origin:
        yield (*at, "properties", _STEP_ID), _MISSING


def _has_inline(step: object) -> bool:
    return isinstance(_mapping(step).get("connector"), dict)


def _less_connector(step: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in step.items() if key != "connector"}


def _mapping(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
