import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.value_finding import values
from wct_domain.analysis.detectors.country_codes import PLANS, country_code
from wct_domain.analysis.detectors.phone import PHONE


@pytest.mark.parametrize(
    "number",
    [
        *(
            "+447700900123",
            "+44 7700 900123",
            "+44 (0)20 7946 0958",
            "+44-20-7946-0958",
        ),
        *("+1 (415) 555-0123", "+1-202-555-0123", "+1.202.555.0123", "+1.2025550123"),
        *("+49 30 23125 123", "+49 (0) 30 23125123", "+49 (30) 23125-123"),
        *("+49 30 / 23125123", "+33 1 99 00 12 34", "+33.1.99.00.12.34"),
        *("+39 06 1234 5678", "+225 01 23 45 67 89", "+352 621 123 456"),
        *(
            "0044 7700 900123",
            "00447700900123",
            "00 49 30 23125123",
            "001-202-555-0123",
        ),
        *("+(49) 30 23125123", "+44\N{NO-BREAK SPACE}7700\N{NO-BREAK SPACE}900123"),
    ],
)
@pytest.mark.parametrize(
    "around", ["{}", "Tel.: {}.", "({})", '"{}",', "tel:{};", "a,{},b"]
)
def test_a_number_is_found_as_people_write_it(number: str, around: str) -> None:
    assert values(PHONE, around.format(number)) == [number]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+1-202-555-0123x99", "+1-202-555-0123"),
        ("+1-202-555-0123 ext. 4", "+1-202-555-0123"),
        ("+44 7700 900123 15:00", "+44 7700 900123"),
        ("+49 30 231251 15:00", "+49 30 231251"),
        ("+49 30 231251 22.11.2026", "+49 30 231251"),
        ("+49 30 231251 2026-11-22", "+49 30 231251"),
        ("+44 7700 900123 2026", "+44 7700 900123"),
        ("+44 7700 900123 - 2", "+44 7700 900123"),
        ("(+44) 7700 900123", "+44) 7700 900123"),
        ("+44 07700 900123", "+44 07700 900123"),
    ],
)
def test_a_number_ends_where_its_country_ends_it(text: str, number: str) -> None:
    assert values(PHONE, text) == [number]


@pytest.mark.parametrize(
    "text",
    [
        *("+44 7700", "+44 7700 900123456789", "+999 123 456 789", "+0 123 456 789"),
        *("030 23125123", "2025550123", "+1 123 555 0123", "+44 0000 000000"),
        *("2026-11-22T10:11:12+02:00", "10:11:12+0200", "+2026-11-22", "+52.5200066"),
        *("x+447700900123", "5+447700900123", "++447700900123", "1e+447700900123"),
        *("+447700900123a", "+447700900123_4", "+447700900123-4567890", "+12 345 67"),
        *("1.0044770090012", "12:00 49 30 23125123", "3704 0044 0532 0130 00"),
        *("000447700900123", "90044770090012", "0012025550123", "0049123456"),
        *("0034567890124", "00:00:44", "1000000000", "@@ -1,5 +12,7 @@"),
        *("**** 1234",),
    ],
)
def test_what_only_looks_like_a_number_is_none(text: str) -> None:
    assert values(PHONE, text) == []


def test_country_codes_are_free_of_prefixes() -> None:
    for code in PLANS:
        assert not any(code[:size] in PLANS for size in range(1, len(code)))
        assert country_code(code + b"555555") == code


def test_every_plan_fits_into_fifteen_digits() -> None:
    for code, plan in PLANS.items():
        assert 4 <= plan.shortest <= plan.longest <= 15 - len(code)
        assert plan.first


@given(st.sampled_from(sorted(PLANS)), st.data())
def test_every_number_of_every_plan_is_found(code: bytes, data: st.DataObject) -> None:
    plan = PLANS[code]
    size = data.draw(st.integers(plan.shortest, plan.longest)) - 1
    first = chr(data.draw(st.sampled_from(sorted(plan.first))))
    rest = data.draw(st.text("0123456789", min_size=size, max_size=size))
    number = f"+{code.decode()} {first}{rest}"
    assert values(PHONE, f"call {number}, please") == [number]
