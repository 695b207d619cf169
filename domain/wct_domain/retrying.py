"""When a step that failed is tried again: at once never, later and later.

Each attempt is an event, the pause can be broken off by Ctrl-C, and equal runs pause
alike: so this is ours, where a library would retry behind the executor's back.
"""

import hashlib

from wct_domain.runbook import RetryPolicy

_LONGEST = 3600.0  # seconds


def pause_before_next(
    policy: RetryPolicy | None, attempt: int, code: str, seed: int
) -> int | None:
    """Return how long to wait for the next attempt; None: there is none.

    The pause doubles with each attempt. Up to half of it is left out, by chance that
    ``seed`` decides, so that steps which failed together do not come back together.

    Args:
        attempt: the one that failed, from 1.
        code: of the error that it failed with.

    Returns:
        Microseconds, at most an hour.
    """
    if policy is None or attempt >= policy.attempts or code not in policy.on:
        return None
    pause = min(policy.backoff * 2.0 ** (attempt - 1), _LONGEST)
    return round(pause * (1 - _chance(seed, attempt) / 2) * 1_000_000)


def _chance(seed: int, attempt: int) -> float:
    """A number from 0 to 1 that is the same for the same seed and attempt."""
    digest = hashlib.sha256(f"{seed} {attempt}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32
