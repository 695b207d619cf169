"""What may be said of a subscriber, and how it is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from wct_domain.explaining import explain
from wct_domain.settings.environment import resolved, variable_of
from wct_domain.settings.subscribers import Subscribers, SubscriberSettings

LIST: TypeAdapter[tuple[SubscriberSettings, ...]] = TypeAdapter(Subscribers)
HOOK = {"url": "https://chat.example.com/hook"}


def read(*entries: dict[str, Any]) -> tuple[SubscriberSettings, ...]:
    return LIST.validate_python(list(entries))


def refusal(*entries: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as raised:
        read(*entries)
    return explain(raised.value)


@pytest.mark.parametrize(
    ("transport", "value"),
    [
        ("exec", ["./notify", "--chat"]),
        ("exec", {"command": ["./notify"], "env": ["CHAT_URL"], "timeout": 5}),
        ("webhook", HOOK),
        ("webhook", {"url": "${HOOK}", "secret": "${KEY}", "timeout": 2}),
        ("file", "events.jsonl"),
        ("nats", {"url": "nats://127.0.0.1:4222", "stream": "facts"}),
        ("nats", {"url": "tls://broker.example.com", "stream": {"create": True}}),
        ("call", "chat.bot:Notifier"),
    ],
)
def test_each_transport_can_be_named(transport: str, value: object) -> None:
    (only,) = read({"name": "chat", transport: value})

    assert (only.transport, only.on_replay, only.from_start) == (
        transport,
        "skip",
        False,
    )


def test_a_program_may_be_named_without_more() -> None:
    (short,) = read({"name": "chat", "exec": ["./notify", "--chat"]})
    (long,) = read({"name": "chat", "exec": {"command": ["./notify", "--chat"]}})

    assert short == long


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({}, "'chat' needs one of exec, webhook, file, nats, call; it has none"),
        ({"file": "x", "call": "a:b"}, "it has file and call"),
        ({"file": "x", "every": 3}, "0 -> every: Extra inputs are not permitted"),
        ({"exec": []}, "0 -> exec -> command: "),
        ({"exec": "./notify"}, "0 -> exec: "),
        ({"exec": {"command": ["a"], "timeout": 0}}, "0 -> exec -> timeout: "),
        ({"exec": {"command": ["a"], "env": ["A=1"]}}, "0 -> exec -> env -> 0: "),
        ({"webhook": {"url": "ftp://x"}}, "0 -> webhook -> url: "),
        ({"webhook": HOOK | {"headers": {"X Y": "1"}}}, "is no name of an HTTP header"),
        ({"webhook": HOOK | {"headers": {"Content-Type": "a"}}}, "is set by wct"),
        ({"webhook": HOOK | {"headers": {"X": "a\nb"}}}, "not printable ASCII"),
        ({"nats": {"url": "http://x"}}, "begins with nats:// or tls:// is wanted"),
        ({"nats": {"url": "nats://x", "stream": "a.b"}}, "0 -> nats -> stream -> name"),
        (
            {"nats": {"url": "nats://x", "token": "${T}", "credentials": "c"}},
            "two ways to log in",
        ),
        ({"call": "chat.bot"}, "0 -> call: "),
        ({"file": "x", "events": ["step.completed"]}, "'step.completed/1' is one"),
        ({"file": "x", "events": ["stop"]}, "'stop' is no event"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    entry: dict[str, object], why: str
) -> None:
    assert why in refusal({"name": "chat", **entry})


@pytest.mark.parametrize("name", ["", "a/b", "a b", "x" * 65])
def test_a_name_is_fit_for_a_stream_and_a_lock(name: str) -> None:
    assert refusal({"name": name, "file": "x"}).startswith("0 -> name: ")


def test_two_of_one_name_would_share_a_cursor() -> None:
    entry = {"name": "chat", "file": "x"}

    assert "two subscribers are called 'chat'" in refusal(entry, entry)


@pytest.mark.parametrize(
    "webhook",
    [
        HOOK | {"secret": "whsec_hunter2"},
        HOOK | {"headers": {"Authorization": "Bearer hunter2"}},
        HOOK | {"headers": {"X-Api-Key": "hunter2"}},
    ],
)
def test_a_secret_is_not_written_into_the_file_nor_shown(
    webhook: dict[str, object],
) -> None:
    said = refusal({"name": "chat", "webhook": webhook})

    assert "${NAME}" in said
    assert "hunter2" not in said


def test_no_text_of_the_settings_shows_where_the_hook_is() -> None:
    (only,) = read({"name": "chat", "webhook": {"url": "https://chat/T0/hunter2"}})

    assert "hunter2" not in repr(only)


def test_a_variable_is_looked_up_and_everything_else_stays() -> None:
    environ = {"CHAT": " https://chat.example.com ", "EMPTY": " "}

    assert resolved("${CHAT}", environ) == "https://chat.example.com"
    assert resolved("https://a/${CHAT}", environ) == "https://a/${CHAT}"
    for name in ("EMPTY", "MISSING"):
        with pytest.raises(LookupError, match=f"variable {name} is not set"):
            resolved(f"${{{name}}}", environ)


@given(st.text())
def test_only_a_whole_reference_is_one(text: str) -> None:
    name = variable_of(text)

    assert name is None or text == f"${{{name}}}"
