import re
import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.value_finding import values
from wct_domain.analysis.detectors import DETECTORS, Detector, select
from wct_domain.analysis.detectors.masking import mask
from wct_domain.analysis.detectors.overlap import without_overlaps
from wct_domain.errors import RulesetError

every_detector = pytest.mark.parametrize(
    "detector", DETECTORS.values(), ids=DETECTORS.keys()
)
EXAMPLES = {
    "email": "bob@example.com",
    "iban": "GB29 NWBK 6016 1331 9268 19",
    "payment_card": "4111 1111 1111 1111",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "phone": "+44 7700 900123",
}


@every_detector
def test_a_detector_says_what_it_looks_for_and_where_that_is_defined(
    detector: Detector,
) -> None:
    assert DETECTORS[detector.name] is detector
    assert re.search(r"\((RFC|ISO|ITU)", detector.description)


@every_detector
def test_anchors_spell_their_classes_out(detector: Detector) -> None:
    for anchor in detector.anchors:
        assert not anchor.flags & re.IGNORECASE
        assert not re.search(rb"\\[dDwWsSbB]|\(\?<", anchor.pattern)


@every_detector
def test_a_value_is_found_once_in_any_text_that_does_not_touch_it(
    detector: Detector,
) -> None:
    value = EXAMPLES[detector.name]
    text = f"Größe: {value};\n「{value}」"
    assert values(detector, text) == [value, value]


def test_detectors_are_selected_in_the_order_of_their_names() -> None:
    assert select(["phone", "email"]) == (DETECTORS["phone"], DETECTORS["email"])


def test_an_unknown_detector_is_refused_with_the_names_of_all_known_ones() -> None:
    with pytest.raises(RulesetError, match=r"'shoe_size'\. Known detectors: email, ib"):
        select(["email", "shoe_size"])


_moments = st.datetimes(*map(datetime.fromisoformat, ("1900-01-01", "2100-01-01")))
_formats = (
    *("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%Y%m%d", "%Y%m%d%H%M%S", "%Y%m%dT%H%M%SZ"),
    *("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S.%f", "%d/%b/%Y:%H:%M:%S +0100"),
    *("%H:%M:%S", "%H:%M", "%a, %d %b %Y %H:%M:%S +0000", "%Y-%m-%dT%H:%M:%S+05:30"),
    *("%Y.%m.%d", "%d %m %Y", "%d-%m-%Y %H.%M", "%j %H:%M:%S"),
)


@every_detector
@given(_moments, st.sampled_from(_formats), st.sampled_from(["{}", "x {}, y", "{} {}"]))
def test_a_date_or_time_is_never_a_value(
    detector: Detector, moment: datetime, form: str, around: str
) -> None:
    written = moment.strftime(form)
    assert values(detector, around.format(written, written)) == []


@every_detector
@given(
    st.datetimes(*map(datetime.fromisoformat, ("2001-09-09", "2039-01-01"))),
    st.sampled_from([0, 3, 6]),
)
def test_a_unix_timestamp_is_never_a_value(
    detector: Detector, moment: datetime, digits: int
) -> None:
    seconds = int(moment.replace(tzinfo=UTC).timestamp())
    assert values(detector, f'"at": {seconds * 10**digits},') == []


@every_detector
@given(st.integers(0, 2**128 - 1), st.booleans())
def test_a_uuid_is_never_a_value(
    detector: Detector, number: int, capitals: bool
) -> None:
    text = str(uuid.UUID(int=number))
    assert values(detector, text.upper() if capitals else text) == []


@every_detector
@given(st.binary(min_size=16, max_size=64), st.booleans())
def test_a_digest_is_never_a_value(
    detector: Detector, digest: bytes, capitals: bool
) -> None:
    text = digest.hex()
    assert values(detector, f"sha256:{text.upper() if capitals else text}") == []


@every_detector
@given(
    st.lists(st.integers(0, 300), min_size=2, max_size=6),
    st.sampled_from(["v{}", "version {}", "lib-{}.tar.gz", "App/{}", "{}-rc1"]),
)
def test_a_version_is_never_a_value(
    detector: Detector, numbers: list[int], around: str
) -> None:
    assert values(detector, around.format(".".join(map(str, numbers)))) == []


@pytest.mark.parametrize(
    ("detector", "value", "masked"),
    [
        ("email", "bob@example.com", "b***@e***.com"),
        ("email", "bob@mail.example.co.uk", "b***@m***.uk"),
        ("email", "bob%40example.com", "b***@e***.com"),
        ("email", "zoë@exämple.de", "z***@e***.de"),
        ("iban", "GB29 NWBK 6016 1331 9268 19", "**** 6819"),
        ("payment_card", "4111-1111-1111-1234", "**** 1234"),
        ("phone", "+44 (0)20 7946 0958", "**** 0958"),
        ("ipv4", "192.0.2.1", "192.…"),
        ("ipv6", "2001:db8::1", "2001:…"),
        ("ipv6", "::ffff:192.0.2.1", ":…"),
        ("something_new", "secret", "***"),
    ],
)
def test_a_masked_value_shows_its_kind_and_little_else(
    detector: str, value: str, masked: str
) -> None:
    assert mask(detector, value) == masked


@every_detector
def test_a_masked_value_is_no_value(detector: Detector) -> None:
    masked = mask(detector.name, EXAMPLES[detector.name])
    assert all(values(other, masked) == [] for other in DETECTORS.values())


_values = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 9), st.integers(0, 3)).map(
        lambda drawn: (drawn[0], drawn[0] + drawn[1], drawn[2])
    )
)


@given(_values)
def test_of_overlapping_values_the_longest_stays(
    found: list[tuple[int, int, int]],
) -> None:
    kept = without_overlaps(found)
    assert kept == sorted(set(kept))
    assert set(kept) <= set(found)
    for start, end, rank in found:
        rivals = [other for other in kept if other[0] < end and start < other[1]]
        assert rivals
        assert (start, end, rank) in rivals or any(
            (other[0] - other[1], other) < (start - end, (start, end, rank))
            for other in rivals
        )


def test_values_that_only_touch_stay_both() -> None:
    assert without_overlaps([(4, 8, 0), (0, 4, 1)]) == [(0, 4, 1), (4, 8, 0)]
