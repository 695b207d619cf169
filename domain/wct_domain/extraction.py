"""How much of its source a connector read, said inside the message itself.

The convention: ``metadata.extraction`` of the content is an object

    {"items": 12,
     "unreadable_count": 3,
     "unreadable": [{"source": "logo.png", "reason": "not_text", "count": 1}, ...],
     "skipped": {"broken_symlink": 1},
     "truncated": true,
     "limits": [{"limit": "max_files", "value": 12, "read": 12, "left_out": 40}]}

so that a result never looks more complete than it is. ``unreadable`` lists what is
there but could not be read, at most :data:`LISTED` entries; ``skipped`` counts what
is no content at all. Any component may follow it; nobody has to.
"""

from collections import Counter
from typing import Any, NamedTuple, cast

from wct_domain.message import Message

LISTED = 100
"""Entries of ``unreadable`` that are spelt out; ``unreadable_count`` counts all."""


class ExtractionFacts(NamedTuple):
    """What the log says of a message: see ``source.read``."""

    items: int
    unreadable: int = 0
    truncated: bool = False


class ExtractionNotes:
    """Collects, while a connector reads, what it will say in its message."""

    def __init__(self) -> None:
        self._unreadable: list[dict[str, Any]] = []
        self._reasons: Counter[str] = Counter()
        self._skipped: Counter[str] = Counter()
        self._limits: list[dict[str, Any]] = []

    def unreadable(self, source: str, reason: str, count: int = 1) -> None:
        """Note content that could not be read; ``reason`` is a code, not a text."""
        self._reasons[reason] += count
        if len(self._unreadable) < LISTED:
            entry = {"source": source, "reason": reason, "count": count}
            self._unreadable.append(entry)

    def skip(self, reason: str) -> None:
        """Count something that is no content (a socket, a link to nowhere)."""
        self._skipped[reason] += 1

    def cut(
        self, limit: str, value: int, *, read: int, left_out: int, **of: str
    ) -> None:
        """Note that ``limit`` left something out; ``of`` names where (``table=…``)."""
        entry = {"limit": limit, "value": value, "read": read, "left_out": left_out}
        self._limits.append({**of, **entry})

    def count(self, reason: str) -> int:
        """Return how much was noted as unreadable for one reason."""
        return self._reasons[reason]

    @property
    def reasons(self) -> str:
        """Why nothing could be read, for an error text: ``2 not_text, 1 vanished``."""
        counts = sorted(self._reasons.items())
        return ", ".join(f"{count} {reason}" for reason, count in counts)

    def document(self, items: int) -> dict[str, Any]:
        """Return the value of ``metadata.extraction``."""
        return {
            "items": items,
            "unreadable_count": self._reasons.total(),
            "unreadable": list(self._unreadable),
            "skipped": dict(sorted(self._skipped.items())),
            "truncated": bool(self._limits),
            "limits": list(self._limits),
        }


def extraction_facts(message: Message) -> ExtractionFacts:
    """Read the facts out of any message, also one that ignores the convention.

    ``items`` is the length of ``data``, else of ``findings``, else 1.
    """
    # A foreign component may put anything there, whatever the type says.
    content = _object(cast("object", message.content))
    notes = _object(_object(content.get("metadata")).get("extraction"))
    return ExtractionFacts(
        items=_items(content),
        unreadable=_unreadable(notes),
        truncated=notes.get("truncated") is True,
    )


def extraction_gaps(message: Message) -> dict[str, Any] | None:
    """Return ``metadata.extraction`` if it tells of anything that was not read."""
    facts = extraction_facts(message)
    notes = _object(_object(message.content.get("metadata")).get("extraction"))
    incomplete = facts.unreadable or facts.truncated or _object(notes.get("skipped"))
    return notes if incomplete else None


def _items(content: dict[str, Any]) -> int:
    for name in ("data", "findings"):
        if isinstance(content.get(name), list):
            return len(content[name])
    return 1


def _unreadable(notes: dict[str, Any]) -> int:
    for value in (notes.get("unreadable_count"), notes.get("unreadable")):
        if isinstance(value, list):
            return len(cast("list[Any]", value))
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
    return 0


def _object(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
