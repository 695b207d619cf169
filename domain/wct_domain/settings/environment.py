"""Values that a file names and the environment has: ``${NAME}``.

A secret stands in the environment only, so that a file of settings can be shown,
committed and diffed.
"""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")

VariableName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


def variable_of(text: str) -> str | None:
    """Return the name in ``${NAME}``; None for any other text."""
    found = _REFERENCE.fullmatch(text)
    return None if found is None else found[1]


def resolved(text: str, environ: Mapping[str, str]) -> str:
    """Return ``text``, or the value of the variable that it names.

    Raises:
        LookupError: the variable is not set, or is empty; the text is for people.
    """
    name = variable_of(text)
    if name is None:
        return text
    value = environ.get(name, "").strip()
    if not value:
        msg = f"environment variable {name} is not set"
        raise LookupError(msg)
    return value


def _refuse_written_out(text: str) -> str:
    if variable_of(text) is None:
        msg = "a secret does not belong into a file: write ${NAME}, a variable's name"
        raise ValueError(msg)
    return text


SecretReference = Annotated[str, AfterValidator(_refuse_written_out)]
"""``${NAME}``, and nothing else."""
