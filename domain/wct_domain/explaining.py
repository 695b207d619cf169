"""Errors in words that are safe to show: the place and the rule, not the value."""

import traceback
from dataclasses import dataclass

from pydantic import ValidationError

from wct_domain.errors import WctError


def explain(error: BaseException) -> str:
    """Say what an error means, in one line as far as we write it.

    Pydantic prints the offending values; they are left out here. An error without
    a text is named by its class.
    """
    if isinstance(error, ValidationError):
        found = error.errors(
            include_url=False, include_context=False, include_input=False
        )
        return "; ".join(
            f"{' -> '.join(map(str, each['loc'])) or 'root'}: {each['msg']}"
            for each in found
        )
    return str(error) or type(error).__name__


@dataclass(frozen=True, slots=True)
class Failure:
    """An exception as it is recorded."""

    code: str
    error: str  # class name
    message: str  # may quote data: goes into a blob
    traceback: str  # as above

    @classmethod
    def of(cls, error: BaseException) -> "Failure":
        code = error.code if isinstance(error, WctError) else "unexpected"
        frames = traceback.format_tb(error.__traceback__)
        return cls(code, type(error).__name__, explain(error), "".join(frames))

    @property
    def document(self) -> dict[str, str]:
        """What is stored where an event has ``message``."""
        return {"message": self.message, "traceback": self.traceback}
