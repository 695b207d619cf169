"""Where a recorded runbook has a digest in place of a secret."""

from collections.abc import Mapping
from typing import Any, cast

_SECRET = "secret:"  # noqa: S105  # how a recorded runbook marks one


def hides_a_secret(runbook: Mapping[str, Any], step: str) -> bool:
    """Say whether what a step needs of a recorded runbook has a secret replaced."""
    steps: list[dict[str, Any]] = runbook.get("execution") or []
    found = [each for each in steps if each.get("id") == step]
    planned = found[0] if found else {}
    wanted = {
        "connectors": planned.get("connector"),
        "analysers": planned.get("analyser"),
    }
    return _has_secret(planned) or any(
        _has_secret(each)
        for section, name in wanted.items()
        for each in cast("list[dict[str, Any]]", runbook.get(section) or [])
        if each.get("name") == name
    )


def _has_secret(value: Any) -> bool:
    if isinstance(value, str):
        return _SECRET in value
    if isinstance(value, dict):
        members = cast("dict[Any, Any]", value)
        return any(_has_secret(k) or _has_secret(v) for k, v in members.items())
    if isinstance(value, list):
        return any(map(_has_secret, cast("list[Any]", value)))
    return False
