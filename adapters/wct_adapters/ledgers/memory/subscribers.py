"""What a ledger in memory keeps of its subscribers."""

import json
import secrets
from collections.abc import Callable, Collection, Iterator, Sequence
from threading import RLock
from typing import NamedTuple

from wct_adapters.ledgers.cursors import cursor_place, cursor_text
from wct_adapters.ledgers.kept_rows import FIRST_REVISIONS, NewText, new_texts
from wct_adapters.ledgers.memory.contents import Contents
from wct_domain.errors import CursorMovedError
from wct_domain.ports.cursors import (
    OWN,
    Cursor,
    Cursors,
    KeptRow,
    Parked,
    Row,
    Standing,
)


class _Kept(NamedTuple):
    """All of one subscriber."""

    standing: Standing
    rows: dict[str, NewText]
    parked: dict[str, Parked]


class MemoryCursors(Cursors):
    """Gone with the process, as the events are.

    Args:
        refuse: raises where the ledger is closed.
    """

    def __init__(
        self, contents: Contents, log_id: str, refuse: Callable[[], None]
    ) -> None:
        self._contents = contents
        self._log_id = log_id
        self._refuse = refuse
        self._lock = RLock()
        self._kept: dict[str, _Kept] = {}

    def head(self) -> Cursor | None:
        last = len(self._contents.rows)
        return cursor_text(self._log_id, last) if last else None

    def standings(self) -> list[Standing]:
        return [each.standing for _, each in sorted(self._kept.items())]

    def standing(self, subscriber: str) -> Standing | None:
        kept = self._kept.get(subscriber)
        return None if kept is None else kept.standing

    def begin(self, subscriber: str, cursor: Cursor | None) -> Standing:
        with self._lock:
            self._refuse()
            self._check(cursor)
            revision = secrets.randbelow(FIRST_REVISIONS)
            new = _Kept(Standing(subscriber, revision, cursor), {}, {})
            return self._kept.setdefault(subscriber, new).standing

    def move(
        self,
        before: Standing,
        after: Standing,
        *,
        rows: Sequence[tuple[str, Row]] = (),
        park: Collection[Parked] = (),
        release: Collection[str] = (),
    ) -> Standing:
        name = before.subscriber
        with self._lock:
            self._refuse()
            kept = self._latest(before)
            self._check(after.cursor)
            self._check(after.handed)
            texts = new_texts(rows, lambda key: _value(kept.rows.get(key)))
            standing = after._replace(subscriber=name, revision=before.revision + 1)
            self._kept[name] = kept._replace(standing=standing)
            for text in texts:
                if text.value is None:
                    kept.rows.pop(text.key, None)
                else:
                    kept.rows[text.key] = text
            for each in park:
                kept.parked[each.stream] = each
            for stream in release:
                kept.parked.pop(stream, None)
        return standing

    def parked(self, subscriber: str) -> list[Parked]:
        kept = self._kept.get(subscriber)
        found = () if kept is None else list(kept.parked.values())
        return sorted(found, key=lambda each: (each.since, each.stream))

    def rows(self, subscriber: str, *, prefix: str = "") -> Iterator[KeptRow]:
        kept = self._kept.get(subscriber)
        found = {} if kept is None else dict(kept.rows)
        for key in sorted(found):
            text = found[key]
            if key.startswith(prefix) and text.value is not None:
                yield KeptRow(key, json.loads(text.value), text.stream)

    def take_over(self, subscriber: str, by: Standing) -> Standing:
        with self._lock:
            self._refuse()
            kept = self._latest(by)
            old = self.standing(subscriber)
            standing = by._replace(
                subscriber=subscriber,
                revision=max(by.revision, old.revision if old else 0) + 1,
            )
            del self._kept[by.subscriber]
            self._kept[subscriber] = kept._replace(standing=standing)
        return standing

    def remove(self, subscriber: str) -> None:
        with self._lock:
            self._refuse()
            self._kept.pop(subscriber, None)

    def forget(self, stream: str) -> int:
        with self._lock:
            self._refuse()
            gone = [
                (kept.rows, key)
                for name, kept in self._kept.items()
                if not name.startswith(OWN)
                for key, text in kept.rows.items()
                if text.stream == stream
            ]
            for rows, key in gone:
                del rows[key]
        return len(gone)

    def _check(self, cursor: Cursor | None) -> None:
        if cursor is not None:
            cursor_place(cursor, self._log_id, "memory", 1)

    def _latest(self, standing: Standing) -> _Kept:
        kept = self._kept.get(standing.subscriber)
        if kept is None or kept.standing.revision != standing.revision:
            raise CursorMovedError(standing.subscriber)
        return kept


def _value(text: NewText | None) -> str | None:
    return None if text is None else text.value
