"""Time and identity, asked from outside so that tests can decide both."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]
"""Returns the present time, aware, in UTC."""

NewId: TypeAlias = Callable[[], str]
"""Returns a new UUIDv7 (RFC 9562 §5.7) as canonical text: later ids sort later."""
