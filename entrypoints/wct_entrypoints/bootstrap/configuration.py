"""Settings of a process: ``wct.yaml``, ``.env``, ``organisation.yaml``."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from wct_adapters.settings_files import read_configuration, read_organisation
from wct_domain.errors import ConfigurationError
from wct_domain.settings.configuration import Configuration, ledger_of
from wct_domain.settings.organisation import OrganisationConfig

__all__ = [
    "ENVIRONMENT",
    "ORGANISATION",
    "USUAL",
    "Configured",
    "configured",
    "read_organisation",
]

USUAL = Path("wct.yaml")
ENVIRONMENT = Path(".env")
ORGANISATION = Path("organisation.yaml")


class Configured(NamedTuple):
    """What was read, and where from; None: there is no such file."""

    settings: Configuration = Configuration()
    file: Path | None = None
    environment_file: Path | None = None
    organisation: OrganisationConfig | None = None
    organisation_file: Path | None = None
    from_file: frozenset[str] = frozenset()  # variables that .env has added

    @property
    def directory(self) -> Path:
        """What paths in the file are relative to."""
        return Path() if self.file is None else self.file.parent

    def ledger(self, environ: Mapping[str, str]) -> Path | str | None:
        """Return the ledger that ``wct.yaml`` names.

        Raises:
            ConfigurationError: it names a variable that is not set.
        """
        try:
            return ledger_of(self.settings, self.directory, environ)
        except LookupError as error:
            msg = f"{self.file}: ledger: {error}; set it, or leave the setting out"
            raise ConfigurationError(msg) from error


def configured(given: Path | None, environ: Mapping[str, str]) -> Configured:
    """Read the files of settings that are there.

    Args:
        given: ``wct.yaml`` as somebody named it; else one in the current directory.

    Raises:
        ConfigurationError: the file that is named is not there, or one cannot be used.
    """
    file = given or (USUAL if USUAL.is_file() else None)
    settings = Configuration() if file is None else read_configuration(file)
    directory = Path() if file is None else file.parent
    organisation, source = settings.organisation, file
    if organisation is None:
        beside = directory / ORGANISATION
        source = beside if beside.is_file() else None
        organisation = None if source is None else read_organisation(source)
    found = directory / ENVIRONMENT
    environment_file = found if found.is_file() else None
    return Configured(
        settings,
        file,
        environment_file,
        organisation,
        source,
        _added(environment_file, environ),
    )


def _added(file: Path | None, environ: Mapping[str, str]) -> frozenset[str]:
    if file is None:
        return frozenset()
    # Here, because most directories have no such file.
    from wct_adapters.environment_file import environment_of

    added = environment_of(file, environ)
    os.environ.update(added)
    return frozenset(added)
