import pytest

from tests.value_finding import values
from wct_domain.analysis.detectors.iban import IBAN, check_digits_hold


def made(country: str, account: str) -> str:
    """Put the check digits in; ISO 13616: 98 less the remainder with zeros there."""
    number = "".join(str(int(sign, 36)) for sign in f"{account}{country}00")
    return f"{country}{98 - int(number) % 97:02d}{account}"


COUNTRIES = {
    "AD": "12345678ABCDEF123456",
    "BE": "510007547061",
    "DE": "370400440532013000",
    "FR": "20041010050500013M02606",
    "GB": "NWBK60161331926819",
    "MT": "MALT011000012345MTLCAST001S",
    "NL": "ABNA0417164300",
    "NO": "86011117947",
    "PL": "109010140000071219812874",
    "XK": "1212012345678906",
}
NUMBERS = [made(country, account) for country, account in COUNTRIES.items()]


def grouped(number: str, separator: str = " ") -> str:
    return separator.join(number[at : at + 4] for at in range(0, len(number), 4))


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("around", ["{}", "IBAN: {}.", '"{}",', "({})", "iban={}&x"])
def test_a_number_is_found_together_or_in_groups(number: str, around: str) -> None:
    for written in (number, grouped(number), grouped(number, "-")):
        assert values(IBAN, around.format(written)) == [written]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_single_wrong_digit_or_two_swapped_ones_are_noticed(number: str) -> None:
    for at in range(2, len(number)):
        if number[at].isdigit():
            wrong = str((int(number[at]) + 1) % 10)
            assert values(IBAN, number[:at] + wrong + number[at + 1 :]) == []
        if number[at - 1].isdigit() and number[at].isdigit():
            swapped = number[: at - 1] + number[at] + number[at - 1] + number[at + 1 :]
            if swapped != number:
                assert values(IBAN, swapped) == []


def test_check_digits_hold_for_the_example_of_the_standard() -> None:
    assert check_digits_hold(b"GB29NWBK60161331926819")
    assert not check_digits_hold(b"GB92NWBK60161331926819")


@pytest.mark.parametrize(
    "text",
    [
        made("DE", "3704004405320130001"),  # one digit more than Germany has
        made("DE", "37040044053201300"),
        made("ZZ", "370400440532013000"),
        made("DE", "37040044O532013000"),  # digits only in Germany
        made("GB", "NWBKABCDEFGHIJKLMN"),  # a word, not an account
        made("GB", "NWBK60161331926819").lower(),
        "X" + NUMBERS[2],
        NUMBERS[2] + "X",
        "1-" + NUMBERS[2],
        grouped(NUMBERS[2]).replace(" ", "  "),
        grouped(NUMBERS[2]).replace(" ", "-", 1),
        grouped(NUMBERS[2])[:-1],
        "MT31 1234 5678 9012 3:45 6789 0123 456",  # groups, and a sign in one
        "GB29 NWBK 6016 1331 92\u00e919",
    ],
)
def test_what_does_not_hold_is_no_account_number(text: str) -> None:
    assert values(IBAN, text) == []


def test_text_behind_a_number_is_no_part_of_it() -> None:
    number = grouped(NUMBERS[4])
    assert values(IBAN, f"{number} BIC NWBKGB2L") == [number]
    assert values(IBAN, f"{number} 12345") == [number]
