"""Reading runbooks and writing results, as the seed's users do it."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from wct_domain.errors import ConfigurationError, RunbookError
from wct_domain.export import results_document
from wct_domain.projections.results import AnalysisResult
from wct_domain.runbook import Runbook
from wct_domain.settings.organisation import OrganisationConfig
from wct_entrypoints.bootstrap.application import load_runbook
from wct_entrypoints.bootstrap.configuration import ORGANISATION, read_organisation
from wct_entrypoints.bootstrap.files import write_document
from wct_entrypoints.logs import Level, Log

_log = Log("wct.organisation")


class RunbookLoader:
    """Loads runbooks from files."""

    @classmethod
    def load(cls, path: Path) -> Runbook:
        """Read and validate a runbook file.

        Raises:
            RunbookLoadError: it is missing, unreadable, or not YAML.
            RunbookValidationError: it is YAML, but not a runbook.
        """
        return load_runbook(Path(path)).runbook


class OrganisationLoader:
    """Loads what is said of the organisation."""

    @classmethod
    def load(cls, path: Path = ORGANISATION) -> OrganisationConfig | None:
        """Read ``organisation.yaml``, by default in the current directory.

        Returns:
            None where there is no such file, or it cannot be used: the log says why.
        """
        if not path.is_file():
            _log.line(Level.INFO, "organisation.missing", path=str(path))
            return None
        try:
            return read_organisation(path)
        except ConfigurationError as error:
            _log.warning("organisation.unusable", message=str(error))
            return None


class AnalysisResultsExporter:
    """Writes results as a JSON file. Nothing is masked: this is the caller's data."""

    @staticmethod
    def save_to_json(
        results: list[AnalysisResult],
        output_path: Path,
        runbook_path: Path | None = None,
        organisation_config: OrganisationConfig | Mapping[str, Any] | None = None,
    ) -> None:
        """Write results in place of what was there, or leave everything as it is.

        Args:
            organisation_config: None: what ``OrganisationLoader.load`` finds.

        Raises:
            TypeError: some data is not JSON.
            ExportError: the file cannot be written.
        """
        document = results_document(
            results,
            at=datetime.now(),  # noqa: DTZ005  # the format has naive local time
            runbook_path=None if runbook_path is None else str(runbook_path),
            runbook_contact=_contact(runbook_path),
            organisation=_organisation(organisation_config),
        )
        write_document(document, Path(output_path))


def _organisation(
    given: OrganisationConfig | Mapping[str, Any] | None,
) -> Mapping[str, Any] | None:
    known = OrganisationLoader.load() if given is None else given
    if isinstance(known, OrganisationConfig):
        return known.to_export_metadata()
    if known is None:
        _log.warning(
            "organisation.unknown",
            message="nothing is said of the controller (GDPR Article 30(1)(a))",
        )
    return known


def _contact(runbook_path: Path | None) -> str | None:
    if runbook_path is None:
        return None
    try:
        return RunbookLoader.load(runbook_path).contact
    except RunbookError:
        return None
