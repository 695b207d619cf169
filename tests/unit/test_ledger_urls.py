import pytest
from hypothesis import given
from hypothesis import strategies as st

from wct_adapters.ledgers.urls import is_url, refuse_misread, shown
from wct_domain.errors import LedgerUnusableError


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("postgresql://u:secret@h:5433/db", "postgresql://u@h:5433/db"),
        ("postgres://u:secret@h/db", "postgres://u@h/db"),
        ("postgresql://u:@h/db", "postgresql://u@h/db"),
        ("postgresql://:secret@h/db", "postgresql://@h/db"),
        ("postgresql://u:a?b#c:d&e=f@h/db", "postgresql://u@h/db"),
        ("postgresql://a,b:5433/db?target_session_attrs=any",) * 2,
        ("postgresql:///?service=audit",) * 2,
        ("postgresql:///db?user=u&password=secret&host=/run", "postgresql:///db?user=u&host=/run"),
        ("postgresql:///db?pass%77ord=secret", "postgresql:///db"),
        ("postgresql:///db?PASSWORD=secret", "postgresql:///db"),
        ("postgresql:///db?sslpassword=secret&sslkey=k", "postgresql:///db?sslkey=k"),
        ("postgresql:///db?passfile=/home/u/.pgpass",) * 2,
        ("postgresql:///db?scram_client_key=secret", "postgresql:///db"),
        ("postgresql://u:se@cret@h/db", "postgresql://…"),
        ("postgresql://u:se/cret@h/db", "postgresql://…"),
        ("postgresql://u:secr?/et@h/db", "postgresql://…"),
        ("postgresql://u:se cret@h/db", "postgresql://…"),
        (".wct/ledger.db",) * 2,
    ],
)  # fmt: skip
def test_a_place_is_shown_without_what_is_secret(url: str, text: str) -> None:
    assert shown(url) == text


@pytest.mark.parametrize("character", "@/ \t\n")
def test_a_password_that_libpq_would_take_for_a_host_is_refused_unseen(
    character: str,
) -> None:
    with pytest.raises(LedgerUnusableError, match="%40") as caught:
        refuse_misread(f"postgresql://u:hid{character}den@h/db")
    assert "hid" not in str(caught.value)
    assert "den" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["postgresql://u:secret@h/db?user=me%40corp", "postgresql://", "postgres://h"],
)
def test_any_other_url_is_libpqs_to_judge(url: str) -> None:
    refuse_misread(url)


@given(st.text(min_size=5))
def test_no_password_is_ever_shown(password: str) -> None:
    marked = f"<{password}>"
    assert marked not in shown(f"postgresql://someone:{marked}@localhost/db?sslmode=x")


def test_files_are_told_from_urls() -> None:
    assert is_url("postgresql://h/db")
    assert is_url("postgres:///")
    assert not is_url("postgresql.db")
    assert not is_url("mysql://h/db")
