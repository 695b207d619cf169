"""What every ledger promises to who is at work on a run: part of LedgerContract."""

from threading import Thread

import pytest

from wct_domain.errors import RunHeldError
from wct_domain.ports.ledger import Ledger
from wct_domain.testing.ledger_samples import OTHER, RUN

SUBSCRIBER = "subscriber/mail"


class LedgerLocksContract:
    @pytest.mark.parametrize("name", [RUN, SUBSCRIBER])
    def test_a_lock_is_held_by_one_at_a_time(self, ledger: Ledger, name: str) -> None:
        assert not ledger.locks.is_held(name)
        with ledger.locks.hold(name):
            assert ledger.locks.is_held(name)
            with pytest.raises(RunHeldError), ledger.locks.hold(name):
                pass
            assert ledger.locks.is_held(name)
        assert not ledger.locks.is_held(name)
        with ledger.locks.hold(name):
            assert ledger.locks.is_held(name)

    def test_another_thread_is_somebody_else(self, ledger: Ledger) -> None:
        refused: list[RunHeldError] = []

        def try_it() -> None:
            try:
                with ledger.locks.hold(RUN):
                    pass
            except RunHeldError as error:
                refused.append(error)

        with ledger.locks.hold(RUN):
            other = Thread(target=try_it)
            other.start()
            other.join()
        assert len(refused) == 1

    def test_each_run_has_a_lock_of_its_own(self, ledger: Ledger) -> None:
        with ledger.locks.hold(RUN), ledger.locks.hold(OTHER):
            assert not ledger.locks.is_held(SUBSCRIBER)
            assert not ledger.locks.is_held("mail")

    def test_a_lock_is_let_go_however_the_work_ends(self, ledger: Ledger) -> None:
        with pytest.raises(KeyboardInterrupt), ledger.locks.hold(RUN):
            raise KeyboardInterrupt
        assert not ledger.locks.is_held(RUN)

    def test_what_is_said_of_a_held_lock_names_what_it_is_of(
        self, ledger: Ledger
    ) -> None:
        for name, called in ((RUN, f"run {RUN}"), (SUBSCRIBER, "subscriber 'mail'")):
            with (
                ledger.locks.hold(name),
                pytest.raises(RunHeldError, match=f"^{called} is .*; wait for its end"),
                ledger.locks.hold(name),
            ):
                pass
