"""The same data in ``eventsourcing`` from PyPI, the main Python library for events.

Its SQLite recorder, its mapper and its JSON transcoder, as its applications use them.
It is given write-ahead logging, which it turns on itself, and its own batches.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from eventsourcing.domain import DomainEvent
from eventsourcing.persistence import DatetimeAsISO, JSONTranscoder, Mapper, StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

from benchmarks.ledger_events import batches
from wct_domain.upcasting import encode


@dataclass(frozen=True)
class Fact(DomainEvent):
    """Any event of ours, as data."""

    kind: str
    data: dict[str, Any]


def _facts(events: int) -> Iterator[list[Fact]]:
    for stream, version, batch in batches(events):
        run = UUID(stream)
        yield [
            Fact(
                originator_id=run,
                originator_version=version + number,
                timestamp=DomainEvent.create_timestamp(),
                kind=new.event.type,
                data=json.loads(encode(new.event)),
            )
            for number, new in enumerate(batch, 1)
        ]


def figures_of(directory: Path, events: int, rounds: int) -> dict[str, float]:
    """Append and replay; CPU only."""
    datastore = SQLiteDatastore(str(directory / "rival.db"))
    recorder = SQLiteApplicationRecorder(datastore)
    recorder.create_table()
    transcoder = JSONTranscoder()
    transcoder.register(DatetimeAsISO())
    mapper: Mapper[UUID] = Mapper(transcoder)
    spent = 0.0
    for facts in _facts(events):
        before = time.process_time()
        recorder.insert_events([mapper.to_stored_event(fact) for fact in facts])
        spent += time.process_time() - before
    replayed = float("inf")
    for _ in range(rounds):
        before = time.process_time()
        if sum(1 for _ in _replay(recorder, mapper)) != events:
            raise SystemExit("eventsourcing did not return what it was given")
        replayed = min(replayed, time.process_time() - before)
    datastore.close()
    return {
        "eventsourcing_append_events_per_cpu_s": events / spent,
        "eventsourcing_replay_cpu_s_per_million": replayed / events * 1_000_000,
    }


def _replay(recorder: SQLiteApplicationRecorder, mapper: Mapper[UUID]) -> Iterator[Any]:
    start = 1
    while page := recorder.select_notifications(start, 1000):
        for notification in page:
            stored: StoredEvent = notification
            yield mapper.to_domain_event(stored)
        start = page[-1].id + 1
