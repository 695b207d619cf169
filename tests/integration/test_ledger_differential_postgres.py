"""PostgreSQL shows what memory shows, whatever is done."""

from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.differential import machine
from wct_adapters.identity import utc_now
from wct_adapters.ledgers.memory import MemoryLedger
from wct_domain.ports.ledger import Ledger

if TYPE_CHECKING:
    from tests.postgres import Server


def test_a_server_shows_what_memory_shows(postgres_server: "Server") -> None:
    from wct_adapters.ledgers.postgres import open_postgres_ledger

    urls: dict[Path, str] = {}

    def postgres(directory: Path) -> Ledger:
        if directory not in urls:
            urls[directory] = postgres_server.url(postgres_server.new_database())
        keys = directory / "keys"
        return open_postgres_ledger(urls[directory], clock=utc_now, keys=lambda _: keys)

    run_state_machine_as_test(
        machine(lambda _: MemoryLedger(utc_now), postgres),
        settings=settings(
            max_examples=8,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
