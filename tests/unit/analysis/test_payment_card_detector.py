import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.value_finding import values
from wct_domain.analysis.detectors.payment_card import PAYMENT_CARD, passes_luhn

# Numbers that the schemes publish for tests.
NUMBERS = [
    *("4111111111111111", "4012888888881881", "4222222222222"),
    *("5555555555554444", "2223003122003222", "378282246310005", "371449635398431"),
    *("30569309025904", "38520000023237", "6011111111111117", "3530111333300000"),
    *("6200000000000005", "6304000000000000"),
]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    "around", ["{}", "card {}.", '"{}",', "card={}&", "({})", "№{}"]
)
def test_a_number_in_one_piece_is_found(number: str, around: str) -> None:
    assert values(PAYMENT_CARD, around.format(number)) == [number]


@pytest.mark.parametrize(
    "written",
    [
        *("4111 1111 1111 1111", "4111-1111-1111-1111", "3782 822463 10005"),
        *("3782-822463-10005", "3056 930902 5904"),
    ],
)
def test_a_number_in_embossed_groups_is_found(written: str) -> None:
    assert values(PAYMENT_CARD, f"card: {written}, thanks") == [written]


@pytest.mark.parametrize(
    "before", ["1234 ", "12345678 ", "112222 ", "2026-11-22 ", "5019-7170-1010-3742 "]
)
def test_other_digits_before_a_number_do_not_hide_it(before: str) -> None:
    assert values(PAYMENT_CARD, f"{before}4111111111111111")[-1] == "4111111111111111"


@pytest.mark.parametrize("number", NUMBERS)
def test_a_single_wrong_digit_is_noticed(number: str) -> None:
    for at in range(len(number)):
        wrong = str((int(number[at]) + 5) % 10)
        assert values(PAYMENT_CARD, number[:at] + wrong + number[at + 1 :]) == []


@pytest.mark.parametrize(
    "text",
    [
        "1111111111111117",  # nobody issues it
        "41111111111111111",  # seventeen digits
        "411111111111116",  # fifteen
        "94111111111111111",
        "4111111111111111x",
        "a4111111111111111",
        "0.4111111111111111",
        "4111111111111111.5",
        "550e8400-e29b-41d4-a716-6304000000000000",
        "4111 1111 1111 1111 2222",
        "1111 4111 1111 1111 1111",
        "4111 1111-1111 1111",
        "4111  1111  1111  1111",
        "41 11 11 11 11 11 11 11",
        "RS35 4111 1111 1111 1111 70",
        "**** **** **** 1111",
    ],
)
def test_part_of_something_longer_or_never_issued_is_no_card(text: str) -> None:
    assert values(PAYMENT_CARD, text) == []


@given(st.text("0123456789", min_size=11, max_size=18))
def test_one_last_digit_out_of_ten_passes_the_check(payload: str) -> None:
    passing = [d for d in "0123456789" if passes_luhn(f"{payload}{d}".encode())]
    assert len(passing) == 1
