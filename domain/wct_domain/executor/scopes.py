"""Names of erasure scopes: what is erased together has one key."""

import unicodedata

from wct_domain.errors import ExecutorError


def scope_name(run: str, group: str | None) -> str:
    """Name the erasure scope of a run: that of its group, or its own.

    A group is the same however its name is typed: without blanks around it, in
    Unicode's form NFC. Else an erasure would miss some of its runs in silence.

    Raises:
        ExecutorError: the group has no name.
    """
    if group is None:
        return f"run/{run}"
    name = unicodedata.normalize("NFC", group.strip())
    if not name:
        msg = "an erasure scope needs a name; leave it out to erase the run alone"
        raise ExecutorError(msg)
    return f"name/{name}"
