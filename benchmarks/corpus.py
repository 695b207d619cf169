"""A scan corpus of our own words: the same bytes for the same seed, everywhere.

Shares by bytes: source code 40 % (PHP, JavaScript, Python, Java, SQL), prose 25 %
(English with some German, French, Polish and Japanese), logs 20 % (web access,
application, lock files with digests), CSV 15 % (one customer file for thirteen order
files). One identifier in 40, one sentence in 14 and one application line in nine name
personal data; one paragraph in six says how to reach a person; every access line
carries an IP address, every tenth an e-mail address; a customer row carries a name,
an e-mail address, a telephone number, a bank or card number and a date of birth.
By the bundled ruleset that makes about 1,600 matches per MB: ``benchmarks.scan``
counts them.

Values are made by ``benchmarks.fictional``; no set or hash order decides anything.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks import vocabulary as words
from benchmarks.fictional import (
    Dice,
    address,
    birthday,
    card,
    email,
    iban,
    moment,
    phone,
)

MEGABYTE = 1_000_000
SHARES = {"code": 40, "prose": 25, "logs": 20, "csv": 15}


def identifier(dice: Dice, style: str) -> str:
    personal = dice.one_in(40)
    parts = (
        dice.pick(words.PERSONAL).split()
        if personal
        else [dice.common(words.NOUNS) for _ in range(dice.between(1, 3))]
    )
    if style == "snake":
        return "_".join(parts)
    camel = parts[0] + "".join(part.capitalize() for part in parts[1:])
    return camel[0].upper() + camel[1:] if style == "class" else camel


def code_line(dice: Dice, language: str) -> str:
    style = words.STYLES[language]
    line = dice.pick(words.CODE[language])
    while "{@" in line:
        line = (
            line.replace("{@i}", identifier(dice, style), 1)
            .replace("{@c}", identifier(dice, "class"), 1)
            .replace("{@v}", dice.common(words.VERBS), 1)
            .replace("{@n}", str(dice.below(4000)), 1)
            .replace("{@x}", dice.hexadecimal(dice.between(4, 16)), 1)
            .replace("{@s}", sentence(dice, words.ENGLISH), 1)
        )
    return line


def code_file(dice: Dice) -> tuple[str, str]:
    language = dice.pick(list(words.CODE))
    lines = [words.HEADS[language]]
    size, goal = 0, dice.between(3_000, 24_000)
    while size < goal:
        lines.append(code_line(dice, language))
        size += len(lines[-1]) + 1
        if dice.one_in(300):
            lines.append(f"{words.REMARKS[language]} {sentence(dice, words.ENGLISH)}")
    return f".{language}", "\n".join(lines) + "\n"


def sentence(dice: Dice, language: words.Language) -> str:
    text = dice.pick(language.personal if dice.one_in(14) else language.frames)
    for mark, options in language.slots:
        while mark in text:
            text = text.replace(mark, dice.common(options), 1)
    return text[0].upper() + text[1:]


def prose_file(dice: Dice) -> tuple[str, str]:
    language = words.ENGLISH if not dice.one_in(5) else words.OTHERS[dice.below(4)]
    paragraphs: list[str] = []
    size, goal = 0, dice.between(4_000, 30_000)
    while size < goal:
        parts = [sentence(dice, language) for _ in range(dice.between(2, 7))]
        if dice.one_in(6):
            given, family = dice.pick(words.GIVEN), dice.pick(words.FAMILY)
            contact = dice.pick(words.CONTACTS)
            parts.append(
                contact.replace("{name}", f"{given} {family}")
                .replace("{email}", email(dice, given, family))
                .replace("{phone}", phone(dice))
                .replace("{iban}", iban(dice))
            )
        paragraphs.append(words.wrap(" ".join(parts), 96))
        size += len(paragraphs[-1]) + 2
    return ".md" if dice.one_in(2) else ".txt", "\n\n".join(paragraphs) + "\n"


def access_line(dice: Dice) -> str:
    path = (
        f"/{dice.common(words.NOUNS)}/{dice.common(words.NOUNS)}/{dice.below(90_000)}"
    )
    if dice.one_in(10):
        given, family = dice.pick(words.GIVEN), dice.pick(words.FAMILY)
        path += f"?email={email(dice, given, family)}"
    agent = f"Mozilla/5.0 ({dice.pick(words.SYSTEMS)}) Browser/{dice.below(140)}.0.0.0"
    return (
        f"{address(dice)} - - [{moment(dice)}] "
        f'"{dice.pick(words.METHODS)} {path} HTTP/1.1" {dice.pick(words.STATUS)} '
        f'{dice.below(90_000)} "-" "{agent}"'
    )


def event_line(dice: Dice) -> str:
    call = "-".join(dice.hexadecimal(count) for count in (8, 4, 4, 4, 12))
    text = (
        f"{moment(dice)} {dice.pick(words.LEVELS)} shop.{dice.common(words.NOUNS)} "
        f"[{call}] {dice.common(words.VERBS)} {dice.common(words.NOUNS)} "
        f"{dice.common(words.NOUNS)}={dice.below(10_000_000)} took={dice.below(900)}ms"
    )
    return f"{text} customer_id={dice.below(50_000)}" if dice.one_in(9) else text


def lock_line(dice: Dice) -> str:
    package = f"{dice.common(words.NOUNS)}-{dice.common(words.NOUNS)}"
    version = f"{dice.below(20)}.{dice.below(40)}.{dice.below(90)}"
    return f"{package}=={version} --hash=sha256:{dice.hexadecimal(64)}"


def log_file(dice: Dice) -> tuple[str, str]:
    kinds: tuple[Callable[[Dice], str], ...] = (access_line, event_line, lock_line)
    weights = "aaeeeeel"
    kind = kinds["ael".index(dice.pick(weights))]
    lines: list[str] = []
    size, goal = 0, dice.between(40_000, 160_000)
    while size < goal:
        lines.append(kind(dice))
        size += len(lines[-1]) + 1
    return ".lock" if kind is lock_line else ".log", "\n".join(lines) + "\n"


def customer_row(dice: Dice) -> str:
    given, family = dice.pick(words.GIVEN), dice.pick(words.FAMILY)
    account = card(dice) if dice.one_in(3) else iban(dice)
    street = f"{dice.below(200)} {dice.pick(words.STREETS)}"
    return (
        f"{dice.below(900_000)},{given},{family},{email(dice, given, family)},"
        f"{phone(dice)},{birthday(dice)},{street},"
        f"{dice.pick(words.TOWNS)},{account},{dice.pick(words.TIERS)},{moment(dice)}"
    )


def order_row(dice: Dice) -> str:
    return (
        f"{dice.below(9_000_000)},{dice.below(900_000)},{moment(dice)},"
        f"{dice.common(words.NOUNS)} {dice.common(words.NOUNS)},{dice.between(1, 9)},"
        f"{dice.below(900)}.{dice.digits(2)},{dice.pick(words.CURRENCIES)},"
        f"{dice.pick(words.STATES)},{dice.hexadecimal(12)}"
    )


def csv_file(dice: Dice) -> tuple[str, str]:
    customers = dice.one_in(14)
    row, lines = (
        (customer_row, [words.CUSTOMER_HEAD])
        if customers
        else (order_row, [words.ORDER_HEAD])
    )
    size, goal = 0, dice.between(30_000, 120_000)
    while size < goal:
        lines.append(row(dice))
        size += len(lines[-1]) + 1
    return ".csv", "\n".join(lines) + "\n"


MAKERS: dict[str, Callable[[Dice], tuple[str, str]]] = {
    "code": code_file,
    "prose": prose_file,
    "logs": log_file,
    "csv": csv_file,
}


def files(megabytes: float = 12, seed: int = 20261122) -> Iterator[tuple[str, bytes]]:
    """Yield (relative path, UTF-8 content) until each kind has its share."""
    for offset, (kind, share) in enumerate(SHARES.items()):
        dice = Dice(seed + offset)
        size, number = 0, 0
        while size < megabytes * MEGABYTE * share / 100:
            suffix, text = MAKERS[kind](dice)
            content = text.encode()
            yield f"{kind}/{number // 100:02d}/{kind}{number:04d}{suffix}", content
            size += len(content)
            number += 1


def write(folder: Path, megabytes: float = 12, seed: int = 20261122) -> int:
    """Write the corpus below ``folder``; return its size in bytes."""
    size = 0
    for name, content in files(megabytes, seed):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        size += len(content)
    return size


def generate(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--megabytes", type=float, default=12)
    parser.add_argument("--seed", type=int, default=20261122)
    options = parser.parse_args(arguments)
    size = write(options.folder, options.megabytes, options.seed)
    print(f"{options.folder}: {size / MEGABYTE:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(generate())
