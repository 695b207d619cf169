"""What every ledger promises to whom brings a stream: part of LedgerContract."""

import pytest

from wct_domain.errors import (
    BlobMissingError,
    EventIdReusedError,
    LedgerWriteError,
    StreamTakenError,
)
from wct_domain.events import PluginNoted, PrunedEvent
from wct_domain.ports.ledger import Ledger
from wct_domain.testing.ledger_samples import (
    OTHER,
    RUN,
    blob_of,
    chain_holds,
    event_id,
    foreign_rows,
    note,
    notes,
    sealed,
)


class LedgerIntakeContract:
    def test_a_stream_of_another_ledger_keeps_all_but_its_seals(
        self, ledger: Ledger
    ) -> None:
        ledger.append(RUN, notes(1, 2), expected=0)
        rows, blob = foreign_rows(OTHER, 11, 12, 13), blob_of(b"of the other ledger")
        assert ledger.import_rows(rows, [blob]) == 3
        sealed(ledger, 5)
        taken = list(ledger.rows(stream=OTHER))
        assert [row._replace(seal=0) for row in taken] == [
            row._replace(seal=0) for row in rows
        ]
        assert [row.seal for row in ledger.rows()] == [1, 2, 3, 4, 5]
        assert ledger.blob(blob.digest) == blob.stored
        read = list(ledger.read(OTHER))
        assert [r.event for r in read] == [note(n).event for n in (11, 12, 13)]
        assert [r.hash for r in read] == [row.hash for row in rows]
        assert [r.correlation_id for r in read] == [RUN, OTHER, RUN]

    def test_a_stream_goes_on_after_it_was_taken_in(self, ledger: Ledger) -> None:
        ledger.import_rows(foreign_rows(OTHER, 11, 12), [])
        (recorded,) = ledger.append(OTHER, notes(13), expected=2)
        assert recorded.position == 3
        sealed(ledger, 3)
        assert chain_holds(ledger.rows())
        (stream,) = ledger.streams()
        assert (stream.name, stream.version, stream.head) == (OTHER, 3, recorded.hash)

    def test_cursors_come_past_what_was_taken_in(self, ledger: Ledger) -> None:
        (before,) = ledger.append(RUN, notes(1), expected=0)
        ledger.import_rows(foreign_rows(OTHER, 11, 12), [])
        ledger.append(RUN, notes(2), expected=1)
        seen = ledger.read_all(after=ledger.cursor(before))
        assert [r.id for r in seen] == [event_id(n) for n in (11, 12, 2)]

    def test_pruned_events_are_taken_in_as_they_are(self, ledger: Ledger) -> None:
        rows = foreign_rows(OTHER, 11, 12, 13, pruned=True)
        assert ledger.import_rows(rows, []) == 3
        assert [r.event for r in ledger.read(OTHER)] == [
            note(11).event,
            *[PrunedEvent(PluginNoted.type)] * 2,
        ]
        sealed(ledger, 3)
        assert chain_holds(ledger.rows())

    def test_events_of_types_that_nobody_knows_are_taken_in(
        self, ledger: Ledger
    ) -> None:
        (row,) = foreign_rows(OTHER, 11, kind="of.tomorrow/7")
        ledger.import_rows([row], [])
        (recorded,) = ledger.read(OTHER)
        assert recorded.event.type == "of.tomorrow/7"
        assert [r.id for r in ledger.read_all(types=["of.tomorrow/7"])] == [row.id]

    def test_the_same_stream_is_taken_in_once(self, ledger: Ledger) -> None:
        rows, blob = foreign_rows(OTHER, 11, 12), blob_of(b"erased here since")
        assert ledger.import_rows(rows, [blob]) == 2
        ledger.append(OTHER, notes(1), expected=2, forget=[blob.digest], redact=[2])
        assert ledger.import_rows(rows, [blob]) == 0
        assert len(list(ledger.read(OTHER))) == 3
        with pytest.raises(BlobMissingError):
            ledger.blob(blob.digest)

    def test_a_stream_with_other_events_is_refused(self, ledger: Ledger) -> None:
        blob = blob_of(b"of a refused stream")
        ledger.import_rows(foreign_rows(OTHER, 11, 12), [])
        for rows in (
            foreign_rows(OTHER, 11, 13),
            foreign_rows(OTHER, 13),
            foreign_rows(OTHER, 11, 12, 13),  # goes on where ours does not
        ):
            with pytest.raises(StreamTakenError, match=OTHER):
                ledger.import_rows(rows, [blob])
        assert [r.id for r in ledger.read_all()] == [event_id(11), event_id(12)]
        with pytest.raises(BlobMissingError):
            ledger.blob(blob.digest)

    def test_ids_that_are_taken_are_refused(self, ledger: Ledger) -> None:
        blob = blob_of(b"of a refused stream")
        ledger.append(RUN, notes(12), expected=0)
        for rows in (foreign_rows(OTHER, 11, 12), foreign_rows(OTHER, 11, 11)):
            with pytest.raises(EventIdReusedError):
                ledger.import_rows(rows, [blob])
        assert [r.id for r in ledger.read_all()] == [event_id(12)]
        assert [stream.name for stream in ledger.streams()] == [RUN]
        with pytest.raises(BlobMissingError):
            ledger.blob(blob.digest)

    def test_what_is_no_whole_chain_is_refused(self, ledger: Ledger) -> None:
        rows = foreign_rows(OTHER, 11, 12, 13)
        other = foreign_rows(RUN, 21, 22)
        for wrong in (
            [],
            rows[1:],
            [rows[0], rows[2]],
            [rows[1], rows[0]],
            [rows[0], other[1]],
            [rows[0]._replace(payload=b"{}"), *rows[1:]],
            [rows[0]._replace(recorded_at=0), *rows[1:]],
            [rows[0]._replace(salt=None), *rows[1:]],
            [rows[0]._replace(hash=bytes(32)), *rows[1:]],
        ):
            with pytest.raises(ValueError, match=r"event"):
                ledger.import_rows(wrong, [])
        assert list(ledger.read_all()) == []

    def test_a_closed_ledger_takes_nothing_in(self, ledger: Ledger) -> None:
        ledger.close()
        with pytest.raises(LedgerWriteError):
            ledger.import_rows(foreign_rows(OTHER, 11), [])
