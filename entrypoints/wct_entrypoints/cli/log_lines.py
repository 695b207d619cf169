"""Log lines on stderr: how they look, and which events become one."""

import json
import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any

from wct_domain.events import (
    RunCompleted,
    RunFailed,
    RunInterrupted,
    RunStarted,
    StepCompleted,
    StepFailed,
    StepSkipped,
)
from wct_domain.ports.ledger import Recorded
from wct_domain.projections.timeline import describe
from wct_entrypoints import logs
from wct_entrypoints.cli.shared import printable

_log = logs.Log("wct.events")
_LANDMARKS = (
    RunStarted,
    RunCompleted,
    RunFailed,
    RunInterrupted,
    StepCompleted,
    StepFailed,
    StepSkipped,
)


def log_event(recorded: Recorded) -> None:
    """Write an event as a line: INFO for what a reader waits for, else DEBUG.

    A subscriber of the bus; the domain itself logs nothing.
    """
    landmark = isinstance(recorded.event, _LANDMARKS)
    _log.line(
        logs.Level.INFO if landmark else logs.Level.DEBUG,
        recorded.event.type.partition("/")[0],
        timestamp=recorded.at.isoformat(timespec="milliseconds"),
        run=recorded.stream,
        position=recorded.position,
        what=describe(recorded.event),
    )


def prepare_structlog() -> None:
    """Have lines written to stderr, in our form; called before the first one is."""
    import structlog

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            _with_time,
            _as_json if logs.writes_json() else _as_line,
        ],
        logger_factory=_stderr_logger,
        # For who logs with structlog directly; Log asks before it comes here.
        wrapper_class=structlog.make_filtering_bound_logger(
            min(level for level in logs.Level if logs.writes(level))
        ),
        cache_logger_on_first_use=False,
    )


class _StderrNow:
    """Stands for whatever stderr is when a line is written.

    A live display puts itself in its place for a while.
    """

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def _stderr_logger(*_args: object) -> Any:
    import structlog

    stream: Any = _StderrNow()
    return structlog.PrintLogger(stream)


def _with_time(
    _logger: Any, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Add the present time, unless the line has a time of its own, as events have."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    line.setdefault("timestamp", now)
    return line


def _as_line(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> str:
    """Render ``time level event: message key=value …``, safe for a terminal."""
    time, level = line.pop("timestamp"), line.pop("level")
    event, message = line.pop("event"), line.pop("message", None)
    said = f"{event}: {message}" if message else str(event)
    values = "".join(f" {key}={_value(value)}" for key, value in line.items())
    time = time.replace("+00:00", "Z")
    return printable(f"{time} {level:<7} {said}{values}")


def _as_json(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> str:
    """Render one object: timestamp, level, event, and the values by their names."""
    first = ("timestamp", "level", "event")
    ordered = {name: line.pop(name) for name in first} | dict(line)
    return json.dumps(ordered, default=str)  # ASCII: nothing moves a cursor


def _value(value: object) -> str:
    text = str(value)
    return f'"{text}"' if " " in text else text
