"""Errors in words that are safe to show: the place and the rule, not the value."""

from threading import current_thread, main_thread
from typing import NamedTuple

from pydantic import ValidationError

from wct_domain.errors import WctError
from wct_domain.substitution import as_written


def ends_process(error: BaseException) -> bool:
    """Whether what a component raised is meant for the whole process, not its step.

    ``SystemExit`` is. So is the ``KeyboardInterrupt`` of a signal, which Python raises
    in the main thread only; anywhere else somebody's code raised it. Other exceptions
    outside of ``Exception`` (of asyncio, of a test framework, a stranger's own) say no
    more than that the component could not go on.
    """
    if isinstance(error, KeyboardInterrupt):
        return current_thread() is main_thread()
    return isinstance(error, SystemExit)


def explain(error: BaseException) -> str:
    """Say what an error means, in one line as far as we write it.

    Pydantic prints the offending values; they are left out here, and what a runbook
    took from the environment is as the file writes it. An error without a text is named
    by its class.
    """
    if isinstance(error, ValidationError):
        found = error.errors(
            include_url=False, include_context=False, include_input=False
        )
        text = "; ".join(
            f"{' -> '.join(map(str, each['loc'])) or 'root'}: {each['msg']}"
            for each in found
        )
    else:
        text = _said(error)
    return as_written(_storable(text)) or type(error).__name__


def _said(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001  # a stranger's __str__: the class must do
        return ""


def _storable(text: str) -> str:
    # The name of a file that is not UTF-8 brings lone surrogates; blobs are UTF-8.
    return text.encode("utf-8", "backslashreplace").decode()


class Failure(NamedTuple):
    """An exception as it is recorded."""

    code: str
    error: str  # class name
    message: str  # may quote data: goes into a blob
    traceback: str  # as above

    @classmethod
    def of(cls, error: BaseException) -> "Failure":
        if isinstance(error, ToldError):
            # That process knows values, and not which of them the environment had.
            told = error.failure
            return told._replace(message=as_written(told.message))
        # str, because a plugin's own error may keep, say, an HTTP status in ``code``.
        code = str(error.code) if isinstance(error, WctError) else "unexpected"
        # Here, because most runs have no failure to tell of.
        import traceback  # noqa: PLC0415  # start-up time

        frames = _storable("".join(traceback.format_tb(error.__traceback__)))
        return cls(code, type(error).__name__, explain(error), frames)

    @property
    def document(self) -> dict[str, str]:
        """What is stored where an event has ``message``."""
        return {"message": self.message, "traceback": self.traceback}


class ToldError(Exception):
    """An exception of another process: what that process tells of it."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure
