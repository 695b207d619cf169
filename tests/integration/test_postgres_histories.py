"""Whatever is asked of it, a ledger in PostgreSQL shows what one in memory shows."""

from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.integration.test_ledger_histories import Append, appends, ask
from wct_adapters.identity import utc_now
from wct_adapters.ledgers.memory import MemoryLedger
from wct_adapters.ledgers.postgres import append as appending
from wct_adapters.ledgers.postgres import open_postgres_ledger
from wct_domain.ports.ledger import Ledger
from wct_domain.testing.ledger_samples import sealed

_FRESH = "DROP SCHEMA IF EXISTS wct CASCADE"

asked_for = st.lists(appends, max_size=12)
tried = settings(
    max_examples=20,
    # The database stays; the schema in it is made anew for each example.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@contextmanager
def two_writers(url: str) -> Generator[list[Ledger]]:
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        connection.execute(_FRESH)
    with TemporaryDirectory() as directory:
        keys = Path(directory) / "keys"
        writers: list[Ledger] = [
            open_postgres_ledger(url, clock=utc_now, keys=lambda _: keys)
            for _ in range(2)
        ]
        try:
            yield writers
        finally:
            for writer in writers:
                writer.close()


def without_number(answer: Any) -> Any:
    """Leave out the global position, which is no order here."""
    if isinstance(answer, list):
        recorded = cast("list[tuple[Any, ...]]", answer)
        return [(*each[:2], *each[3:]) for each in recorded]
    return answer


def history(ledger: Ledger) -> Any:
    everything = list(ledger.read_all())
    third = ledger.cursor(everything[2]) if everything[2:] else None
    return {
        "all": [(r.stream, r.position, r.id, r.event) for r in everything],
        "tail": [r.id for r in ledger.read_all(after=third)],
        "streams": [(stream.name, stream.version) for stream in ledger.streams()],
        "sealed": [row[:5] for row in ledger.rows()],
        "prefixed": [stream.name for stream in ledger.streams("sub")],
        "blobs": sorted(ledger.blob_digests()),
    }


def agree(url: str, asked: list[Append]) -> None:
    memory = MemoryLedger(utc_now)
    with two_writers(url) as writers:
        for each in asked:
            answer = without_number(ask(writers[each.writer], each))
            assert answer == without_number(ask(memory, each))
        sealed(writers[0], memory.seal())
        assert history(writers[0]) == history(writers[1]) == history(memory)


@tried
@given(asked_for)
def test_a_database_with_two_writers_shows_what_memory_shows(
    postgres_url: str, asked: list[Append]
) -> None:
    agree(postgres_url, asked)


def test_that_would_notice_a_writer_that_trusts_what_it_remembers(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        """As if no append were ever asked for twice."""

    monkeypatch.setattr(appending, "_recorded_before", never)

    # What is found is enough: nobody reads a smaller example.
    @settings(max_examples=100, phases=[Phase.generate], database=None)
    @given(asked_for)
    def look(asked: list[Append]) -> None:
        monkeypatch.setattr("wct_adapters.ledgers.postgres.transactions.PATIENCE", 0.0)
        agree(postgres_url, asked)

    with pytest.raises(AssertionError):
        look()
