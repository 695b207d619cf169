"""A runbook file and everything that is remarked on it, each with its line."""

import os
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

from wct_domain.components import Components
from wct_domain.inline_connectors import in_one_form
from wct_domain.substitution import substituted
from wct_domain.validation.remarks import Remark
from wct_domain.validation.report import Report, examine
from wct_entrypoints.bootstrap.runbooks import (
    duplicate_keys,
    lines_of,
    read_runbook_file,
)
from wct_entrypoints.bootstrap.schemas import RegisteredSchemas
from wct_entrypoints.cli.shared import printable


class Placed(NamedTuple):
    """A remark with the line that it is about; None where nobody knows."""

    line: int | None
    remark: Remark

    @property
    def document(self) -> dict[str, Any]:
        """The shape that programs read."""
        remark = self.remark
        return {
            "level": remark.level,
            "line": self.line,
            "field": remark.field,
            "location": list(remark.location),
            "message": remark.message,
            "way_out": remark.way_out or None,
            "stops_run": remark.stops_run,
        }


class Examination(NamedTuple):
    """What a file holds, and what there is to say of it."""

    path: Path
    source: bytes
    report: Report
    components: Components

    def placed(self, remarks: Sequence[Remark] | None = None) -> list[Placed]:
        """Find the lines of remarks, of all by default; in the order of the file."""
        chosen = self.report.remarks if remarks is None else remarks
        if not chosen:
            return []
        lines = lines_of(self.source, [remark.location for remark in chosen])
        placed = [
            Placed(remark.line or line, remark)
            for remark, line in zip(chosen, lines, strict=True)
        ]
        return sorted(placed, key=lambda each: each.line or 0)

    def text(self, placed: Placed, level: str = "") -> str:
        """Write ``file:line: level: field: message``, safe for a terminal."""
        line = "" if placed.line is None else f":{placed.line}"
        said = f"{level}: " if level else ""
        remark = placed.remark
        return printable(f"{self.path}{line}: {said}{remark.field}: {remark.text}")


def types_in(document: object) -> set[str]:
    """Collect the component types that a parsed document names, whatever it is."""
    sections = _object(in_one_form(document).document)
    entries = [
        *_items(sections.get("connectors")),
        *_items(sections.get("analysers")),
    ]
    types = (_object(entry).get("type") for entry in entries)
    return {each for each in types if isinstance(each, str)}


def _object(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _items(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []


def examine_file(
    path: Path, installed: Callable[[Collection[str]], Components], *, thorough: bool
) -> Examination:
    """Read a runbook file and check it; see ``wct_domain.validation.examine``.

    Args:
        installed: returns the components of these types, and more if one is unknown.

    Raises:
        RunbookLoadError: it is unreadable, too large, not UTF-8 or not YAML.
    """
    file = read_runbook_file(path)
    components = installed(types_in(file.document))
    document, unset = substituted(file.document, os.environ)
    report = examine(
        document,
        components,
        repeated_keys=duplicate_keys(file.source),
        schemas=RegisteredSchemas() if thorough else None,
        thorough=thorough,
        unset=unset,
    )
    return Examination(path, file.source, report, components)
