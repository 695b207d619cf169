"""Webhooks against a real receiver that fails in every way it can."""

import datetime as dt
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.integration.subscribers.certificates import certificate
from tests.integration.subscribers.told import LOG, RUN, event_id, several, told
from tests.receiver import SECRET, Receiver, answer, cut, garbage, receiving
from tests.waiting import until
from wct_adapters.subscribers.webhook import Webhook
from wct_domain.errors import DeliveryError, ReceiverGoneError, SubscriberError

Make = Callable[..., Webhook]
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving(Receiver()) as listening:
        yield listening


@pytest.fixture
def hook(receiver: Receiver) -> Iterator[Make]:
    """Make a transport to the receiver."""
    with ExitStack() as stack:

        def make(url: str | None = None, **options: Any) -> Webhook:
            given: dict[str, Any] = {"secrets": SECRET, "timeout": 10, **options}
            made = Webhook(url or receiver.url, log_id=LOG, **given)
            stack.callback(made.close)
            return made

        yield make


def refused(hook: Webhook, text: str) -> DeliveryError:
    with pytest.raises(DeliveryError, match=text) as raised:
        hook(told())
    assert "hunter2" not in str(raised.value) + raised.value.said
    return raised.value


def test_a_receiver_gets_the_event_signed_and_in_order(
    hook: Make, receiver: Receiver
) -> None:
    post = hook()

    post(told(1))
    post.batch(several(3)[1:])

    assert [each["id"] for each in receiver.posts] == list(map(event_id, (1, 2, 3)))
    assert receiver.ids == list(map(event_id, (1, 2, 3)))
    assert receiver.posts[0]["source"] == f"urn:wct:{LOG}:{RUN}"
    head = receiver.heads[0]
    assert head["content-type"] == "application/cloudevents+json"
    assert head["user-agent"].startswith("wct/")
    assert head["path"] == "/hook/T0-hunter2"


def test_both_secrets_verify_while_one_is_replaced(
    hook: Make, receiver: Receiver
) -> None:
    receiver.secrets = (SECRET, OTHER)

    hook(secrets=f"{OTHER} {SECRET}")(told())

    assert len(receiver.posts) == 1


def test_the_time_that_is_signed_is_that_of_the_attempt(
    hook: Make, receiver: Receiver
) -> None:
    receiver.deeds.append(answer(500))
    post = hook()
    refused(post, "500")
    post(told())

    for head in receiver.heads:
        assert abs(time.time() - int(head["webhook-timestamp"])) < 60


def test_a_wrong_secret_is_no_reason_to_try_again(hook: Make) -> None:
    error = refused(hook(secrets=OTHER), "401 Unauthorized; see that it has the same")

    assert not error.retryable


def test_a_time_long_ago_is_refused_by_the_receiver(hook: Make) -> None:
    long_ago = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)

    refused(hook(now=lambda: long_ago), "401")


def test_headers_of_ones_own_are_sent(hook: Make, receiver: Receiver) -> None:
    hook(headers={"Authorization": "Bearer t", "X-Team": "dpo"})(told())

    head = receiver.heads[0]
    assert (head["authorization"], head["x-team"]) == ("Bearer t", "dpo")


def test_one_that_fails_and_comes_back_gets_what_it_missed(
    hook: Make, receiver: Receiver
) -> None:
    post = hook()
    receiver.deeds.extend([answer(500), answer(503, retry_after="7"), cut, garbage])

    assert refused(post, "500 Internal Server Error").retry_after is None
    assert refused(post, "503 Service Unavailable").retry_after == 7.0
    refused(post, "broke off the exchange")
    refused(post, "broke off the exchange")
    post(told())

    assert receiver.ids == [event_id(1)]


def test_a_batch_stops_where_it_is_not_taken(hook: Make, receiver: Receiver) -> None:
    post = hook()
    post(told(9))
    receiver.deeds.extend([answer(204), answer(500)])

    with pytest.raises(DeliveryError):
        post.batch(several(4))

    assert len(receiver.heads) == 1 + 2


def test_gone_is_told_apart(hook: Make, receiver: Receiver) -> None:
    receiver.deeds.append(answer(410))

    assert isinstance(refused(hook(), "410 Gone"), ReceiverGoneError)


@pytest.mark.parametrize("deed", ["hang", "drip"])
def test_one_that_never_comes_to_an_end_is_left(
    hook: Make, receiver: Receiver, deed: str
) -> None:
    receiver.deeds.append(getattr(receiver, deed))
    begun = time.monotonic()

    error = refused(hook(timeout=0.5), "did not answer within 0.5 s")

    assert time.monotonic() - begun < 3
    assert error.retryable


def test_one_that_says_yes_and_goes_on_talking_has_taken_it(
    hook: Make, receiver: Receiver
) -> None:
    receiver.deeds.append(receiver.drip_body)
    begun = time.monotonic()
    post = hook()

    post(told(1))
    post(told(2))

    assert time.monotonic() - begun < 5
    assert receiver.ids == [event_id(2)]


def test_nobody_listening_is_worth_another_try(hook: Make, receiver: Receiver) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        error = refused(
            hook(f"http://127.0.0.1:{port}/hunter2"),
            f"http://127.0.0.1:{port} cannot be reached: Connection refused",
        )
    assert error.retryable


def test_an_unknown_name_is_told(hook: Make) -> None:
    post = hook("https://no-such-host.invalid/hunter2")

    refused(post, "https://no-such-host.invalid cannot be found: its name is not known")


@pytest.mark.parametrize("status", [307, 308])
def test_a_redirect_on_the_same_host_is_followed_as_it_was_sent(
    hook: Make, receiver: Receiver, status: int
) -> None:
    receiver.deeds.append(answer(status, location="/moved?to=x"))

    hook()(told())

    assert receiver.ids == [event_id(1)]
    assert receiver.heads[1]["path"] == "/moved?to=x"


@pytest.mark.parametrize(
    ("status", "location", "why"),
    [
        (307, "http://127.0.0.2:{port}/hunter2", "to another place, which is not"),
        (308, "http://localhost:{port}/hunter2", "to another place"),
        (307, "//127.0.0.2/hunter2", "to another place"),
        (307, "ftp://127.0.0.1/hunter2", "to another place"),
        (307, "http://127.0.0.1:1/hunter2", "to another place"),
        (302, "/hunter2", "302 Found; put the address that it moved to"),
        (301, "/hunter2", "301 Moved Permanently; put the address"),
    ],
)
def test_no_other_redirect_is(
    hook: Make, receiver: Receiver, status: int, location: str, why: str
) -> None:
    receiver.deeds.append(answer(status, location=location.format(port=receiver.port)))

    error = refused(hook(), why)

    assert not error.retryable
    assert len(receiver.heads) == 1


def test_a_circle_of_redirects_has_an_end(hook: Make, receiver: Receiver) -> None:
    receiver.deeds.extend([answer(307, location="/a")] * 10)

    assert not refused(hook(), "redirects without end").retryable


def test_a_large_event_arrives_whole(hook: Make, receiver: Receiver) -> None:
    (event,) = several(1, "x" * 3_000_000)

    hook()(event)

    assert len(receiver.posts[0]["data"]["data"]["filler"]) == 3_000_000


def test_a_certificate_that_nobody_signed_is_refused_unless_it_is_named(
    tmp_path: Path, hook: Make
) -> None:
    pair = certificate(tmp_path)
    with receiving(Receiver(), pair) as receiver:
        url = f"https://localhost:{receiver.port}/hunter2"
        refused(
            hook(url), "is not trusted: self-signed certificate; name the authority"
        )
        hook(url, ca_file=pair[0])(told())

    assert receiver.ids == [event_id(1)]


def test_a_certificate_of_another_host_is_refused(tmp_path: Path, hook: Make) -> None:
    pair = certificate(tmp_path, "other.example.com")
    with receiving(Receiver(), pair) as receiver:
        url = f"https://localhost:{receiver.port}/hunter2"
        refused(hook(url, ca_file=pair[0]), "is not trusted: Hostname mismatch")

    assert receiver.heads == []


def test_a_receiver_without_tls_is_told_apart(hook: Make, receiver: Receiver) -> None:
    url = f"https://127.0.0.1:{receiver.port}/hunter2"

    refused(hook(url), "does not speak TLS that we understand; see its port")


def test_a_redirect_to_plain_http_is_not_followed(tmp_path: Path, hook: Make) -> None:
    pair = certificate(tmp_path)
    with receiving(Receiver(), pair) as receiver:
        url = f"https://localhost:{receiver.port}/"
        receiver.deeds.append(
            answer(307, location=f"http://localhost:{receiver.port}/")
        )
        refused(hook(url, ca_file=pair[0]), "redirects to another place")


def test_the_environments_proxy_is_asked_but_not_on_the_way_to_this_machine(
    hook: Make, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")

    hook()(told())

    assert receiver.ids == [event_id(1)]
    elsewhere = hook("https://receiver.invalid/hunter2")
    refused(elsewhere, "cannot be reached: Connection refused")


def test_a_proxy_that_is_none_is_told_without_its_password(
    hook: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "gopher://bot:hunter2@127.0.0.1:9")

    refused(hook("https://receiver.invalid/"), "look at the URL, and at HTTPS_PROXY")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://", "the URL is none; https:// or http:// HOST is wanted"),
        ("https://[::1/hunter2", "the URL is none"),
        ("https://chat:99999/hunter2", "the URL is none"),
        ("https://chat/hunter2\n", "the URL is none"),
        ("ftp://chat/hunter2", "the URL is none"),
        ("http://chat.example.com/hunter2", "http://chat.example.com would be told"),
        ("http://u:hunter2@10.0.0.1/", "http://10.0.0.1 would be told events without"),
    ],
)
def test_an_address_that_will_not_do_is_refused_at_once(url: str, why: str) -> None:
    with pytest.raises(SubscriberError) as raised:
        Webhook(url, log_id=LOG)

    assert why in str(raised.value)
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    "url", ["http://localhost:80", "http://[::1]/", "http://a.localhost/", "https://c"]
)
def test_plain_http_is_for_this_machine(url: str) -> None:
    Webhook(url, log_id=LOG).close()
    Webhook("http://10.0.0.1/", log_id=LOG, insecure=True).close()


def test_authorities_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("")
    for file, why in [("none.pem", "No such file"), ("empty.pem", "no certificate")]:
        with pytest.raises(SubscriberError, match=why):
            Webhook("https://chat", log_id=LOG, ca_file=tmp_path / file)


def test_without_the_package_one_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nothing(name: str) -> None:
        assert name == "httpx"

    monkeypatch.setattr("wct_adapters.subscribers.webhook.find_spec", nothing)

    with pytest.raises(
        SubscriberError, match=r"pip install 'wct-compliance\[webhook\]'"
    ):
        Webhook("https://chat", log_id=LOG)


def test_closing_ends_a_request_that_is_under_way_and_its_thread(
    hook: Make, receiver: Receiver
) -> None:
    receiver.deeds.append(receiver.hang)
    post = hook(timeout=60)
    raised: list[DeliveryError] = []

    def deliver() -> None:
        try:
            post(told())
        except DeliveryError as error:
            raised.append(error)

    thread = Thread(target=deliver)
    thread.start()
    assert until(lambda: len(receiver.heads) == 1)
    begun = time.monotonic()
    post.close()
    thread.join(5)

    assert time.monotonic() - begun < 2
    assert "is told nothing more" in str(raised[0])
    assert "wct-webhook" not in {each.name for each in threading.enumerate()}
    refused(post, "is told nothing more")


def test_one_connection_serves_many_requests(hook: Make, receiver: Receiver) -> None:
    ports: list[object] = []
    post = hook()

    def note(handler: Any) -> None:
        ports.append(handler.client_address)
        answer(200)(handler)

    receiver.deeds.extend([note] * 3)
    post.batch(several(3))

    assert len(set(ports)) == 1
