"""What every ledger promises to who delivers its events: part of LedgerContract."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wct_domain.errors import (
    CursorMovedError,
    LedgerError,
    LedgerUnusableError,
    LedgerWriteError,
)
from wct_domain.ports.cursors import Attempt, Change, Cursors, KeptRow, Parked, Row
from wct_domain.ports.ledger import ANY_VERSION, Ledger
from wct_domain.testing.ledger_samples import OTHER, RUN, event_id, notes

NAME = "wct_example:tell the chat's owner / café"
NOON = datetime(2026, 7, 1, 12, 0, 0, 250_001, tzinfo=UTC)
EVENING = NOON.replace(hour=20)

_NAMES = st.text("abAB\u00e9\U0001f600-/ ", max_size=3)
_VALUES = st.dictionaries(
    st.sampled_from("xyz"),
    st.integers(-5, 5) | st.booleans() | st.text(max_size=3) | st.none(),
    max_size=3,
)
_CHANGES = st.builds(
    Row,
    _NAMES,
    _VALUES,
    st.sampled_from(["put", "merge", "add", "delete"]),
)


def parked(stream: str = RUN, **given: object) -> Parked:
    """A sequence of three events, of which the first was tried five times."""
    known = Parked(stream, 2, event_id(2), 4, 3, 5, "HTTP 503", NOON)
    return known._replace(**given)  # type: ignore[arg-type]  # as the fields are


class LedgerSubscriberContract:
    @pytest.fixture
    def cursors(self, ledger: Ledger) -> Cursors:
        return ledger.cursors

    def test_a_subscriber_begins_where_it_is_told_once(
        self, ledger: Ledger, cursors: Cursors
    ) -> None:
        assert cursors.standing(NAME) is None
        assert cursors.standings() == []
        first, last = ledger.append(RUN, notes(1, 2), expected=0)
        begun = cursors.begin(NAME, ledger.cursor(first))
        assert begun.subscriber == NAME
        assert begun.cursor == ledger.cursor(first)
        assert (begun.handed, begun.attempt) == (None, None)
        assert cursors.begin(NAME, ledger.cursor(last)) == begun
        assert cursors.begin(NAME, None) == begun
        assert cursors.standing(NAME) == begun

    def test_subscribers_are_listed_by_name(self, cursors: Cursors) -> None:
        for name in ("b", "B", "a", "\u00e9"):
            cursors.begin(name, None)
        found = cursors.standings()
        assert [each.subscriber for each in found] == ["B", "a", "b", "\u00e9"]
        assert {each.cursor for each in found} == {None}

    def test_the_head_is_where_a_reader_of_everything_stands(
        self, ledger: Ledger, cursors: Cursors
    ) -> None:
        assert cursors.head() is None
        *_, last = ledger.append(RUN, notes(1, 2), expected=0)
        assert cursors.head() == ledger.cursor(last)
        ledger.append(OTHER, notes(3), expected=0)
        (rest,) = ledger.read_all(after=ledger.cursor(last))
        assert cursors.head() == ledger.cursor(rest)

    def test_a_standing_is_kept_as_it_is(
        self, ledger: Ledger, cursors: Cursors
    ) -> None:
        first, last = map(ledger.cursor, ledger.append(RUN, notes(1, 2), expected=0))
        begun = cursors.begin(NAME, None)
        for after in (
            begun._replace(handed=last),
            begun._replace(cursor=first, handed=last),
            begun._replace(attempt=Attempt(event_id(2), 3, EVENING, "no answer")),
            begun._replace(attempt=Attempt(event_id(2), 4)),
            begun._replace(cursor=last),
            begun,
        ):
            moved = cursors.move(begun, after)
            assert moved == after._replace(revision=begun.revision + 1)
            assert cursors.standing(NAME) == moved
            begun = moved

    def test_who_goes_on_from_an_old_standing_changes_nothing(
        self, ledger: Ledger, cursors: Cursors
    ) -> None:
        (recorded,) = ledger.append(RUN, notes(1), expected=0)
        old = cursors.begin(NAME, None)
        new = cursors.move(old, old, rows=[(RUN, Row("k", {"n": 1}))])
        with pytest.raises(CursorMovedError, match="Another process"):
            cursors.move(
                old,
                old._replace(cursor=ledger.cursor(recorded)),
                rows=[(RUN, Row("k", {"n": 2}))],
                park=[parked()],
            )
        assert cursors.standing(NAME) == new
        assert list(cursors.rows(NAME)) == [KeptRow("k", {"n": 1}, RUN)]
        assert cursors.parked(NAME) == []

    def test_a_subscriber_that_began_again_is_another_one(
        self, cursors: Cursors
    ) -> None:
        old = cursors.begin(NAME, None)
        cursors.move(old, old, rows=[(RUN, Row("k"))], park=[parked()])
        cursors.remove(NAME)
        assert cursors.standing(NAME) is None
        assert list(cursors.rows(NAME)) == []
        with pytest.raises(CursorMovedError):
            cursors.move(old, old)
        cursors.begin(NAME, None)
        assert cursors.parked(NAME) == []
        with pytest.raises(CursorMovedError):
            cursors.move(old, old)
        cursors.remove("nobody")

    def test_a_cursor_of_another_ledger_is_refused(self, cursors: Cursors) -> None:
        with pytest.raises(LedgerUnusableError, match="cursor"):
            cursors.begin(NAME, "nonsense-1")
        begun = cursors.begin(NAME, None)
        with pytest.raises(LedgerUnusableError, match="cursor"):
            cursors.move(begun, begun._replace(cursor="nonsense-1"))
        assert cursors.standing(NAME) == begun

    def test_what_is_parked_is_listed_the_oldest_first(self, cursors: Cursors) -> None:
        begun = cursors.begin(NAME, None)
        other = parked(OTHER, since=EVENING, reason="")
        begun = cursors.move(begun, begun, park=[other, parked()])
        assert cursors.parked(NAME) == [parked(), other]
        assert cursors.parked("nobody") == []
        begun = cursors.move(begun, begun, park=[parked(last=9, waiting=8)])
        assert cursors.parked(NAME) == [parked(last=9, waiting=8), other]
        cursors.move(begun, begun, release=[RUN, "never parked"])
        assert cursors.parked(NAME) == [other]

    def test_rows_are_written_with_the_cursor(
        self, ledger: Ledger, cursors: Cursors
    ) -> None:
        (recorded,) = ledger.append(RUN, notes(1), expected=0)
        begun = cursors.begin(NAME, None)
        rows = [(RUN, Row("k", {"n": 1})), (OTHER, Row("k", {"n": 2, "t": "é\0"}))]
        after = begun._replace(cursor=ledger.cursor(recorded))
        assert cursors.move(begun, after, rows=rows).cursor == after.cursor
        assert list(cursors.rows(NAME)) == [KeptRow("k", {"n": 2, "t": "é\0"}, OTHER)]

    @pytest.mark.parametrize(
        ("change", "value", "expected"),
        [
            ("put", {"n": 2}, {"n": 2}),
            ("merge", {"n": 2}, {"n": 2, "t": "x", "b": True}),
            ("add", {"n": 2, "t": "y", "b": 1}, {"n": 3, "t": "y", "b": 1}),
            ("add", {"n": 0.5, "m": 1}, {"n": 1.5, "t": "x", "b": True, "m": 1}),
            ("delete", {}, None),
        ],
    )
    def test_a_row_is_changed_as_it_says(
        self,
        cursors: Cursors,
        change: Change,
        value: dict[str, object],
        expected: dict[str, object] | None,
    ) -> None:
        begun = cursors.begin(NAME, None)
        first = (RUN, Row("k", {"n": 1, "t": "x", "b": True}))
        begun = cursors.move(begun, begun, rows=[first])
        cursors.move(begun, begun, rows=[(RUN, Row("k", value, change))])
        found = [each.value for each in cursors.rows(NAME)]
        assert found == ([] if expected is None else [expected])

    @pytest.mark.parametrize(
        "row",
        [
            Row("k", {"at": NOON}),
            Row("k", {"n": float("nan")}),
            Row("a\0b"),
            Row("\ud800"),
        ],
    )
    def test_a_row_that_cannot_be_stored_is_refused(
        self, cursors: Cursors, row: Row
    ) -> None:
        begun = cursors.begin(NAME, None)
        with pytest.raises(ValueError, match="row"):
            cursors.move(begun, begun, rows=[(RUN, Row("a")), (RUN, row)])
        assert cursors.standing(NAME) == begun
        assert list(cursors.rows(NAME)) == []

    def test_rows_are_found_by_the_beginning_of_their_key(
        self, cursors: Cursors
    ) -> None:
        keys = ["", "a", "a/1", "a/10", "a/2", "b", "é", "\U0001f600"]
        begun = cursors.begin(NAME, None)
        begun = cursors.move(begun, begun, rows=[(RUN, Row(key)) for key in keys[::-1]])
        assert [each.key for each in cursors.rows(NAME)] == keys
        for prefix in ("a", "a/", "a/1", "c", "é"):
            found = [each.key for each in cursors.rows(NAME, prefix=prefix)]
            assert found == [key for key in keys if key.startswith(prefix)]

    def test_many_rows_are_listed_page_by_page(self, cursors: Cursors) -> None:
        begun = cursors.begin(NAME, None)
        rows = [(RUN, Row(f"{number:04}", {"n": number})) for number in range(2001)]
        cursors.move(begun, begun, rows=rows)
        assert [each.value["n"] for each in cursors.rows(NAME)] == [*range(2001)]

    def test_rows_of_one_subscriber_are_nobody_elses(self, cursors: Cursors) -> None:
        mine, other = cursors.begin(NAME, None), cursors.begin("other", None)
        cursors.move(mine, mine, rows=[(RUN, Row("k", {"of": "mine"}))])
        cursors.move(other, other, rows=[(RUN, Row("k", {"of": "other"}))])
        cursors.remove("other")
        assert [each.value for each in cursors.rows(NAME)] == [{"of": "mine"}]

    def test_what_was_made_anew_takes_the_place_of_the_old_at_once(
        self, ledger: Ledger, cursors: Cursors
    ) -> None:
        first, last = map(ledger.cursor, ledger.append(RUN, notes(1, 2), expected=0))
        old = cursors.begin(NAME, first)
        old = cursors.move(
            old, old, rows=[(RUN, Row("old")), (RUN, Row("both"))], park=[parked()]
        )
        new = cursors.begin("anew", None)
        stale = new
        new = cursors.move(
            new, new._replace(cursor=last), rows=[(OTHER, Row("both", {"n": 1}))]
        )
        with pytest.raises(CursorMovedError):
            cursors.take_over(NAME, stale)
        taken = cursors.take_over(NAME, new)
        assert cursors.standings() == [taken]
        assert (taken.subscriber, taken.cursor) == (NAME, last)
        assert list(cursors.rows(NAME)) == [KeptRow("both", {"n": 1}, OTHER)]
        assert cursors.parked(NAME) == []
        with pytest.raises(CursorMovedError):
            cursors.move(old, old)
        cursors.move(taken, taken)

    def test_who_has_not_begun_can_be_taken_over_too(self, cursors: Cursors) -> None:
        new = cursors.begin("anew", None)
        taken = cursors.take_over(NAME, new)
        assert cursors.standings() == [taken]

    def test_rows_of_a_stream_can_be_forgotten(self, cursors: Cursors) -> None:
        begun = cursors.begin(NAME, None)
        rows = [(RUN, Row("a")), (RUN, Row("b")), (OTHER, Row("b")), (OTHER, Row("c"))]
        cursors.move(begun, begun, rows=rows)
        other = cursors.begin("other", None)
        cursors.move(other, other, rows=[(RUN, Row("d"))])
        assert cursors.forget(RUN) == 2
        assert [each.key for each in cursors.rows(NAME)] == ["b", "c"]
        assert list(cursors.rows("other")) == []
        assert cursors.forget(RUN) == 0

    def test_rows_of_wcts_own_stay_when_a_stream_is_forgotten(
        self, cursors: Cursors
    ) -> None:
        begun = cursors.begin("wct.test", None)
        cursors.move(begun, begun, rows=[(RUN, Row("a"))])
        assert cursors.forget(RUN) == 0
        assert [each.key for each in cursors.rows("wct.test")] == ["a"]

    def test_events_do_not_know_of_subscribers(
        self, ledger: Ledger, cursors: Cursors
    ) -> None:
        ledger.append(RUN, notes(1), expected=0)
        before = list(ledger.rows())
        begun = cursors.begin(NAME, cursors.head())
        cursors.move(begun, begun, rows=[(RUN, Row("k"))], park=[parked()])
        assert list(ledger.rows()) == before
        ledger.append(RUN, notes(2), expected=1)
        assert [recorded.id for recorded in ledger.read_all(after=begun.cursor)] == [
            event_id(2)
        ]

    def test_a_closed_ledger_moves_no_cursor(
        self, ledger: Ledger, cursors: Cursors
    ) -> None:
        ledger.append(RUN, notes(1), expected=ANY_VERSION)
        begun = cursors.begin(NAME, None)
        ledger.close()
        with pytest.raises(LedgerWriteError):
            cursors.move(begun, begun)
        with pytest.raises(LedgerError):
            cursors.begin("other", None)

    def test_rows_are_what_their_changes_make_of_them(self, cursors: Cursors) -> None:
        @settings(max_examples=30, deadline=None)
        @given(st.lists(st.lists(_CHANGES, max_size=6), max_size=4))
        def check(batches: list[list[Row]]) -> None:
            cursors.remove(NAME)
            standing = cursors.begin(NAME, None)
            expected: dict[str, dict[str, object]] = {}
            for batch in batches:
                rows = [(RUN, row) for row in batch]
                standing = cursors.move(standing, standing, rows=rows)
                for row in batch:
                    value = row.applied_to(expected.pop(row.key, None))
                    if value is not None:
                        expected[row.key] = value
            assert {each.key: each.value for each in cursors.rows(NAME)} == expected

        check()
