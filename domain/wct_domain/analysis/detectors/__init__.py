"""Value detectors: what is found by form and checksum, not by its name.

To add one, write a module beside these with a ``Detector`` and name it here; a date,
time, UUID, digest or version number must never pass its validation.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from wct_domain.analysis.detectors.detector import Detector
from wct_domain.analysis.detectors.email import EMAIL
from wct_domain.analysis.detectors.iban import IBAN
from wct_domain.analysis.detectors.ipv4 import IPV4
from wct_domain.analysis.detectors.ipv6 import IPV6
from wct_domain.analysis.detectors.payment_card import PAYMENT_CARD
from wct_domain.analysis.detectors.phone import PHONE
from wct_domain.errors import RulesetError

__all__ = ["DETECTORS", "Detector", "select"]

DETECTORS: Mapping[str, Detector] = MappingProxyType(
    {
        detector.name: detector
        for detector in (EMAIL, IBAN, PAYMENT_CARD, IPV4, IPV6, PHONE)
    }
)


def select(names: Iterable[str]) -> tuple[Detector, ...]:
    """Return the detectors with these names, in this order.

    Raises:
        RulesetError: there is no detector of one of the names.
    """
    wanted = tuple(names)
    if unknown := sorted({repr(name) for name in wanted if name not in DETECTORS}):
        raise RulesetError(
            f"Unknown value detector {', '.join(unknown)}. "
            f"Known detectors: {', '.join(sorted(DETECTORS))}."
        )
    return tuple(DETECTORS[name] for name in wanted)
