"""No secret of a runbook reaches the ledger."""

from time import process_time
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
        *(
            {name: "hunter2-secret"}
            for name in (
                *("access_token", "passwd", "pwd", "secret", "private_key", "pass"),
                *("client_secret", "authorization", "accessKeyId", "session-id"),
                *("TOKENS", "pin_number", "max_retries_token", "secretValue"),
                *("token_name_secret", "password_hint", "auth_header"),
            )
        ),
        {"token_url": "https://u:hunter2-secret@auth.example/token"},
        {"text": "token_url=https://u:hunter2-secret@auth.example/token"},
        {"text": "max_tokens=5;password=hunter2-secret"},
        {"text": "max_tokens: 5, token: hunter2-secret"},
        {"text": "cookie_policy=strict cookie=hunter2-secret"},
        {"text": "x://a@b pwd=://u:hunter2-secret@h"},
        {"url": f"https://u:{'p' * 3000}hunter2-secret@h/"},
        {"headers": [{"name": "api_key", "value": 5, "raw": "hunter2-secret"}]},
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
        {"max_tokens": 100, "maxNewTokens": "100", "tokens": 5, "token_count": 7},
        {"prompt_tokens": 12, "stop_tokens": ["</s>"], "tokenizer": "o200k_base"},
        {"password_policy": {"password_min_length": 12}, "auth_method": "oauth2"},
        {"password_column": "pwd_hash", "secret_name": "db-main", "passwordless": "no"},
        {"token_url": "https://auth.example/token", "private_key_path": "/run/key.pem"},
        {"cookie_banner": "strict", "cookies": True, "secretariat": "Ann", "author": 1},
        {"primary_key": "customer_no", "key_column": "customer_no", "keys": ["a", "b"]},
        {
            "options": [{"name": "max_tokens", "value": 100}],
            "args": ["--max-tokens", 5],
        },
        {"text": "max_tokens=100 and token_count: 12, 'password_policy': 'strict'"},
        {"text": "llm --max-tokens 4096000 --token-limit 12 --tokens 4096000 run"},
        {"text": "tokens: 4,096,000; cookie_policy=https://shop.example/cookies"},
        {"text": "tokenizer: o200k, secretary: Ann1234 Example, passwordless=1"},
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
        ("api_key: Field required", "api_key: Field required"),
        ("password: Input should be text", "password: Input should be text"),
        ("max_tokens: 1 is too few", "max_tokens: 1 is too few"),
        ("at https://a.example/b@c and x@y", "at https://***@c and x@y"),
        ("at https://@host/path, or so", "at https://*** or so"),
        ("at https://a.example/b?c=d@e, or so", "at https://*** or so"),
        ("s://a:b@h,t://c:d@i/x u://e@j", "s://***@i/x u://***@j"),
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


@pytest.mark.parametrize(
    "piece",
    [
        *("://a", "://a@", "?://", "pwd={a ", "pwd={a;b ", "pwd=1;z://", "://pwd=;"),
        *("max_tokens: 1 ", "password", "token_", "token-token", "--a-", "- --", "-p "),
        *("-----BEGIN a", "eyJ", "basic a", "cookie ", 'password="\\', "password   "),
    ],
)
def test_time_is_linear_in_the_length_of_a_text(piece: str) -> None:
    without_secrets_in_text("a=b")  # shapes are compiled when they are needed
    harmless, short, long = (
        min(seconds(text * (size // len(text))) for _ in range(2))
        for text, size in (("a=b ", 64_000), (piece, 4_000), (piece, 64_000))
    )
    # Were it to grow with the square, sixteen times the text would take 256 times as
    # long; and a constant of thousands would show beside a harmless text.
    assert long < 80 * max(short, 0.001)
    assert long < 10 * max(harmless, 0.001)


def seconds(text: str) -> float:
    start = process_time()
    without_secrets_in_text(text)
    return process_time() - start
