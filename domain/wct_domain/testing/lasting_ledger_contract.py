"""What a ledger promises that outlives its process.

::

    class TestMyLedger(LastingLedgerContract):
        @pytest.fixture
        def open_ledger(self, tmp_path: Path) -> Callable[[], Ledger]:
            return partial(open_my_ledger, tmp_path)
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from threading import Thread

import pytest

from wct_domain.errors import ErasedError
from wct_domain.ports.cursors import Cursor
from wct_domain.ports.ledger import ANY_VERSION, Ledger
from wct_domain.testing.ledger_contract import LedgerContract
from wct_domain.testing.ledger_samples import (
    OTHER,
    RUN,
    blob_of,
    event_id,
    foreign_rows,
    notes,
    sealed,
)
from wct_domain.testing.ledger_sealing_contract import checkpoint

Open = Callable[[], Ledger]


class LastingLedgerContract(LedgerContract):
    @pytest.fixture
    def open_ledger(self) -> Open:
        """Open the ledger of this test, each time by itself."""
        raise NotImplementedError

    @pytest.fixture
    def ledger(self, open_ledger: Open) -> Ledger:
        return open_ledger()

    @pytest.fixture
    def other(self, ledger: Ledger, open_ledger: Open) -> Iterator[Ledger]:
        """The same ledger, as another process has it open."""
        with closing(open_ledger()) as opened:
            yield opened

    def test_what_was_recorded_is_there_in_the_next_process(
        self, ledger: Ledger, open_ledger: Open
    ) -> None:
        blob = blob_of(b"a result")
        ledger.append(RUN, notes(1, 2), expected=0, blobs=[blob])
        ledger.append(OTHER, notes(3), expected=0, redact=[1])
        ledger.import_rows(foreign_rows("taken in", 11, 12), [])
        ledger.add_checkpoint(checkpoint(3))
        sealed(ledger, 5)
        before = (list(ledger.read_all()), list(ledger.rows()), ledger.streams())
        ledger.close()
        with closing(open_ledger()) as again:
            assert (
                list(again.read_all()),
                list(again.rows()),
                again.streams(),
            ) == before
            assert again.blob(blob.digest) == blob.stored
            assert again.last_checkpoint() == checkpoint(3)
            assert again.seal() == 5
            assert again.append(RUN, notes(1, 2), expected=0)[0] == before[0][0]
            (recorded,) = again.append(RUN, notes(4), expected=2)
            assert recorded.position == 3

    def test_a_ledger_is_the_same_in_the_next_process(
        self, ledger: Ledger, open_ledger: Open
    ) -> None:
        ledger.append(RUN, notes(1), expected=0)
        log_id, content_key = ledger.log_id, ledger.keys.content_key
        key, signature = ledger.keys.signer.key, ledger.keys.signer.sign(b"a text")
        erased, kept = (ledger.keys.sealer(name) for name in ("run/1", "run/2"))
        bodies = [erased.seal(b"erased"), kept.seal(b"kept")]
        ledger.keys.destroy([erased.scope])
        ledger.close()
        with closing(open_ledger()) as again:
            assert (again.log_id, again.keys.content_key) == (log_id, content_key)
            assert again.former_ids == ()
            assert again.keys.signer.key == key
            assert again.keys.signer.sign(b"a text") == signature
            assert again.keys.verifier_keys() == [key]
            assert again.keys.sealer("run/2").scope == kept.scope
            assert again.keys.open(bodies[1]) == b"kept"
            assert again.keys.scopes_of("run/1")[:-1] == [erased.scope]
            with pytest.raises(ErasedError):
                again.keys.open(bodies[0])

    def test_a_cursor_outlives_its_process(
        self, ledger: Ledger, open_ledger: Open
    ) -> None:
        *_, last = ledger.append(RUN, notes(1, 2), expected=0)
        cursor = ledger.cursor(last)
        ledger.append(OTHER, notes(3), expected=0)
        ledger.close()
        with closing(open_ledger()) as again:
            assert [r.id for r in again.read_all(after=cursor)] == [event_id(3)]

    def test_what_one_appends_the_other_sees(
        self, ledger: Ledger, other: Ledger
    ) -> None:
        for number in range(1, 21):
            writer, reader = (ledger, other)[:: (1, -1)[number % 2]]
            appended = writer.append(RUN, notes(number), expected=number - 1)
            assert list(reader.read(RUN))[-1:] == list(appended)

    def test_a_key_that_one_destroys_opens_nothing_for_the_other(
        self, ledger: Ledger, other: Ledger
    ) -> None:
        ledger.append(RUN, notes(1), expected=0)
        sealer = ledger.keys.sealer("run/1")
        body = sealer.seal(b"something")
        assert other.keys.open(body) == b"something"
        ledger.keys.destroy([sealer.scope])
        with pytest.raises(ErasedError):
            other.keys.open(body)

    def test_whoever_follows_misses_nothing_and_sees_nothing_twice(
        self, ledger: Ledger, other: Ledger
    ) -> None:
        def write(stream: str, numbers: range) -> None:
            for number in numbers:
                ledger.append(stream, notes(number), expected=ANY_VERSION)

        writers = [
            Thread(target=write, args=(f"of {each}", range(each, 401, 4)))
            for each in range(1, 5)
        ]
        for writer in writers:
            writer.start()
        seen: list[str] = []
        cursor: Cursor | None = None
        while len(seen) < 400 and (any(w.is_alive() for w in writers) or not cursor):
            cursor = follow(other, cursor, seen)
        for writer in writers:
            writer.join()
        sealed(ledger, 400)  # all is settled
        follow(other, cursor, seen)
        assert sorted(seen) == [event_id(number) for number in range(1, 401)]


def follow(ledger: Ledger, cursor: Cursor | None, seen: list[str]) -> Cursor | None:
    """Read what is there after a cursor; return the new one."""
    for recorded in ledger.read_all(after=cursor):
        seen.append(recorded.id)
        cursor = ledger.cursor(recorded)
    return cursor
