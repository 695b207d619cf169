import json
from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from wct_domain.chain import FIRST, HASH_VERSION, header, link, payload_digest

texts = st.text(max_size=20)
ids = st.uuids().map(str)
fields = st.tuples(
    texts,
    st.integers(min_value=1),
    ids,
    texts,
    st.integers(min_value=0),
    texts,
    st.none() | ids,
)


@given(fields)
def test_a_header_is_what_json_writes(
    given_fields: tuple[str, int, str, str, int, str, str | None],
) -> None:
    as_json = json.dumps([HASH_VERSION, *given_fields], separators=(",", ":"))
    assert header(*given_fields) == as_json.encode("ascii")


@given(st.lists(fields, min_size=2, max_size=2, unique=True))
def test_different_headers_differ(
    pair: list[tuple[str, int, str, str, int, str, str | None]],
) -> None:
    first, second = pair
    assert header(*first) != header(*second)


def chain_of(payloads: list[bytes], salt: bytes = bytes(16)) -> list[bytes]:
    heads = [FIRST]
    for position, payload in enumerate(payloads, 1):
        covered = header(
            "run", position, str(UUID(int=position)), "x/1", 0, "run", None
        )
        heads.append(link(heads[-1], covered, payload_digest(salt, payload)))
    return heads


@given(st.lists(st.binary(max_size=8), min_size=1), st.data())
def test_a_changed_payload_changes_every_later_hash(
    payloads: list[bytes], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(payloads) - 1))
    changed = [*payloads]
    changed[at] += b"!"
    before, after = chain_of(payloads), chain_of(changed)
    assert before[: at + 1] == after[: at + 1]
    assert all(a != b for a, b in zip(before[at + 1 :], after[at + 1 :], strict=True))


def test_a_hash_depends_on_the_one_before_it() -> None:
    heads = chain_of([b"same", b"same", b"same"])
    assert all(a != b for a, b in pairwise(heads))


def test_the_salt_hides_equal_payloads() -> None:
    assert payload_digest(b"a" * 16, b"{}") != payload_digest(b"b" * 16, b"{}")
