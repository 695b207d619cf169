from functools import partial
from pathlib import Path

import pytest

from wct_adapters.identity import utc_now
from wct_domain.testing.lasting_ledger_contract import LastingLedgerContract, Open


class TestPostgresLedger(LastingLedgerContract):
    @pytest.fixture
    def open_ledger(self, postgres_url: str, tmp_path: Path) -> Open:
        from wct_adapters.ledgers.postgres import open_postgres_ledger

        keys = tmp_path / "ledger.keys"
        return partial(
            open_postgres_ledger, postgres_url, clock=utc_now, keys=lambda _: keys
        )
