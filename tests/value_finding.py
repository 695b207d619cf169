"""One detector on one text, in words."""

from wct_domain.analysis.detectors import Detector
from wct_domain.analysis.detectors.overlap import without_overlaps


def values(detector: Detector, text: str) -> list[str]:
    """Return the values in ``text``, in order; values keep their UTF-8 whole."""
    data = text.encode()
    spans = (
        detector.validate(data, match.start(), match.end())
        for anchor in detector.anchors
        for match in anchor.finditer(data)
    )
    found = without_overlaps((*span, 0) for span in spans if span is not None)
    return [data[start:end].decode() for start, end, _ in found]
