"""Signatures of webhooks: those of the specification, and of its reference library."""

from base64 import b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from wct_adapters.subscribers.signatures import keys_of, signed_headers
from wct_domain.errors import SubscriberError

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, AT, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

keys = st.binary(min_size=24, max_size=64)


def test_the_published_example_has_the_published_signature() -> None:
    assert signed_headers(keys_of(SECRET), ID, AT, BODY) == {
        "webhook-id": ID,
        "webhook-timestamp": str(AT),
        "webhook-signature": SIGNATURE,
    }


@given(keys, st.uuids(), st.integers(0, 4_000_000_000), st.text())
def test_every_signature_is_that_of_the_reference_library(
    key: bytes, event: object, at: int, text: str
) -> None:
    secret = f"whsec_{b64encode(key).decode()}"
    ours = signed_headers(keys_of(secret), str(event), at, text.encode())
    theirs = Webhook(secret).sign(str(event), datetime.fromtimestamp(at, UTC), text)

    assert ours["webhook-signature"] == theirs


@given(keys, keys)
def test_while_a_secret_is_replaced_either_verifies(old: bytes, new: bytes) -> None:
    secrets = [f"whsec_{b64encode(key).decode()}" for key in (old, new)]
    at = int(datetime.now(UTC).timestamp())

    headers = signed_headers(keys_of("  ".join(secrets)), ID, at, BODY)

    assert len(headers["webhook-signature"].split(" ")) == 2
    for secret in secrets:
        assert Webhook(secret).verify(BODY, headers) == {"test": 2432232314}


def test_a_secret_may_lack_its_padding() -> None:
    key = b"k" * 25

    assert keys_of(f"whsec_{b64encode(key).decode().rstrip('=')}") == (key,)


def test_without_a_secret_there_is_no_signature_and_still_an_id() -> None:
    assert signed_headers((), ID, AT, BODY).keys() == {
        *("webhook-id", "webhook-timestamp")
    }


@pytest.mark.parametrize(
    "secret",
    [
        "hunter2",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_",
        "whsec_hunter2",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa!w",
        f"{SECRET} whsec_hunter2",
        f"whsec_{b64encode(b'k' * 65).decode()}",
    ],
)
def test_what_is_no_secret_is_refused_and_not_shown(secret: str) -> None:
    with pytest.raises(SubscriberError, match="is not of the form whsec_") as raised:
        keys_of(secret)

    assert not any(part in str(raised.value) for part in ("hunter2", "MfKQ"))


def test_an_empty_secret_is_none() -> None:
    with pytest.raises(SubscriberError, match="the secret is empty"):
        keys_of("  ")
