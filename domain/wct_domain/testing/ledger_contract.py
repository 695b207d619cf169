"""What every ledger promises, whatever it is kept in.

::

    class TestMyLedger(LedgerContract):
        @pytest.fixture
        def ledger(self, tmp_path: Path) -> Ledger:
            return open_my_ledger(tmp_path)

Each test has a new ledger, and closes it.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from wct_domain.errors import (
    BlobMissingError,
    EventIdReusedError,
    LedgerError,
    LedgerWriteError,
    PartialRetryError,
    WrongExpectedVersionError,
)
from wct_domain.events import ArtifactsCleared
from wct_domain.ports.ledger import ANY_VERSION, Ledger, NewEvent
from wct_domain.testing.ledger_cursor_contract import LedgerCursorContract
from wct_domain.testing.ledger_forgetting_contract import LedgerForgettingContract
from wct_domain.testing.ledger_intake_contract import LedgerIntakeContract
from wct_domain.testing.ledger_keys_contract import LedgerKeysContract
from wct_domain.testing.ledger_locks_contract import LedgerLocksContract
from wct_domain.testing.ledger_reading_contract import LedgerReadingContract
from wct_domain.testing.ledger_samples import (
    DONE,
    OTHER,
    RUN,
    blob_of,
    event_id,
    note,
    notes,
)
from wct_domain.testing.ledger_sealing_contract import LedgerSealingContract
from wct_domain.testing.ledger_size_contract import LedgerSizeContract
from wct_domain.testing.ledger_subscriber_contract import LedgerSubscriberContract


class LedgerContract(
    LedgerReadingContract,
    LedgerCursorContract,
    LedgerForgettingContract,
    LedgerSealingContract,
    LedgerIntakeContract,
    LedgerKeysContract,
    LedgerLocksContract,
    LedgerSizeContract,
    LedgerSubscriberContract,
):
    @pytest.fixture
    def ledger(self) -> Ledger:
        raise NotImplementedError

    @pytest.fixture(autouse=True)
    def closed_in_the_end(self, ledger: Ledger) -> Iterator[None]:
        yield
        ledger.close()

    # Appending

    def test_positions_count_from_one_in_each_stream(self, ledger: Ledger) -> None:
        ledger.append(RUN, notes(1, 2), expected=0)
        ledger.append(OTHER, notes(3), expected=0)
        ledger.append(RUN, notes(4), expected=2)
        assert [r.position for r in ledger.read(RUN)] == [1, 2, 3]
        assert [r.position for r in ledger.read(OTHER)] == [1]

    def test_what_append_returns_is_what_is_read(self, ledger: Ledger) -> None:
        recorded = ledger.append(RUN, notes(1, 2, 3), expected=0)
        assert tuple(ledger.read(RUN)) == recorded
        assert tuple(ledger.read_all()) == recorded
        assert [r.event for r in recorded] == [n.event for n in notes(1, 2, 3)]
        assert [r.id for r in recorded] == [event_id(n) for n in (1, 2, 3)]

    def test_an_event_is_dated_in_utc(self, ledger: Ledger) -> None:
        (recorded,) = ledger.append(RUN, notes(1), expected=0)
        assert recorded.at.utcoffset() == timedelta(0)

    def test_an_event_keeps_its_cause_and_belongs_to_its_stream(
        self, ledger: Ledger
    ) -> None:
        caused = NewEvent(event_id(2), ArtifactsCleared(), causation_id=event_id(1))
        ledger.append(RUN, [note(1), caused], expected=0)
        first, second = ledger.read(RUN)
        assert (first.causation_id, second.causation_id) == (None, event_id(1))
        assert {first.correlation_id, second.correlation_id} == {RUN}

    def test_an_event_may_belong_to_a_run_other_than_its_stream(
        self, ledger: Ledger
    ) -> None:
        ledger.append("subscriber/x", notes(1), expected=0, correlation_id=RUN)
        (recorded,) = ledger.read("subscriber/x")
        assert (recorded.stream, recorded.correlation_id) == ("subscriber/x", RUN)

    def test_a_wrong_expected_version_names_the_actual_one(
        self, ledger: Ledger
    ) -> None:
        ledger.append(RUN, notes(1, 2), expected=0)
        for wrong in (0, 1, 3):
            with pytest.raises(WrongExpectedVersionError) as caught:
                ledger.append(RUN, notes(3), expected=wrong)
            assert (caught.value.expected, caught.value.actual) == (wrong, 2)
        with pytest.raises(WrongExpectedVersionError):
            ledger.append(OTHER, notes(3), expected=1)
        assert [r.id for r in ledger.read_all()] == [event_id(1), event_id(2)]
        assert [stream.name for stream in ledger.streams()] == [RUN]

    def test_any_version_will_do_where_the_caller_says_so(self, ledger: Ledger) -> None:
        for number in (1, 2, 3):
            ledger.append(RUN, notes(number), expected=ANY_VERSION)
        assert [r.position for r in ledger.read(RUN)] == [1, 2, 3]

    def test_a_batch_without_events_changes_nothing(self, ledger: Ledger) -> None:
        assert ledger.append(RUN, [], expected=0) == ()
        assert ledger.streams() == []

    def test_ids_must_be_canonical(self, ledger: Ledger) -> None:
        for wrong in ("1", event_id(0xABC).upper(), event_id(1).replace("-", "")):
            with pytest.raises(ValueError, match="canonical"):
                ledger.append(RUN, [NewEvent(wrong, DONE)], expected=0)
        assert list(ledger.read_all()) == []

    # Retrying

    def test_a_retry_stores_nothing_and_returns_what_was_recorded_first(
        self, ledger: Ledger
    ) -> None:
        first = ledger.append(RUN, notes(1, 2), expected=0)
        ledger.append(RUN, notes(3), expected=2)
        for expected in (0, 2, 3, ANY_VERSION):
            assert ledger.append(RUN, notes(1, 2), expected=expected) == first
        assert [r.id for r in ledger.read_all()] == [event_id(n) for n in (1, 2, 3)]

    def test_an_id_cannot_be_used_for_another_event(self, ledger: Ledger) -> None:
        ledger.append(RUN, notes(1, 2), expected=0)
        for stream, event in (
            (RUN, note(1, "another payload")),
            (RUN, NewEvent(event_id(1), DONE)),
            (OTHER, note(1)),
        ):
            for expected in (0, 2, ANY_VERSION):
                with pytest.raises(EventIdReusedError):
                    ledger.append(stream, [event], expected=expected)
        assert [r.id for r in ledger.read_all()] == [event_id(1), event_id(2)]

    def test_a_batch_cannot_use_an_id_twice(self, ledger: Ledger) -> None:
        with pytest.raises(EventIdReusedError):
            ledger.append(RUN, notes(1, 1), expected=0)
        assert list(ledger.read_all()) == []

    def test_a_recorded_batch_in_another_order_is_no_retry(
        self, ledger: Ledger
    ) -> None:
        ledger.append(RUN, notes(1, 2), expected=0)
        with pytest.raises(EventIdReusedError):
            ledger.append(RUN, notes(2, 1), expected=0)

    def test_a_batch_that_is_recorded_in_part_is_refused(self, ledger: Ledger) -> None:
        ledger.append(RUN, notes(1, 2), expected=0)
        for batch in (notes(2, 3), notes(3, 1), notes(1, 2, 3)):
            for expected in (0, 2, ANY_VERSION):
                with pytest.raises(PartialRetryError):
                    ledger.append(RUN, batch, expected=expected)
        assert [r.id for r in ledger.read_all()] == [event_id(1), event_id(2)]

    # All or nothing

    def test_a_refused_batch_leaves_nothing_behind(self, ledger: Ledger) -> None:
        ledger.append(RUN, notes(1), expected=0)
        blob = blob_of(b"of the refused batch")
        for stream, batch, expected in (
            (RUN, notes(2), 7),
            (OTHER, notes(2, 1), 0),
            (OTHER, [note(2), note(1, "x")], ANY_VERSION),
        ):
            with pytest.raises(LedgerError):
                ledger.append(stream, batch, expected=expected, blobs=[blob])
        assert [r.id for r in ledger.read_all()] == [event_id(1)]
        assert [stream.name for stream in ledger.streams()] == [RUN]
        with pytest.raises(BlobMissingError):
            ledger.blob(blob.digest)
        (recorded,) = ledger.append(RUN, notes(2), expected=1)
        assert recorded.position == 2

    # Many at once

    def test_threads_share_a_ledger(self, ledger: Ledger) -> None:
        def work(worker: int) -> None:
            for turn in range(25):
                number = 1 + worker * 100 + turn * 2
                ledger.append(RUN, notes(number, number + 1), expected=ANY_VERSION)
                list(ledger.read(RUN, after=worker))

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(work, range(8)))
        recorded = list(ledger.read(RUN))
        assert [r.position for r in recorded] == list(range(1, 401))
        numbers = [int(r.id[-12:], 16) for r in recorded]
        assert all(b == a + 1 for a, b in zip(*[iter(numbers)] * 2, strict=True))

    def test_one_of_many_wins_a_version(self, ledger: Ledger) -> None:
        def compete(number: int) -> bool:
            try:
                ledger.append(RUN, notes(number), expected=0)
            except WrongExpectedVersionError:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(compete, range(1, 33))) == 1
        assert len(list(ledger.read(RUN))) == 1

    # The ledger itself

    def test_a_closed_ledger_records_nothing(self, ledger: Ledger) -> None:
        ledger.append(RUN, notes(1), expected=0)
        ledger.close()
        ledger.close()
        with pytest.raises(LedgerWriteError):
            ledger.append(RUN, notes(2), expected=1)
        with pytest.raises(LedgerError):
            list(ledger.read(RUN))
