"""What ``wct run`` was asked for on the command line."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from wct_entrypoints.cli.shared import LedgerPlace
from wct_entrypoints.logs import Level

if TYPE_CHECKING:
    from wct_entrypoints.bootstrap.configuration import Configured
    from wct_entrypoints.cli.outside import Flags


class RunOptions(NamedTuple):
    """The options as click parsed them, and when that was."""

    runbook: Path
    output_dir: Path | None
    output: Path | None
    ledger: LedgerPlace | None
    max_workers: int | None
    fail_on: str | None
    exit_zero: bool
    evidence: str
    quiet: bool
    as_json: bool
    verbose: bool
    log_level: str | None
    started: datetime  # local time, naive: format 1.0.0 has it so
    erasure_scope: str | None = None
    events: Path | None = None  # file for events, as they are recorded
    subscribe: tuple[str, ...] = ()  # as package.module:callable
    programs: tuple[str, ...] = ()  # with their arguments, as a shell reads them
    variables: tuple[str, ...] = ()  # of the environment, that programs are given
    webhooks: tuple[str, ...] = ()  # URLs
    nats: tuple[str, ...] = ()  # URLs
    drain: float = 2.0  # seconds
    record_inputs: bool = False
    log_format: str = "text"
    trust_config: bool = False
    settings: "Configured | None" = None  # None: there is no file of them

    @property
    def level(self) -> Level:
        """The least important lines that are logged."""
        if self.log_level is not None:
            return Level[self.log_level.upper()]
        if self.verbose:
            return Level.DEBUG
        if self.quiet:
            return Level.ERROR
        # Lines for programs are all there is: progress is for people.
        return Level.INFO if self.log_format == "json" else Level.WARNING

    @property
    def full_evidence(self) -> bool:
        return self.evidence == "full"

    @property
    def outside(self) -> "Flags | None":
        """Subscribers outside of the process; None: there are none."""
        said = (self.programs, self.variables, self.webhooks, self.nats)
        if not any(said):
            return None
        # Here, because most runs have none.
        from wct_entrypoints.cli.outside import Flags

        return Flags(*said)
