"""How often a subscriber is told an event, and how long it is left alone in between."""

import hashlib
from datetime import datetime, timedelta
from typing import NamedTuple

from wct_domain.delivery.telling import Refused
from wct_domain.ports.cursors import Attempt

_LONGEST = 3600.0  # seconds between two attempts; also where the other side asks more
_GONE = timedelta(days=1)  # to who wants nothing more, until somebody changes that


class Patience(NamedTuple):
    """When an event counts as one that a subscriber does not take.

    Who ends the process takes everybody else's work with it, and gets fewer attempts.
    """

    attempts: int = 5  # the first included
    ended: int = 3  # attempts that ended with the process, or with no answer
    first: float = 1.0  # seconds before the second; twice as long before each next one

    def is_over(self, attempt: Attempt) -> bool:
        """Whether there is no other attempt after this one."""
        if attempt.number >= self.attempts:
            return True
        return not attempt.reason and attempt.number >= self.ended

    def is_due(self, attempt: Attempt, now: datetime) -> bool:
        """Whether an event may be told again now.

        One that is longer off than any pause was put off by a clock that was ahead.
        """
        again_at = attempt.again_at
        return again_at is None or not now < again_at <= now + _GONE

    def next(
        self, now: datetime, event: str, number: int, refused: Refused
    ) -> Attempt | None:
        """Return when an event is told again that was refused; None: never.

        Up to half of the pause is left out, by chance that the event decides: so
        what failed together does not come back together.

        Args:
            number: of the attempt that failed, from 1.
        """
        if refused.gone:
            # Not the fault of this event: there is no sense in parking it.
            number = min(number, self.attempts - 1)
            return Attempt(event, number, now + _GONE, refused.reason)
        if not refused.again or number >= self.attempts:
            return None
        pause = self.first * 2.0 ** (number - 1) * (1 - _chance(event, number) / 2)
        seconds = min(max(pause, refused.retry_after or 0.0), _LONGEST)
        return Attempt(event, number, now + timedelta(seconds=seconds), refused.reason)


def _chance(event: str, attempt: int) -> float:
    """A number from 0 to 1 that is the same for the same event and attempt."""
    digest = hashlib.sha256(f"{event} {attempt}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32
