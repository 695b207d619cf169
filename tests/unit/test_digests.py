import hashlib
import json
from datetime import UTC, date, datetime
from enum import IntEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wct_domain.digests import (
    blob_digest,
    both_forms,
    canonical_json,
    content_digest,
    digest_of_long_texts,
    pseudonym,
    stored_json,
)
from wct_domain.errors import ContentNotJsonError
from wct_domain.marks import MarkedFields, without

KEY = bytes(range(32))
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(json_values)
def test_canonical_json_reads_back_as_the_same_value(value: Any) -> None:
    assert json.loads(canonical_json(value)) == value


@given(json_values)
def test_what_was_read_back_has_the_same_canonical_form(value: Any) -> None:
    canonical = canonical_json(value)
    assert canonical_json(json.loads(canonical)) == canonical


@given(st.dictionaries(st.text(), st.integers(), min_size=2))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    backwards = dict(reversed(value.items()))
    assert canonical_json(backwards) == canonical_json(value)


class Level(IntEnum):
    HIGH = 3


def as_json_writes_it(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@given(json_values)
def test_stored_json_is_what_json_writes_in_the_order_that_it_has(value: Any) -> None:
    assert stored_json(value) == as_json_writes_it(value).encode()


@pytest.mark.parametrize(
    "value",
    [
        [1e16, 1e-7, -0.0],
        [True, 1, Level.HIGH, 2**63, -(2**64)],
        {1: "a", None: "b", False: "c", 2.5: "d"},
        [("a", 1), {"b": ()}],
        "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000)))),
    ],
)
def test_stored_json_is_what_json_writes_of_what_others_write_otherwise(
    value: Any,
) -> None:
    assert stored_json(value) == as_json_writes_it(value).encode()


def test_what_is_nested_deeply_is_stored_too() -> None:
    value: list[Any] = []
    for _ in range(300):
        value = [value]
    assert stored_json(value) == b"[" * 301 + b"]" * 301


names = st.sampled_from(["a", "b", "at", "findings"])
marked_fields = st.recursive(
    st.dictionaries(names | st.just("*"), st.just(True), max_size=2),
    lambda inner: st.dictionaries(names | st.just("[]") | st.just("*"), inner),
    max_leaves=4,
)
content_with_such_names = st.recursive(
    json_values | st.sampled_from([Level.HIGH, 2**63, -(2**64)]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(names | st.text(), inner)
    ),
    max_leaves=12,
)


@given(content_with_such_names, marked_fields)
def test_both_forms_are_what_each_is_by_itself(
    content: Any, volatile: MarkedFields
) -> None:
    before = repr(content)
    assert both_forms(content, volatile) == (
        stored_json(content),
        canonical_json(without(content, volatile)),
    )
    assert repr(content) == before


@pytest.mark.parametrize("wrong", [{1, 2}, float("nan"), "\ud800"])
def test_both_forms_refuse_what_is_no_json_whether_it_is_volatile_or_not(
    wrong: Any,
) -> None:
    for name in ("at", "kept"):
        with pytest.raises(ContentNotJsonError, match=f"content -> {name}"):
            both_forms({"at": "now", "kept": 1, name: wrong}, {"at": True})


# Long enough for the fast path; with what escapes or placeholders could get wrong.
def lengthened(text: str, filling: str) -> str:
    return text + filling * 1000 + text


long_texts = st.builds(
    lengthened,
    st.text(
        st.characters() | st.sampled_from('\0\x1f"\\/\x7f\u2028\u2029\ud800\U0010ffff')
    ),
    st.sampled_from(["a", "é", "あ", "𝄞", "\0", "\x7f", "\u2028", '"']),
)
with_long_texts = st.recursive(
    json_values | long_texts,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text() | long_texts, inner, max_size=4)
    ),
    max_leaves=8,
)


def plainly(value: Any) -> tuple[str, int] | str:
    try:
        canonical = canonical_json(value)
    except ContentNotJsonError as error:
        return str(error)
    return content_digest(KEY, "note/1", canonical), len(canonical)


def piece_by_piece(value: Any) -> tuple[str, int] | str:
    try:
        return digest_of_long_texts(KEY, "note/1", value)
    except ContentNotJsonError as error:
        return str(error)


@given(with_long_texts)
def test_long_texts_are_digested_like_any_content(value: Any) -> None:
    assert piece_by_piece(value) == plainly(value)


def test_every_character_is_digested_alike_in_long_texts() -> None:
    value = ["".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000))))]
    assert piece_by_piece(value) == plainly(value)


@pytest.mark.parametrize(
    "value",
    [
        "\ud800" + "a" * 1000,
        {"a" * 1000 + "\udfff": 1},
        [float("nan")],
        [{1, 2}],
        {("a",): 1},
    ],
)
def test_among_long_texts_the_same_is_refused(value: Any) -> None:
    refusal = piece_by_piece(value)
    assert isinstance(refusal, str)
    assert refusal == plainly(value)


def test_what_refers_to_itself_is_refused_among_long_texts_too() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(ContentNotJsonError, match="refers to itself"):
        digest_of_long_texts(KEY, None, value)


def test_keys_are_in_code_point_order_and_text_is_not_escaped() -> None:
    value = {"é": 1, "z": 2, "Z": "größe", "𝄞": 3, "ﬀ": 4}
    expected = '{"Z":"größe","z":2,"é":1,"ﬀ":4,"𝄞":3}'
    assert canonical_json(value) == expected.encode()


def test_dates_become_iso_text() -> None:
    at = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
    assert canonical_json([at, date(2026, 11, 22)]) == (
        b'["2026-11-22T10:30:00+00:00","2026-11-22"]'
    )


def circular() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


@pytest.mark.parametrize(
    ("value", "place", "kind"),
    [
        ({"a": [{"b": b"x"}]}, "content -> a -> 0 -> b", "bytes"),
        ({"a": {1, 2}}, "content -> a", "set"),
        ({"a": float("nan")}, "content -> a", "not finite"),
        ([1.5, float("-inf")], "content -> 1", "not finite"),
        ({"a": [10**5000]}, "content -> a -> 0", "a number of too many digits"),
        ({"a": "\ud800"}, "content -> a", "surrogate"),
        ({"a": {(1, 2): 3}}, "content -> a", "key of type tuple"),
        ([object()], "content -> 0", "object"),
        (circular(), "content", "refers to itself"),
    ],
)
def test_what_is_not_json_is_named_by_path_and_type(
    value: object, place: str, kind: str
) -> None:
    for write in (canonical_json, stored_json):
        with pytest.raises(ContentNotJsonError) as caught:
            write(value)
        assert str(caught.value).startswith(place)
        assert kind in str(caught.value)


def test_a_value_that_is_not_json_is_not_quoted() -> None:
    with pytest.raises(ContentNotJsonError) as caught:
        canonical_json({"a": b"bob@example.com"})
    assert "bob" not in str(caught.value)


def test_a_blob_is_named_by_sha_256() -> None:
    assert blob_digest(b"abc") == hashlib.sha256(b"abc").hexdigest()


def test_a_content_digest_depends_on_key_schema_and_content() -> None:
    digests = {
        content_digest(KEY, "a/1.0.0", b"{}"),
        content_digest(bytes(32), "a/1.0.0", b"{}"),
        content_digest(KEY, "a/1.0.1", b"{}"),
        content_digest(KEY, None, b"{}"),
        content_digest(KEY, "a/1.0.0", b"[]"),
    }
    assert len(digests) == 5
    assert all(len(digest) == 64 for digest in digests)


def test_schema_and_content_cannot_be_mixed_up() -> None:
    assert content_digest(KEY, "a", b"bc") != content_digest(KEY, "ab", b"c")


def test_a_pseudonym_is_the_same_for_one_purpose_only() -> None:
    assert pseudonym(KEY, "user", "ada") == pseudonym(KEY, "user", "ada")
    assert pseudonym(KEY, "user", "ada") != pseudonym(KEY, "scope", "ada")
    assert pseudonym(KEY, "user", "ada") != pseudonym(bytes(32), "user", "ada")
    assert "ada" not in pseudonym(KEY, "user", "ada")
