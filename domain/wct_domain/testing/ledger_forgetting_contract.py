"""What every ledger promises on blobs and payloads that go: part of LedgerContract."""

import pytest

from wct_domain.errors import BlobMissingError, LedgerError
from wct_domain.events import ArtifactsCleared, PluginNoted, PrunedEvent
from wct_domain.ports.ledger import ANY_VERSION, Ledger, NewEvent
from wct_domain.testing.ledger_samples import (
    OTHER,
    RUN,
    blob_of,
    chain_holds,
    digest_of,
    event_id,
    note,
    notes,
    sealed,
)

NOWHERE = "ab" * 32


class LedgerForgettingContract:
    def test_a_blob_goes_with_the_events_that_say_so(self, ledger: Ledger) -> None:
        gone, kept = blob_of(b"to be erased"), blob_of(b"to be kept")
        ledger.append(RUN, notes(1), expected=0, blobs=[gone, kept])
        ledger.append(RUN, notes(2), expected=1, forget=[gone.digest])
        with pytest.raises(BlobMissingError):
            ledger.blob(gone.digest)
        assert ledger.blob(kept.digest) == kept.stored
        assert list(ledger.blob_digests()) == [kept.digest]
        assert [r.id for r in ledger.read(RUN)] == [event_id(1), event_id(2)]

    def test_a_blob_that_is_not_there_is_forgotten_without_more_ado(
        self, ledger: Ledger
    ) -> None:
        ledger.append(RUN, notes(1), expected=0, forget=[NOWHERE])
        ledger.append(RUN, notes(2), expected=1, forget=[NOWHERE, NOWHERE])
        assert len(list(ledger.read(RUN))) == 2

    def test_a_blob_may_come_back_after_it_was_forgotten(self, ledger: Ledger) -> None:
        blob = blob_of(b"the same bytes")
        ledger.append(RUN, notes(1), expected=0, blobs=[blob])
        ledger.append(RUN, notes(2), expected=1, forget=[blob.digest])
        ledger.append(RUN, notes(3), expected=2, blobs=[blob])
        assert ledger.blob(blob.digest) == blob.stored

    def test_an_event_without_its_payload_is_a_pruned_one(self, ledger: Ledger) -> None:
        caused = NewEvent(event_id(2), ArtifactsCleared(), causation_id=event_id(1))
        before = ledger.append(RUN, [note(1, "gone"), caused, note(3)], expected=0)
        (after,) = ledger.append(RUN, notes(4), expected=3, redact=[1, 2])
        read = list(ledger.read(RUN))
        assert [r.event for r in read] == [
            PrunedEvent(PluginNoted.type),
            PrunedEvent(ArtifactsCleared.type),
            note(3).event,
            note(4).event,
        ]
        # All else of them stays.
        assert [r._replace(event=DUMMY) for r in read] == [
            r._replace(event=DUMMY) for r in (*before, after)
        ]
        assert [r.id for r in ledger.read_all(types=[ArtifactsCleared.type])] == [
            event_id(2)
        ]

    def test_the_chain_holds_over_payloads_that_went(self, ledger: Ledger) -> None:
        ledger.append(RUN, notes(1, 2, 3), expected=0)
        sealed(ledger, 3)
        before = list(ledger.rows(stream=RUN))
        ledger.append(RUN, notes(4), expected=3, redact=[2])
        ledger.append(RUN, notes(5), expected=4)
        sealed(ledger, 5)
        rows = list(ledger.rows(stream=RUN))
        assert chain_holds(rows)
        assert (rows[1].salt, rows[1].payload) == (None, None)
        assert rows[1].payload_digest == digest_of(before[1])
        assert rows[1].hash == before[1].hash
        assert [rows[0], rows[2]] == [before[0], before[2]]

    def test_only_the_payloads_of_its_own_stream_go(self, ledger: Ledger) -> None:
        ledger.append(RUN, notes(1), expected=0)
        ledger.append(OTHER, notes(2), expected=0)
        ledger.append(OTHER, notes(3), expected=1, redact=[1])
        assert [r.event for r in ledger.read(RUN)] == [note(1).event]
        assert next(ledger.read(OTHER)).event == PrunedEvent(PluginNoted.type)

    def test_a_payload_goes_once_however_often_it_is_asked_for(
        self, ledger: Ledger
    ) -> None:
        ledger.append(RUN, notes(1), expected=0)
        ledger.append(RUN, notes(2), expected=1, redact=[1, 1])
        ledger.append(RUN, notes(3), expected=2, redact=[1, 99])
        assert [type(r.event) for r in ledger.read(RUN)] == [
            PrunedEvent,
            PluginNoted,
            PluginNoted,
        ]

    def test_a_refused_batch_takes_nothing_away(self, ledger: Ledger) -> None:
        blob = blob_of(b"still needed")
        ledger.append(RUN, notes(1), expected=0, blobs=[blob])
        for batch, expected in (
            (notes(2), 7),
            (notes(2, 2), 1),
            ([note(2), note(1, "another payload")], ANY_VERSION),
        ):
            with pytest.raises(LedgerError):
                ledger.append(
                    RUN, batch, expected=expected, forget=[blob.digest], redact=[1]
                )
        assert ledger.blob(blob.digest) == blob.stored
        assert [r.event for r in ledger.read(RUN)] == [note(1).event]

    def test_a_retry_takes_nothing_away(self, ledger: Ledger) -> None:
        blob = blob_of(b"came later")
        first = ledger.append(RUN, notes(1), expected=0, forget=[blob.digest])
        ledger.append(RUN, notes(2), expected=1, blobs=[blob])
        again = ledger.append(RUN, notes(1), expected=0, forget=[blob.digest])
        assert again == first
        assert ledger.blob(blob.digest) == blob.stored


DUMMY = ArtifactsCleared()
