"""Whatever is asked of them, the ledgers show the same history."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ledger_checks import first_broken, is_gapless, stored_events
from wct_adapters.identity import utc_now
from wct_adapters.ledgers.memory import MemoryLedger
from wct_adapters.ledgers.sqlite import open_sqlite_ledger
from wct_domain.errors import WctError
from wct_domain.ports.ledger import Ledger, NewEvent, Recorded
from wct_domain.testing.ledger_samples import blob_of, event_id, note


class Append(NamedTuple):
    """One thing to ask of a ledger; the same id may come with another payload."""

    writer: int
    stream: str
    batch: tuple[tuple[int, str], ...]  # number of the event, its text
    expected: int | None
    blob: bytes | None
    correlation: str | None


few = st.integers(0, 3)
appends = st.builds(
    Append,
    writer=st.integers(0, 1),
    stream=st.sampled_from(["a", "b", "sub/ü", ""]),
    batch=st.lists(
        st.tuples(st.integers(1, 9), st.sampled_from(["", "x"])), max_size=3
    ).map(tuple),
    expected=st.none() | st.integers(0, 6),
    blob=st.none() | st.binary(max_size=2),
    correlation=st.none() | st.sampled_from(["a", "z"]),
)


def ask(ledger: Ledger, append: Append) -> Any:
    """Append, and say how it went: what came back, or which error."""
    events = [
        NewEvent(event_id(number), note(number, text).event, event_id(number + 1))
        for number, text in append.batch
    ]
    blobs = [] if append.blob is None else [blob_of(append.blob)]
    try:
        recorded = ledger.append(
            append.stream,
            events,
            expected=append.expected,
            blobs=blobs,
            correlation_id=append.correlation,
        )
    except (WctError, ValueError) as error:
        return type(error), str(error)
    return [shown(each) for each in recorded]


def shown(recorded: Recorded) -> tuple[Any, ...]:
    """All of an event but what chance decides: its time, and the hash of its salt."""
    return (*recorded[:4], *recorded[5:7], len(recorded.hash), recorded.event)


def history(ledger: Ledger) -> Any:
    """Everything that a ledger shows."""
    streams = ledger.streams()
    everything = list(ledger.read_all())
    third = ledger.cursor(everything[2]) if everything[2:] else None
    return {
        "all": [shown(each) for each in everything],
        "tail": [shown(each) for each in ledger.read_all(after=third)],
        "streams": [(stream.name, stream.version) for stream in streams],
        "each": [[shown(e) for e in ledger.read(s.name, after=1)] for s in streams],
        "prefixed": [stream.name for stream in ledger.streams("sub")],
    }


@contextmanager
def two_writers_of_one_file() -> Generator[tuple[list[Ledger], Path]]:
    with TemporaryDirectory() as directory:
        path = Path(directory) / "ledger.db"
        writers: list[Ledger] = [
            open_sqlite_ledger(path, clock=utc_now) for _ in range(2)
        ]
        try:
            yield writers, path
        finally:
            for writer in writers:
                writer.close()


@settings(max_examples=60)
@given(st.lists(appends, max_size=12))
def test_a_file_with_two_writers_shows_what_memory_shows(asked: list[Append]) -> None:
    memory = MemoryLedger(utc_now)
    with two_writers_of_one_file() as (writers, path):
        for each in asked:
            assert ask(writers[each.writer], each) == ask(memory, each)
        assert history(writers[0]) == history(writers[1]) == history(memory)
        events = stored_events(path)
        assert first_broken(events) is None
        assert is_gapless(events)
        heads = {each.stream: each.hash for each in events}
        assert {s.name: s.head for s in writers[0].streams()} == heads


@settings(max_examples=60)
@given(st.lists(appends, max_size=12))
def test_what_was_returned_is_what_is_read(asked: list[Append]) -> None:
    ledger = MemoryLedger(utc_now)
    returned: dict[str, Recorded] = {}
    for each in asked:
        try:
            recorded = ledger.append(
                each.stream,
                [note(number, text) for number, text in each.batch],
                expected=each.expected,
            )
        except WctError:
            continue
        for one in recorded:
            assert returned.setdefault(one.id, one) == one
    assert {each.id: each for each in ledger.read_all()} == returned
