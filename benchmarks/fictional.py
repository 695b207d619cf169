"""Dice and made values: they pass their checksums and belong to nobody.

Example domains (RFC 2606), documentation addresses (RFC 5737, RFC 3849), telephone
numbers that regulators reserve for fiction, account and card numbers at random. Only
``random.Random.random`` is used, whose sequence Python promises to keep.
"""

import random
from collections.abc import Sequence

from benchmarks import vocabulary as words


class Dice:
    """Random choices that need nothing but ``random()``."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random

    def below(self, limit: int) -> int:
        return int(self._random() * limit)

    def between(self, low: int, high: int) -> int:
        return low + self.below(high - low + 1)

    def one_in(self, count: int) -> bool:
        return self.below(count) == 0

    def pick(self, options: Sequence[str]) -> str:
        return options[self.below(len(options))]

    def common(self, options: Sequence[str]) -> str:
        """Favour the front of the list, as natural text favours few words."""
        return options[int(self._random() ** 2 * len(options))]

    def digits(self, count: int) -> str:
        return "".join(str(self.below(10)) for _ in range(count))

    def hexadecimal(self, count: int) -> str:
        return "".join("0123456789abcdef"[self.below(16)] for _ in range(count))


def luhn_digit(payload: str) -> str:
    """The check digit of ISO/IEC 7812-1, annex B."""
    total = 0
    for index, digit in enumerate(reversed(payload)):
        value = int(digit) * (2 if index % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def card(dice: Dice) -> str:
    issuer, length = ("4", 16) if dice.one_in(2) else (f"5{dice.between(1, 5)}", 16)
    if dice.one_in(6):
        issuer, length = "37", 15
    payload = issuer + dice.digits(length - len(issuer) - 1)
    number = payload + luhn_digit(payload)
    if length == 16 and dice.one_in(2):
        return " ".join(number[i : i + 4] for i in range(0, 16, 4))
    return number


def iban(dice: Dice) -> str:
    country, pattern = words.ACCOUNTS[dice.below(len(words.ACCOUNTS))]
    account = "".join(
        dice.pick("ABCDEFGHKLMNPRSTUW") if kind == "a" else str(dice.below(10))
        for kind in pattern
    )
    number = "".join(str(int(sign, 36)) for sign in account + country + "00")
    whole = f"{country}{98 - int(number) % 97:02d}{account}"
    if dice.one_in(2):
        return " ".join(whole[i : i + 4] for i in range(0, len(whole), 4))
    return whole


def phone(dice: Dice) -> str:
    prefix, count = words.FICTIONAL_NUMBERS[dice.below(len(words.FICTIONAL_NUMBERS))]
    number = prefix + dice.digits(count)
    if dice.one_in(4):
        return "+" + "".join(sign for sign in number if sign.isdigit())
    return number


def email(dice: Dice, given: str, family: str) -> str:
    host = dice.pick(words.DOMAINS)
    name = words.ascii_name(f"{given}{dice.pick('._-')}{family}")
    return f"{name}{dice.digits(2) if dice.one_in(3) else ''}@{host}"


def address(dice: Dice) -> str:
    if dice.one_in(12):
        return f"2001:db8:{dice.hexadecimal(4)}::{dice.hexadecimal(3)}"
    return f"{dice.pick(words.NETWORKS)}.{dice.below(256)}"


def moment(dice: Dice) -> str:
    day = f"2026-{dice.between(1, 12):02d}-{dice.between(1, 28):02d}"
    return f"{day}T{dice.below(24):02d}:{dice.below(60):02d}:{dice.below(60):02d}Z"


def birthday(dice: Dice) -> str:
    year, month = dice.between(1940, 2007), dice.between(1, 12)
    return f"{year}-{month:02d}-{dice.between(1, 28):02d}"
