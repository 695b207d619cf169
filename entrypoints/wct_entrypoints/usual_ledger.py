"""The ledger that is taken when nobody names one."""

from pathlib import Path

DEFAULT = Path(".wct/ledger.db")


class _Usual:
    """What this process decided."""

    place: Path | str = DEFAULT


def use_by_default(place: Path | str) -> None:
    """Take this ledger wherever neither an option nor ``WCT_LEDGER`` names another."""
    _Usual.place = place


def usual_place() -> Path | str:
    """Return the path of the usual ledger, or the URL of one as text."""
    return _Usual.place
