"""What every ledger promises to whoever follows it: part of LedgerContract."""

from itertools import islice

import pytest

from wct_domain.errors import LedgerUnusableError
from wct_domain.events import ArtifactsCleared
from wct_domain.ports.cursors import Cursor
from wct_domain.ports.ledger import ANY_VERSION, Ledger, NewEvent
from wct_domain.testing.ledger_samples import OTHER, RUN, event_id, notes


class LedgerCursorContract:
    def test_a_reader_goes_on_from_any_cursor(self, ledger: Ledger) -> None:
        for number in range(1, 41):
            ledger.append((RUN, OTHER)[number % 2], notes(number), expected=ANY_VERSION)
        everything = list(ledger.read_all())
        for hop in (1, 3, 39, 40, 41):
            assert hops(ledger, hop) == everything

    def test_a_cursor_keeps_its_place_while_others_append(self, ledger: Ledger) -> None:
        seen: list[str] = []
        cursor: Cursor | None = None
        for number in range(1, 41, 2):
            batch = notes(number, number + 1)
            ledger.append((RUN, OTHER)[number % 3 > 0], batch, expected=ANY_VERSION)
            for recorded in islice(ledger.read_all(after=cursor), 1):
                seen.append(recorded.id)
                cursor = ledger.cursor(recorded)
        seen += [recorded.id for recorded in ledger.read_all(after=cursor)]
        assert seen == [event_id(number) for number in range(1, 41)]

    def test_an_event_has_the_same_place_wherever_it_is_read(
        self, ledger: Ledger
    ) -> None:
        appended = ledger.append(RUN, notes(1, 2, 3), expected=0)
        for known in (appended, list(ledger.read(RUN)), list(ledger.read_all())):
            after = ledger.cursor(known[1])
            assert [r.id for r in ledger.read_all(after=after)] == [event_id(3)]

    def test_a_cursor_is_good_for_any_types(self, ledger: Ledger) -> None:
        cleared = NewEvent(event_id(2), ArtifactsCleared())
        first, *_ = ledger.append(RUN, [*notes(1), cleared, *notes(3)], expected=0)
        wanted = ledger.read_all(
            after=ledger.cursor(first), types=[ArtifactsCleared.type]
        )
        (found,) = wanted
        assert found.id == event_id(2)
        rest = ledger.read_all(after=ledger.cursor(found))
        assert [r.id for r in rest] == [event_id(3)]

    def test_a_cursor_at_the_end_waits_for_what_comes(self, ledger: Ledger) -> None:
        *_, last = ledger.append(RUN, notes(1, 2), expected=0)
        assert list(ledger.read_all(after=ledger.cursor(last))) == []
        ledger.append(OTHER, notes(3), expected=0)
        (new,) = ledger.read_all(after=ledger.cursor(last))
        assert new.id == event_id(3)

    @pytest.mark.parametrize(
        "cursor", ["", "0", "nonsense", f"{RUN}-1", "00000000-1", "-1", "0-1-2-3-4"]
    )
    def test_what_is_no_cursor_of_this_ledger_is_refused(
        self, ledger: Ledger, cursor: Cursor
    ) -> None:
        ledger.append(RUN, notes(1), expected=0)
        with pytest.raises(LedgerUnusableError, match="cursor"):
            list(ledger.read_all(after=cursor))


def hops(ledger: Ledger, hop: int) -> list[object]:
    """Read all events, a few at a time, each time by a reader of its own."""
    seen: list[object] = []
    cursor: Cursor | None = None
    while page := list(islice(ledger.read_all(after=cursor), hop)):
        seen += page
        cursor = ledger.cursor(page[-1])
    return seen
