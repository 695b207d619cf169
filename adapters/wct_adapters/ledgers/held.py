"""What somebody else has locked, in words."""

from wct_domain.errors import RunHeldError

_STREAM_OF_A_SUBSCRIBER = "subscriber/"


def what_is_locked(name: str) -> str:
    """Call a run, or what begins with ``subscriber/``, as people do."""
    subscriber = name.removeprefix(_STREAM_OF_A_SUBSCRIBER)
    return f"run {name}" if subscriber == name else f"subscriber '{subscriber}'"


def held(name: str, by: str = "") -> RunHeldError:
    """Say that somebody is at work.

    Args:
        by: who, with a blank before it, as far as that is known.
    """
    doing = (
        "being delivered to"
        if name.startswith(_STREAM_OF_A_SUBSCRIBER)
        else ("going on")
    )
    return RunHeldError(
        f"{what_is_locked(name)} is {doing}{by}; wait for its end, or stop it"
    )
