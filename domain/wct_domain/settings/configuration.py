"""``wct.yaml``: what a team decides once, and nobody wants to type at each run."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from wct_domain.settings.environment import resolved
from wct_domain.settings.organisation import OrganisationConfig
from wct_domain.settings.subscribers import Subscribers

_PASSWORD = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/@]*:[^/@]+@")


def _without_password(place: str) -> str:
    if _PASSWORD.match(place):
        msg = (
            "a password does not belong into a file: leave it to PGPASSFILE, or write "
            "${NAME}, the variable that holds the whole URL"
        )
        raise ValueError(msg)
    return place


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LogSettings(_Settings):
    """What is logged, and how a line looks."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] | None = None
    format: Literal["text", "json"] | None = None


class Configuration(_Settings):
    """All of ``wct.yaml``. What it does not say is left to the command.

    Paths are relative to the file, unless the file is read by ``beside``.
    """

    ledger: Annotated[str, AfterValidator(_without_password)] | None = Field(
        default=None, min_length=1, repr=False
    )
    output_dir: Path | None = None
    max_workers: Annotated[int, Field(ge=1)] | None = None
    fail_on: Literal["low", "medium", "high"] | None = None
    evidence: Literal["masked", "full"] | None = None
    erasure_scope: Annotated[str, Field(min_length=1)] | None = None
    drain: Annotated[float, Field(ge=0, le=3600)] | None = None  # seconds
    log: LogSettings = LogSettings()
    organisation: OrganisationConfig | None = None
    subscribers: Subscribers = ()


def options_of(settings: Configuration, directory: Path) -> Mapping[str, Any]:
    """Return the options of ``wct run`` and ``resume`` that the file decides.

    Args:
        directory: of the file, which its paths are relative to.
    """
    chosen: dict[str, Any] = {
        "output_dir": settings.output_dir and directory / settings.output_dir,
        "max_workers": settings.max_workers,
        "fail_on": settings.fail_on,
        "evidence": settings.evidence,
        "erasure_scope": settings.erasure_scope,
        "drain": settings.drain,
        "log_level": settings.log.level,
        "log_format": settings.log.format,
    }
    return {name: value for name, value in chosen.items() if value is not None}


def ledger_of(
    settings: Configuration, directory: Path, environ: Mapping[str, str]
) -> Path | str | None:
    """Return the ledger that the file names: a path, or the text of a URL.

    Raises:
        LookupError: it names a variable that is not set; the text is for people.
    """
    if settings.ledger is None:
        return None
    text = resolved(settings.ledger, environ)
    return text if "://" in text else directory / text
