"""Waiting for what another thread does."""

import time
from collections.abc import Callable


def until(condition: Callable[[], bool], seconds: float = 10) -> bool:
    given_up_at = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > given_up_at:
            return False
        time.sleep(0.01)
    return True
