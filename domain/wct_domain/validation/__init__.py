"""Everything that can be known of a runbook without running it."""

from wct_domain.validation.remarks import Level, Location, Remark
from wct_domain.validation.report import Report, examine

__all__ = ["Level", "Location", "Remark", "Report", "examine"]
