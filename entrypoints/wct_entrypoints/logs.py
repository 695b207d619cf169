"""The log. structlog is imported when there is a line to write, not before.

To import it takes as long as everything else that a small command does, and most
commands have nothing to say.
"""

from collections.abc import Callable
from enum import IntEnum
from typing import NamedTuple


class Level(IntEnum):
    """How much a line matters; the numbers are those of ``logging``."""

    DEBUG = 10
    INFO = 20
    WARNING = 30
    ERROR = 40
    CRITICAL = 50


class _Settings:
    """What the process decided; a library that configures nothing logs warnings."""

    threshold = Level.WARNING
    as_json = False
    prepare: Callable[[], None] | None = None
    prepared = False


_settings = _Settings()


def configure(threshold: Level, prepare: Callable[[], None] | None = None) -> None:
    """Choose what is logged; ``prepare`` is called before the first line is written.

    Without ``prepare`` structlog stays as the embedding program configured it.
    """
    _settings.threshold = threshold
    _settings.prepare = prepare
    _settings.prepared = False
    _settings.as_json = False


def choose(threshold: Level, *, as_json: bool = False) -> None:
    """Change what is logged, and its form; all else stays as it was configured."""
    configure(threshold, _settings.prepare)
    _settings.as_json = as_json


def writes_json() -> bool:
    """Say whether lines are for programs: one JSON object each."""
    return _settings.as_json


def writes(level: Level) -> bool:
    """Say whether lines of this level are written."""
    return level >= _settings.threshold


class Log(NamedTuple):
    """Writes lines: a dotted event name in the past tense, and values by key.

    Neither holds personal data, at any level.
    """

    name: str

    def line(self, level: Level, event: str, **values: object) -> None:
        """Write a line, if lines of this level are wanted."""
        if not writes(level):
            return
        import structlog

        if _settings.prepare is not None and not _settings.prepared:
            _settings.prepared = True
            _settings.prepare()
        structlog.get_logger(self.name).log(int(level), event, **values)

    def error(self, event: str, **values: object) -> None:
        """Write a line about what stopped the work."""
        self.line(Level.ERROR, event, **values)

    def warning(self, event: str, **values: object) -> None:
        """Write a line about something that went wrong, and did not stop the work."""
        self.line(Level.WARNING, event, **values)
