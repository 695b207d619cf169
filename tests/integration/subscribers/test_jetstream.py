"""JetStream against Debian's nats-server: acknowledged, deduplicated, told apart."""

import json
import signal
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
from tests.nats_logins import Operator
from tests.nats_server import NatsServer, running_nats
from tests.waiting import until
from wct_adapters.subscribers.jetstream import JetStream, Login, Target
from wct_domain.errors import DeliveryError, SubscriberError
from wct_domain.events import StepStarted, UnknownEvent
from wct_domain.ports.ledger import Recorded

Make = Callable[..., JetStream]
MAKING = Target(create=True)


@pytest.fixture
def publish() -> Iterator[Make]:
    """Make a transport to a server."""
    with ExitStack() as stack:

        def make(url: str, **options: Any) -> JetStream:
            given: dict[str, Any] = {"target": MAKING, **options}
            made = JetStream(url, log_id=LOG, **given)
            stack.callback(made.close)
            return made

        yield make


def refused(publish: JetStream, text: str) -> DeliveryError:
    with pytest.raises(DeliveryError, match=text) as raised:
        publish(told())
    assert "hunter2" not in str(raised.value)
    return raised.value


def took(publish: JetStream, event: Recorded) -> bool:
    try:
        publish(event)
    except DeliveryError:
        return False
    return True


def ids(server: NatsServer) -> list[str]:
    return [each.headers["Nats-Msg-Id"] for each in server.messages()]


def test_an_event_is_a_message_under_the_subject_of_its_run_and_step(
    publish: Make, nats_server: NatsServer
) -> None:
    send = publish(nats_server.url)

    send(told(1))
    send(told(2, UnknownEvent(type="step.dreamt/1", data={"step": "scan files"})))

    first, second = nats_server.messages()
    assert first.subject == f"wct.run.{RUN}"
    assert second.subject == f"wct.run.{RUN}.step.scan%20files"
    assert first.headers["Nats-Msg-Id"] == event_id(1)
    assert first.headers["Content-Type"] == "application/cloudevents+json"
    assert json.loads(first.data)["source"] == f"urn:wct:{LOG}:{RUN}"
    assert len(nats_server.messages(f"wct.run.{RUN}.step.*")) == 1


def test_a_batch_is_stored_in_order(publish: Make, nats_server: NatsServer) -> None:
    events = several(450)

    publish(nats_server.url).batch(events)

    assert ids(nats_server) == [each.id for each in events]


def test_what_comes_twice_is_stored_once(
    publish: Make, nats_server: NatsServer
) -> None:
    publish(nats_server.url).batch(several(5))
    publish(nats_server.url).batch(several(8))

    assert ids(nats_server) == [event_id(each) for each in range(1, 9)]


def test_a_server_that_was_away_gets_what_it_missed(
    publish: Make, nats_server: NatsServer
) -> None:
    send = publish(nats_server.url, timeout=5)
    send(told(1))

    nats_server.stop()
    begun = time.monotonic()
    assert refused(send, "cannot be reached: Connection refused|broke off").retryable
    assert time.monotonic() - begun < 3
    nats_server.start()
    send.batch([told(2), told(3)])

    assert ids(nats_server) == [event_id(1), event_id(2), event_id(3)]


def test_a_server_that_is_silent_is_not_waited_for_beyond_the_time(
    publish: Make, nats_server: NatsServer
) -> None:
    send = publish(nats_server.url, timeout=2)
    assert until(lambda: took(send, told(1)))
    nats_server.signal(signal.SIGSTOP)
    begun = time.monotonic()
    try:
        error = refused(send, "did not acknowledge within 2 s")
        assert time.monotonic() - begun < 6
    finally:
        nats_server.signal(signal.SIGCONT)

    assert error.retryable
    assert until(lambda: took(send, told(2)))
    assert set(ids(nats_server)) == {event_id(1), event_id(2)}


def test_one_that_dies_under_the_messages_is_noticed_at_once(
    publish: Make, nats_server: NatsServer
) -> None:
    send = publish(nats_server.url, timeout=20)
    send(told(1))
    nats_server.signal(signal.SIGSTOP)
    raised: list[DeliveryError] = []

    def deliver() -> None:
        try:
            send.batch(several(20))
        except DeliveryError as error:
            raised.append(error)

    thread = Thread(target=deliver)
    thread.start()
    time.sleep(0.3)
    nats_server.stop()
    thread.join(5)

    assert "broke off the connection" in str(raised[0])


def test_a_stream_is_made_only_if_that_is_asked_for(
    publish: Make, nats_server: NatsServer
) -> None:
    bound = publish(nats_server.url, target=Target())

    error = refused(bound, "has no stream for wct.>, or no JetStream; make the stream")
    assert not error.retryable
    nats_server.make_stream("wct", "wct.>")
    bound(told())

    assert ids(nats_server) == [event_id(1)]


def test_another_stream_that_listens_is_not_enough(
    publish: Make, nats_server: NatsServer
) -> None:
    nats_server.make_stream("theirs", "wct.>")

    error = refused(
        publish(nats_server.url, target=Target()),
        "stores wct.> in another stream than 'wct'",
    )
    assert not error.retryable


def test_the_stream_and_the_subjects_may_have_other_names(
    publish: Make, nats_server: NatsServer
) -> None:
    target = Target(stream="facts", create=True, prefix="audit")
    publish(nats_server.url, target=target)(told())

    assert nats_server.messages("audit.>")[0].subject == f"audit.run.{RUN}"


def test_what_is_too_large_for_the_server_is_for_somebody_to_look_at(
    publish: Make, nats_server: NatsServer
) -> None:
    send = publish(nats_server.url)
    (large,) = several(1, "x" * 2_000_000)

    with pytest.raises(DeliveryError, match="see its max_payload") as raised:
        send(large)

    assert not raised.value.retryable
    send(told(2))
    assert ids(nats_server) == [event_id(2)]


@pytest.mark.parametrize(
    ("settings", "good"),
    [
        ("authorization { token: s3cret }", Login(token="s3cret")),
        ("authorization { user: bot, password: s3cret }", None),
    ],
)
def test_a_login_is_asked_for_and_refused_without_being_shown(
    publish: Make, nats_program: Path, settings: str, good: Login | None
) -> None:
    with running_nats(nats_program, settings) as server:
        bad = f"nats://bot:hunter2@127.0.0.1:{server.port}"
        assert not refused(publish(bad), "refuses the login; see the URL").retryable
        refused(publish(server.url), "refuses the login")
        refused(publish(server.url, login=Login(token="hunter2")), "refuses the login")
        if good is None:
            publish(f"nats://bot:s3cret@127.0.0.1:{server.port}")(told())
        else:
            publish(server.url, login=good)(told())


def test_credentials_of_a_file_are_a_login(
    publish: Make, nats_program: Path, tmp_path: Path
) -> None:
    trusted, stranger = Operator(), Operator()
    mine = Login(credentials=trusted.write_login(tmp_path / "mine.creds"))
    theirs = Login(credentials=stranger.write_login(tmp_path / "theirs.creds"))
    (tmp_path / "none.creds").write_text("hunter2")
    none = Login(credentials=tmp_path / "none.creds")

    with running_nats(nats_program, trusted.settings) as server:
        publish(server.url, login=mine).batch(several(3))
        assert not refused(publish(server.url, login=theirs), "refuses").retryable
        assert not refused(publish(server.url, login=none), "of the kind").retryable
        refused(publish(server.url), "refuses the login")


def test_a_login_that_may_not_publish_there_is_told(
    publish: Make, nats_program: Path
) -> None:
    settings = (
        "authorization { users: [{user: a, password: b, permissions: "
        '{publish: ["$JS.>"]}}] }'
    )
    with running_nats(nats_program, settings) as server:
        send = publish(f"nats://a:b@127.0.0.1:{server.port}", timeout=3)
        error = refused(send, "does not let this login publish to wct.>")

    assert not error.retryable


TLS = 'tls {{ cert_file: "{0}", key_file: "{1}" }}'


def test_a_server_with_a_certificate_that_is_named_is_trusted_and_no_other(
    publish: Make, nats_program: Path, tmp_path: Path
) -> None:
    pair = certificate(tmp_path)
    with running_nats(nats_program, TLS.format(*pair)) as server:
        url = f"tls://localhost:{server.port}"
        refused(publish(url), "is not trusted: self-signed certificate")
        publish(url, ca_file=pair[0])(told())


def test_no_login_is_sent_to_a_server_that_does_not_encrypt(publish: Make) -> None:
    heard: list[bytes] = []

    def talk_plainly(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(2)
            connection.sendall(b'INFO {"server_id":"x","max_payload":1000}\r\n')
            try:
                heard.append(connection.recv(10_000))
            except TimeoutError:
                heard.append(b"")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=talk_plainly, args=(listener,))
        thread.start()
        url = f"tls://bot:hunter2@127.0.0.1:{listener.getsockname()[1]}"
        error = refused(publish(url), "does not encrypt, where tls:// was asked for")
        thread.join()

    assert heard == [b""]
    assert not error.retryable


def test_one_that_is_no_nats_server_is_left(publish: Make) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"220 mail.example.com ESMTP\r\n")

        thread = Thread(target=greet)
        thread.start()
        url = f"nats://127.0.0.1:{listener.getsockname()[1]}"
        refused(publish(url, timeout=2), "broke off|did not acknowledge")
        thread.join()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1", "the URL is none; tls:// or nats:// HOST is wanted"),
        ("nats://broker.example.com", "would be told events without encryption; use"),
        ("nats://u:hunter2@10.0.0.1", "nats://10.0.0.1 would be told"),
    ],
)
def test_an_address_that_will_not_do_is_refused_at_once(url: str, why: str) -> None:
    with pytest.raises(SubscriberError) as raised:
        JetStream(url, log_id=LOG)

    assert why in str(raised.value)
    assert "hunter2" not in str(raised.value)


def test_credentials_that_are_not_there_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SubscriberError, match="there is no such file"):
        JetStream(
            "tls://broker", log_id=LOG, login=Login(credentials=tmp_path / "a.creds")
        )


def test_without_the_package_one_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nothing(name: str) -> None:
        assert name in {"nats", "nkeys"}

    monkeypatch.setattr("wct_adapters.subscribers.jetstream.find_spec", nothing)

    with pytest.raises(SubscriberError) as raised:
        JetStream("tls://broker", log_id=LOG)

    assert "pip install 'wct-compliance[nats]'" in str(raised.value)


def test_closing_leaves_no_thread(publish: Make, nats_server: NatsServer) -> None:
    send = publish(nats_server.url)
    send(told())
    assert "wct-nats" in {each.name for each in threading.enumerate()}

    send.close()

    assert until(
        lambda: "wct-nats" not in {each.name for each in threading.enumerate()}
    )
    refused(send, "is told nothing more")


def test_a_step_of_the_built_in_kind_is_found_by_its_subject(
    publish: Make, nats_server: NatsServer
) -> None:
    started = StepStarted(step="scan", at=told().at, seed=1)

    publish(nats_server.url)(told(1, started))

    assert len(nats_server.messages("wct.run.*.step.scan")) == 1
