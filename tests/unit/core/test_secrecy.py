"""No secret of a runbook reaches the ledger."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wct_domain.digests import pseudonym
from wct_domain.secrecy import without_secrets


def digest(secret: str) -> str:
    return pseudonym(b"k" * 32, "secret", secret)


@pytest.mark.parametrize(
    "properties",
    [
        {"password": "hunter2-secret"},
        {"nested": [{"api_key": "hunter2-secret"}]},
        {"API-KEY": "hunter2-secret"},
        {"dbPassword": "hunter2-secret"},
        {"auth": {"user": "u", "value": "hunter2-secret"}},
        {"tokens": ["hunter2-secret"]},
        {"url": "mysql://root:hunter2-secret@db/shop"},
        {"dsn": "host=db password=hunter2-secret"},
        {"url": "https://db/?password=hunter2-secret&x=1"},
        {"text": "host=db password=hunter2-secret port=1"},
        {"header": "Authorization: Bearer hunter2-secret"},
    ],
)
def test_a_secret_is_replaced_wherever_it_stands(properties: dict[str, Any]) -> None:
    assert "hunter2" not in repr(without_secrets(properties, digest))


def test_the_same_secret_is_recognised_and_another_is_told_apart() -> None:
    first, again, other = (
        without_secrets({"password": value}, digest) for value in ("a", "a", "b")
    )
    assert first == again != other


@given(
    st.dictionaries(
        st.sampled_from(["path", "encoding", "max_files", "tables"]),
        st.none() | st.booleans() | st.integers() | st.lists(st.sampled_from("abc")),
    )
)
def test_what_is_no_secret_stays_as_it_is(properties: dict[str, Any]) -> None:
    assert without_secrets(properties, digest) == properties
