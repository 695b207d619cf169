from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wct_adapters.ledgers.rows import (
    id_bytes,
    id_text,
    id_texts,
    microseconds,
    moment,
    moments,
    texts_of_causes,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST = microseconds(datetime(2242, 1, 1, tzinfo=UTC))


@given(st.integers(0, LAST))
def test_a_moment_keeps_its_microseconds(at: int) -> None:
    assert moment(at) == EPOCH + timedelta(microseconds=at)
    assert microseconds(moment(at)) == at


@given(st.uuids())
def test_an_id_keeps_its_text(uuid: UUID) -> None:
    assert id_bytes(str(uuid)) == uuid.bytes
    assert id_text(uuid.bytes) == str(uuid)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "01980000-0000-7000-8000-00000000000g",
        "01980000-0000-7000-8000-00000000000A",
        "01980000-0000-7000-8000-0000000000001",
        "01980000000070008000000000000001----",
        "0198000-00000-7000-8000-000000000001",
        "{1980000-0000-7000-8000-00000000000}",
        "01980000-0000-7000-8000- 00000000001",
    ],
)
def test_another_spelling_of_an_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="canonical"):
        id_bytes(text)


@given(st.lists(st.uuids()), st.lists(st.integers(0, LAST)))
def test_many_are_made_as_one_is(ids: list[UUID], ats: list[int]) -> None:
    raws = [each.bytes for each in ids]
    assert id_texts(raws) == [id_text(raw) for raw in raws] == list(map(str, ids))
    assert moments(ats) == [moment(at) for at in ats]


@given(st.lists(st.uuids(), min_size=1), st.data())
def test_causes_are_told_from_beside_and_from_elsewhere(
    ids: list[UUID], data: st.DataObject
) -> None:
    chosen = st.none() | st.sampled_from(ids) | st.uuids()
    causes = data.draw(st.lists(chosen))
    raws = [None if each is None else each.bytes for each in causes]
    told = texts_of_causes(raws, [each.bytes for each in ids], list(map(str, ids)))
    assert told == [None if each is None else str(each) for each in causes]
