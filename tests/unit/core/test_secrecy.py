"""No secret of a runbook reaches the ledger."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wct_domain.digests import pseudonym
from wct_domain.secrecy import without_secrets, without_secrets_in_text


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
        {"url": "postgres://u:p/hunter2-secret@h/db"},
        {"url": "postgres://u:p@hunter2-secret@h/db"},
        {"url": "postgres://u:p?hunter2-secret@h/db"},
        {"url": "https://db/?password=a@hunter2-secret"},
        {"url": "https://u:p@db/?x=a@b&password=hunter2-secret"},
        {"url": "https://store/blob?sv=1&sig=hunter2-secret"},
        {"url": "https://maps/api?key=hunter2-secret"},
        {"args": ["--password", "hunter2-secret"]},
        {"args": ["run", "--db-token", "hunter2-secret", "-v"]},
        {"env": [{"name": "PASSWORD", "value": "hunter2-secret"}]},
        {"headers": [{"key": "X-Auth", "value": "hunter2-secret"}]},
        {"command": "mysql --password hunter2-secret shop"},
        {"command": "mysql --password 'a hunter2-secret' shop"},
        {"command": "mysql -phunter2-secret shop"},
        {"command": "curl -u me:hunter2-secret host"},
        {"note": "the password is hunter2-secret"},
        {"header": "Bearer hunter2-secret"},
        {"header": "Bearer eyJhunter2.eyJhunter2.hunter2"},
        {"any": "eyJhbGciOiJub25lIn0.eyJodW50ZXIyhunter2.hunter2"},
        {"any": "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n"},
        {"any": "-----BEGIN PRIVATE KEY-----\nhunter2 cut short"},
        {"cookie": "hunter2-secret"},
        {"header": "Cookie: a=b; c=hunter2-secret"},
        {"jwt": "hunter2-secret"},
        {"sas": "hunter2-secret"},
        {"bearer": "hunter2-secret"},
        {"pin": "hunter2-secret"},
        {"userPin": "hunter2-secret"},
        {"PGPASS": "hunter2-secret"},
        {"key": "hunter2-secret"},
        {"postgres://u:hunter2-secret@h/db": "main"},
        {"text": 'password="a b hunter2-secret" port=1'},
        {"text": "password='a\\' hunter2-secret' port=1"},
        {"text": '{"password": "a hunter2-secret"}'},
        {"text": "pwd={a;b hunter2-secret};port=1"},
        {"text": "password=a,b;c&hunter2-secret;port=1"},
        {"text": "AccountKey=hunter2-secret==;EndpointSuffix=x"},
    ],
)
def test_a_secret_is_replaced_wherever_it_stands(properties: dict[str, Any]) -> None:
    assert "hunter2" not in repr(without_secrets(properties, digest))


@pytest.mark.parametrize(
    "properties",
    [
        {"path": "./samples/shop", "encoding": "utf-8"},
        {"exclude_patterns": ["*.key", "token*", "*/password/*"]},
        {"pattern_matching": {"ruleset": "personal_data", "maximum_evidence_count": 3}},
        {"database_path": "C:\\data\\shop.db", "keyboard": "qwerty"},
        {"url": "https://db.example/shop?limit=3", "contact": "Ann <ann@x.example>"},
        {"name": "token_db", "type": "sqlite_connector", "description": "a, b; c"},
        {"options": [{"name": "limit", "value": "all"}], "args": ["-v", "all"]},
        {"compass": "n", "opinion": "none", "primary_key": "id", "monkey": "x"},
        {"description": "Finds what a password or a token costs: a pass, basic work"},
    ],
)
def test_what_only_looks_like_a_secret_stays_readable(
    properties: dict[str, Any],
) -> None:
    assert without_secrets(properties, digest) == properties


def test_what_has_been_replaced_is_not_replaced_again() -> None:
    once = without_secrets({"url": "postgres://u:p@ss@h/db"}, digest)
    assert once == {"url": f"postgres://secret:{digest('u:p@ss')}@h/db"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("no server at postgres://u:p/x@h/db", "no server at postgres://***@h/db"),
        ("password=hunter2; port=1", "password=***; port=1"),
        ('refused {"token": "a b"}', 'refused {"token": ***}'),
        ("sent Bearer abc.def-123 twice", "sent Bearer *** twice"),
        ("mysql --password hunter2 shop", "mysql --password *** shop"),
        ("file 'a.txt' is missing: see /data", "file 'a.txt' is missing: see /data"),
    ],
)
def test_a_text_is_shown_without_its_secrets(text: str, shown: str) -> None:
    assert without_secrets_in_text(text) == shown
    assert without_secrets_in_text(shown) == shown


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


_PIECES = (
    *("password", "token", "bearer ", "Basic ", "cookie", "key", "pin ", "jwt", " is "),
    *("eyJ", "AKIA", "AIza", "ghp_", "github_pat_", "sk_", "=", ":", "-", "--", "://"),
    *("'", '"', "{", "}", "@", " ", "\n", "hunter", "hunter2", "A" * 16, "b" * 30, "é"),
)


@given(st.lists(st.sampled_from(_PIECES), max_size=6).map("".join))
def test_no_secret_passes_for_prose(text: str) -> None:
    # A digit is in no prose, so that the second text is searched for every shape.
    shown = without_secrets_in_text(f"Once upon a time {text}")
    assert without_secrets_in_text(f"0nce upon a time {text}") == f"0{shown[1:]}"
