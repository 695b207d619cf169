"""Subscribers: one that notes what it is told, one that does what it should not."""

import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from wct_entrypoints.api import DeliveryError, Recorded, Row, events

LONG = 60.0  # seconds


class Diary:
    """Notes the steps that completed.

    A line each.
    """

    types = (events.StepCompleted, events.StepFailed)
    on_replay = "run"

    def __init__(self) -> None:
        self.told = 0

    def __call__(self, recorded: Recorded) -> None:
        self.told += 1
        event: Any = recorded.event
        with Path("diary.txt").open("a", encoding="utf-8") as file:
            file.write(f"{self.told} {recorded.position} {event.type} {event.step}\n")


def trouble(recorded: Recorded) -> None:
    """Does what the variable TROUBLE says."""
    match os.environ.get("TROUBLE"):
        case "raise":
            raise ConnectionError("nobody answers, password=hunter2")
        case "sleep":
            time.sleep(0.5)
        case "exit":
            sys.exit(7)
        case "hang":
            threading.Event().wait(LONG)
        case "die":
            os._exit(9)
        case "refuse":
            raise DeliveryError("nobody is there", retryable=False)
        case _:
            del recorded


class Counts:
    """Counts events by type."""

    on_replay = "run"

    def __call__(self, recorded: Recorded) -> list[Row]:
        event: Any = recorded.event
        return [Row(event.type, {"events": 1}, "add")]


class Sleeper:
    """Takes half a second for each event."""

    def __call__(self, recorded: Recorded) -> None:
        Path("sleeping").touch()
        time.sleep(0.5)


def shy(recorded: Recorded) -> None:
    """Is not installed, but can be named."""
    with Path("shy.txt").open("a", encoding="utf-8") as file:
        file.write(f"{recorded.position}\n")


async def late(recorded: Recorded) -> None:
    """Would never be waited for."""
    del recorded


class Closed:
    """Cannot be made."""

    def __init__(self) -> None:
        raise PermissionError("the door is closed")


NUMBER = 7
