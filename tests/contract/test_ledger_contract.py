from functools import partial
from pathlib import Path

import pytest

from wct_adapters.identity import utc_now
from wct_adapters.ledgers.memory import MemoryLedger
from wct_adapters.ledgers.sqlite import open_sqlite_ledger
from wct_domain.ports.ledger import Ledger
from wct_domain.testing.lasting_ledger_contract import LastingLedgerContract, Open
from wct_domain.testing.ledger_contract import LedgerContract


class TestMemoryLedger(LedgerContract):
    @pytest.fixture
    def ledger(self) -> Ledger:
        return MemoryLedger(utc_now)


class TestSqliteLedger(LastingLedgerContract):
    @pytest.fixture
    def open_ledger(self, tmp_path: Path) -> Open:
        return partial(open_sqlite_ledger, tmp_path / "ledger.db", clock=utc_now)
