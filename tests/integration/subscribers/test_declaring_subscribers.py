"""Subscribers made of what settings say."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.integration.subscribers.told import LOG, event_id, told
from tests.receiver import SECRET, Receiver, receiving
from wct_domain.errors import SubscriberError
from wct_domain.events import StepCompleted, StepFailed
from wct_domain.ports.transports import Transport
from wct_domain.settings.subscribers import SubscriberSettings
from wct_domain.subscribers import DeclaredSubscriber
from wct_entrypoints.bootstrap.subscribers import Surroundings, declare

MODULE = """
class Diary:
    '''Notes what it is told.'''
    on_replay = "run"
    from_start = True

    def __call__(self, recorded):
        print(recorded)
"""


def declared(
    directory: Path, environ: Mapping[str, str] | None = None, **said: Any
) -> DeclaredSubscriber:
    settings = SubscriberSettings.model_validate({"name": "chat", **said})
    return declare(settings, Surroundings(LOG, environ or {}, directory))


def closed(subscriber: DeclaredSubscriber) -> DeclaredSubscriber:
    assert isinstance(subscriber.call, Transport)
    subscriber.call.close()
    return subscriber


def test_settings_say_what_it_wants(tmp_path: Path) -> None:
    chat = declared(
        tmp_path,
        file="events.jsonl",
        events=["step.completed/1", "step.failed/1"],
        on_replay="run",
        from_start=True,
    )

    assert chat.types == (StepCompleted, StepFailed)
    assert (chat.name, chat.on_replay, chat.from_start) == ("chat", "run", True)


@pytest.mark.parametrize(
    ("said", "description"),
    [
        ({"exec": [sys.executable, "-V"]}, f"feeds the program {sys.executable}"),
        (
            {"webhook": {"url": "https://u:hunter2@chat.example.com/hunter2?hunter2"}},
            "posts to https://chat.example.com",
        ),
        (
            {"nats": {"url": "tls://u:hunter2@broker:5222", "stream": "facts"}},
            "publishes to tls://broker:5222, stream 'facts'",
        ),
    ],
)
def test_each_is_described_without_its_secrets(
    tmp_path: Path, said: dict[str, Any], description: str
) -> None:
    assert closed(declared(tmp_path, **said)).description == description


def test_files_are_those_beside_the_settings(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    chat = declared(tmp_path, file="out/events.jsonl")
    chat.call(told())
    closed(chat)

    assert event_id(1) in (tmp_path / "out" / "events.jsonl").read_text()
    script = tmp_path / "keep"
    script.write_text("#!/bin/sh\ncat > kept.jsonl\n")
    script.chmod(0o755)
    declared(tmp_path, {"PATH": "/usr/bin:/bin"}, exec=["./keep"]).call(told())
    assert event_id(1) in (tmp_path / "kept.jsonl").read_text()


def test_secrets_come_from_the_environment(tmp_path: Path) -> None:
    with receiving(Receiver()) as receiver:
        environ = {"HOOK": receiver.url, "KEY": f"{SECRET}\n", "TEAM": "dpo"}
        chat = declared(
            tmp_path,
            environ,
            webhook={
                "url": "${HOOK}",
                "secret": "${KEY}",
                "headers": {"X-Team": "${TEAM}"},
            },
        )
        chat.call(told())
        closed(chat)

    assert receiver.ids == [event_id(1)]
    assert receiver.heads[0]["x-team"] == "dpo"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"webhook": {"url": "${HOOK}"}}, "environment variable HOOK is not set"),
        (
            {"webhook": {"url": "https://a", "secret": "${KEY}"}},
            "environment variable KEY is not set",
        ),
        ({"nats": {"url": "tls://a", "token": "${T}"}}, "variable T is not set"),
        ({"nats": {"url": "tls://a", "credentials": "a.creds"}}, "no such file"),
        ({"exec": ["./missing"]}, "program './missing' is not there"),
        ({"exec": {"command": ["cat"], "env": ["A"]}}, "variable A is not set"),
        ({"call": "no_such_module:Chat"}, "No module named 'no_such_module'"),
    ],
)
def test_what_is_missing_is_told_with_the_subscribers_name(
    tmp_path: Path, said: dict[str, Any], why: str
) -> None:
    with pytest.raises(SubscriberError) as raised:
        declared(tmp_path, **said)

    assert str(raised.value).startswith("subscriber 'chat': ")
    assert why in str(raised.value)


def test_a_function_says_what_it_wants_unless_the_settings_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "diary_of_settings.py").write_text(MODULE)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])

    own = declared(tmp_path, call="diary_of_settings:Diary")
    said = declared(
        tmp_path,
        call="diary_of_settings:Diary",
        on_replay="skip",
        events=["step.failed/1"],
    )

    assert (own.on_replay, own.from_start, own.types) == ("run", True, ())
    assert (said.on_replay, said.from_start, said.types) == (
        "skip",
        True,
        (StepFailed,),
    )
    assert own.description == "Notes what it is told."
