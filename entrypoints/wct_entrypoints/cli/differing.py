"""Differences as they may be shown: values and findings masked."""

import json
from collections.abc import Iterator
from typing import Any, cast

from wct_domain.comparison.documents import Difference
from wct_domain.comparison.findings import Finding
from wct_domain.message import Message
from wct_domain.schemas import Schema, SchemaLoader
from wct_entrypoints.cli import error_texts
from wct_entrypoints.cli.masked import Masked

_SECRET = "secret:"  # noqa: S105  # how a recorded runbook marks one
_LONGEST = 200  # characters of a value


def shown(text: str) -> str:
    """Return text as it may be shown."""
    return error_texts.shown(text)


def value_text(value: Any) -> str:
    """Write a value of a runbook, or a version, for people."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return _text(value)
    return _short(shown(json.dumps(value, ensure_ascii=False)))


def difference_document(difference: Difference) -> dict[str, Any]:
    """Write a difference for programs, what may be personal masked."""
    return {
        "place": shown(difference.place),
        "before": masked_value(difference.before),
        "after": masked_value(difference.after),
    }


class MaskedFindings:
    """Findings in which what their schema marks is masked."""

    def __init__(self, schemas: SchemaLoader) -> None:
        self._masked = Masked(schemas)

    def content(self, finding: Finding) -> dict[str, Any]:
        """Return all that a finding says."""
        name, _, version = finding.schema.partition("/")
        content = {"findings": [dict(finding.content)]}
        message = Message("", content, Schema(name, version))
        shown: dict[str, Any] = self._masked.message(message).content["findings"][0]
        return shown

    def line(self, finding: Finding) -> str:
        """Say in one line what was found, how bad it is, where, and the evidence."""
        content = self.content(finding)
        risk = content.get("risk_level")
        what = finding.rule or "a finding"
        where = shown(finding.source)
        parts = [what, *([f"{risk} risk"] if risk else []), *([where] if where else [])]
        said = ", ".join(_excerpts(content.get("evidence")))
        return f"{', '.join(parts)}, step {finding.step}" + (
            f": {_short(said)}" if said else ""
        )


def _excerpts(evidence: Any) -> Iterator[str]:
    for each in cast("list[Any]", evidence) if isinstance(evidence, list) else ():
        if isinstance(each, dict):
            text = " ".join(str(cast("dict[str, Any]", each).get("content")).split())
            if text:
                yield text


def masked_value(value: Any) -> Any:
    """Write a value of a runbook, or a version, for programs."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, (dict, list)):
        return value_text(value)
    return value


def _text(value: str) -> str:
    return "a secret" if value.startswith(_SECRET) else _short(shown(value))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
