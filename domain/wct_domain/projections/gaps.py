"""What was not read of a source, in words: no result may look complete and not be."""

from collections.abc import Iterator
from typing import Any

from wct_domain.archive import BlobReader
from wct_domain.events import SourceRead


def gaps_in(source: SourceRead, blobs: BlobReader) -> list[str]:
    """Say what a source kept back, one line for each item and limit that is noted.

    Sources are named (files, tables), and codes given; nothing of their content.

    Raises:
        LedgerError: the notes cannot be read.
    """
    if source.notes is None:
        return list(_counted(source))
    notes: dict[str, Any] = blobs.document(source.notes)
    limits = list(_limits(notes))
    if source.truncated and not limits:
        limits.append("a limit cut something off")
    return [*_unreadable(notes), *limits, *_skipped(notes)]


def _counted(source: SourceRead) -> Iterator[str]:
    """What is known without notes: a connector of somebody else's may leave none."""
    if source.unreadable:
        yield _unread(source.unreadable)
    if source.truncated:
        yield "a limit cut something off"


def _unread(count: int) -> str:
    return f"{count:,} item{'' if count == 1 else 's'} could not be read"


def _unreadable(notes: dict[str, Any]) -> Iterator[str]:
    listed = 0
    for entry in notes.get("unreadable") or ():
        count = entry.get("count", 1)
        listed += count
        times = f" ({count:,} times)" if count > 1 else ""
        yield f"{entry.get('source')}: {entry.get('reason')}{times}"
    more = notes.get("unreadable_count", listed) - listed
    if more > 0:
        yield f"{more:,} more that are not listed" if listed else _unread(more)


def _skipped(notes: dict[str, Any]) -> Iterator[str]:
    skipped: dict[str, int] = notes.get("skipped") or {}
    for reason, count in skipped.items():
        yield f"{count:,} passed over: {reason}"


def _limits(notes: dict[str, Any]) -> Iterator[str]:
    for entry in notes.get("limits") or ():
        where = "".join(
            f" in {what} {name}"
            for what, name in entry.items()
            if what not in {"limit", "value", "read", "left_out"}
        )
        yield (
            f"{entry.get('limit')} {entry.get('value'):,}: read {entry.get('read'):,}"
            f"{where}, left out {entry.get('left_out'):,}"
        )
