"""What left a ledger of a run, and who looked, for people and for programs."""

from collections.abc import Iterator
from typing import Any, Final

from wct_domain.projections.disclosures import Disclosures, Export, Revelation
from wct_entrypoints.cli.printing import local, utc

_MOST: Final = 4  # of each, the newest; --json has all


def disclosure_lines(disclosed: Disclosures) -> Iterator[tuple[str, str]]:
    """Yield what and text, as ``wct show`` puts them below one another."""
    for what, texts in (
        ("exported", [_export(each) for each in disclosed.exports]),
        ("revealed", [_revelation(each) for each in disclosed.revelations]),
    ):
        if (older := len(texts) - _MOST) > 0:
            yield what, f"{older:,} times before these"
        for text in texts[-_MOST:]:
            yield what, text


def disclosure_document(disclosed: Disclosures) -> dict[str, Any]:
    """Put it into the shape that programs read."""
    return {
        "exported": [
            {"at": utc(each.at), **each.what.model_dump()} for each in disclosed.exports
        ],
        "revealed": [
            {"at": utc(each.at), **each.what.model_dump()}
            for each in disclosed.revelations
        ],
    }


def _export(export: Export) -> str:
    what = export.what
    reader = f", readable by key {what.readable_by}" if what.readable_by else ""
    masked = ", with masked results in clear" if what.masked else ""
    proven = f"proven by the checkpoint at {what.size:,} events"
    return f"{local(export.at)}, {proven}{reader}{masked}"


def _revelation(revelation: Revelation) -> str:
    what = revelation.what
    of = "all steps" if what.step is None else f"step {what.step}"
    return f"{local(revelation.at)}, raw evidence of {of}, by 'wct {what.command}'"
