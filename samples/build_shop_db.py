"""Writes samples/shop/shop.db: the database of a shop that does not exist.

Everything in it is made up here, or comes from ranges that are kept free for
examples (see samples/shop/README.md). No chance is involved: each run writes the
same rows. Run it from anywhere::

    python samples/build_shop_db.py
"""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

SHOP = Path(__file__).with_name("shop") / "shop.db"
FIRST_DAY = datetime(2026, 1, 5, 8, tzinfo=UTC)

GIVEN = (
    "Amara",
    "Tove",
    "Jonas",
    "Léa",
    "Mateo",
    "Zofia",
    "Yusuf",
    "Ingrid",
    "Pavel",
    "Chiara",
    "Dafydd",
    "Noor",
)
FAMILY = (
    "Okafor",
    "Lindqvist",
    "Becker",
    "Moreau",
    "Ibarra",
    "Nowak",
    "Demir",
    "Solheim",
    "Dvořák",
    "Rinaldi",
    "Pryce",
)
PLACES = (
    ("4 Weaver's Yard", "Northport", "NP1 4WY", "GB"),
    ("Lyktgränd 7", "Södervik", "111 22", "SE"),
    ("Webergasse 12", "Altstadt", "01067", "DE"),
    ("3 rue des Lampistes", "Vieuxpont", "75999", "FR"),
    ("88 Loom Street", "Riverton", "20001", "US"),
    ("ul. Tkacka 5", "Nowa Wieś", "00-999", "PL"),
    ("Via dei Tessitori 9", "Ponte Alto", "00199", "IT"),
)
# Ranges for films: Ofcom (GB), NANP 555-01xx (US), Bundesnetzagentur (DE), ARCEP (FR).
PHONES = (
    "+44 20 7946 0{:03}",
    "+1 202 555 01{:02}",
    "+49 30 23125 {:03}",
    "+33 1 99 00 1{:03}",
)
# Examples of the IBAN registry, one for each country.
ACCOUNTS = (
    "GB29 NWBK 6016 1331 9268 19",
    "SE45 5000 0000 0583 9825 7466",
    "DE89 3704 0044 0532 0130 00",
    "FR14 2004 1010 0505 0001 3M02 606",
    "NL91 ABNA 0417 1643 00",
    "PL61 1090 1014 0000 0712 1981 2874",
    "AT61 1904 3002 3457 3201",
)
# Test numbers of payment providers.
CARDS = ("4111111111111111", "5555555555554444", "378282246310005", "4242424242424242")
PRODUCTS = (
    ("Brass reading lamp", 8900),
    ("Storm lantern", 5450),
    ("Paper shade, round", 1990),
    ("Linen curtain, sand", 12050),
    ("Wool throw, moss", 7600),
    ("Loom kit for beginners", 4300),
    ("Bulb, 4 W, warm", 590),
)
TIERS = ("basic", "silver", "gold")
JOBS = (
    ("Owner", "Management"),
    ("Accountant", "Payroll"),
    ("Shop assistant", "Sales"),
    ("Upholsterer", "Workshop"),
    ("Web developer", "IT"),
    ("Courier driver", "Logistics"),
)
LETTERS = (
    ("Where is my parcel?", "I was at home and nobody rang. My phone is {phone}."),
    ("Refund", "Please send the money back to my account {iban}. Thank you, {name}."),
    ("Allergy", "I am allergic to wool grease. Has the throw been treated? {name}"),
    ("Wheelchair", "Can I visit the workshop in a wheelchair? Write to {email}."),
    ("Wrong name", "My surname changed when I married. It is not {name} any more."),
    ("Gift for my son", "He turns eight on Sunday. Can it be there by then?"),
    ("Unsubscribe", "I never asked for the newsletter. Remove {email} from it."),
    ("Invoice", "Our church needs an invoice with its tax number. Regards, {name}"),
)
AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64) Firefox/136.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_3 like Mac OS X)",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64)",
)
ADDRESSES = ("192.0.2.{}", "198.51.100.{}", "203.0.113.{}", "2001:db8::{:x}")

TABLES = """
CREATE TABLE customers (
    customer_id INTEGER PRIMARY KEY,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    phone_number TEXT,
    date_of_birth TEXT,
    street_address TEXT NOT NULL,
    city TEXT NOT NULL,
    postcode TEXT NOT NULL,
    country TEXT NOT NULL,
    loyalty_tier TEXT NOT NULL DEFAULT 'basic',
    avatar BLOB,
    created_at TEXT NOT NULL
);
CREATE TABLE employees (
    employee_number INTEGER PRIMARY KEY,
    full_name TEXT NOT NULL,
    job_title TEXT NOT NULL,
    department TEXT NOT NULL,
    work_email TEXT NOT NULL,
    salary_eur INTEGER NOT NULL,
    bank_account TEXT NOT NULL,
    sick_days INTEGER NOT NULL DEFAULT 0,
    emergency_contact TEXT
);
CREATE TABLE products (
    sku TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    price_cents INTEGER NOT NULL,
    stock INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE orders (
    order_id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers,
    sku TEXT NOT NULL REFERENCES products,
    quantity INTEGER NOT NULL,
    shipping_address TEXT NOT NULL,
    payment_reference TEXT NOT NULL,
    note TEXT,
    ordered_at TEXT NOT NULL
);
CREATE TABLE payments (
    payment_reference TEXT PRIMARY KEY,
    card_holder TEXT NOT NULL,
    card_number TEXT,
    iban TEXT,
    amount_cents INTEGER NOT NULL
);
CREATE TABLE newsletter_subscribers (
    email TEXT PRIMARY KEY,
    first_name TEXT,
    consent_given_at TEXT,
    signup_ip TEXT,
    interests TEXT
);
CREATE TABLE support_tickets (
    ticket_id INTEGER PRIMARY KEY AUTOINCREMENT,
    customer_id INTEGER REFERENCES customers,
    subject TEXT NOT NULL,
    message TEXT NOT NULL,
    assigned_to INTEGER REFERENCES employees
);
CREATE TABLE login_attempts (
    at TEXT NOT NULL,
    email TEXT NOT NULL,
    ip_address TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    succeeded INTEGER NOT NULL
);
CREATE TABLE "gift cards 2026" (
    "code" TEXT PRIMARY KEY,
    "given by" TEXT NOT NULL,
    "message to the recipient" TEXT
);
CREATE VIEW mailing_list AS SELECT first_name, email FROM customers;
"""


def build(path: Path) -> None:
    """Write the database anew."""
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as database:
        database.executescript(TABLES)
        for table, rows in (
            ("customers", customers()),
            ("employees", employees()),
            ("products", products()),
            ("orders", orders()),
            ("payments", payments()),
            ("newsletter_subscribers", subscribers()),
            ("support_tickets", tickets()),
            ("login_attempts", logins()),
            ("gift cards 2026", gift_cards()),
        ):
            fill(database, table, list(rows))
        database.commit()
        database.execute("VACUUM")


def fill(database: sqlite3.Connection, table: str, rows: list[tuple[Any, ...]]) -> None:
    places = ", ".join("?" * len(rows[0]))
    database.executemany(f'INSERT INTO "{table}" VALUES ({places})', rows)  # noqa: S608 - our own names


def name(number: int) -> tuple[str, str]:
    """Given and family name; the two lists have no common divisor, so pairs differ."""
    return GIVEN[number % len(GIVEN)], FAMILY[number % len(FAMILY)]


def plain(text: str) -> str:
    return text.lower().translate(str.maketrans("éřá", "era"))


def email(number: int) -> str:
    given, family = name(number)
    domain = ("example.com", "example.org", "example.net")[number % 3]
    return f"{plain(given)}.{plain(family)}@{domain}"


def phone(number: int) -> str:
    return PHONES[number % len(PHONES)].format(number)


def account(number: int) -> str:
    return ACCOUNTS[number % len(ACCOUNTS)]


def moment(number: int) -> str:
    """A point in time, each some hours after the one before."""
    return (FIRST_DAY + timedelta(hours=5 * number)).isoformat()


def address(number: int) -> str:
    street, city, postcode, country = PLACES[number % len(PLACES)]
    return f"{street}, {postcode} {city}, {country}"


def customers() -> Iterator[tuple[Any, ...]]:
    for number in range(60):
        given, family = name(number)
        born = date(1948, 3, 9) + timedelta(days=397 * number)
        yield (
            number + 1,
            given,
            family,
            email(number),
            phone(number) if number % 3 else None,
            born.isoformat() if number % 4 else None,
            *PLACES[number % len(PLACES)],
            TIERS[number % len(TIERS)],
            b"\x89PNG\r\n\x1a\n" + bytes([number, 255]) if number % 10 == 0 else None,
            moment(number),
        )


def employees() -> Iterator[tuple[Any, ...]]:
    for number in range(12):
        given, family = name(100 + number)
        title, department = JOBS[number % len(JOBS)]
        yield (
            number + 1,
            f"{given} {family}",
            title,
            department,
            f"{plain(given)}@lantern-loom.example.com",
            24_000 + 1_750 * number,
            account(number),
            (number * 5) % 13,
            f"{GIVEN[(number + 4) % len(GIVEN)]} {family}, {phone(60 + number)}",
        )


def products() -> Iterator[tuple[Any, ...]]:
    for number, (title, price) in enumerate(PRODUCTS):
        yield f"LL-{number:03}", title, price, (number * 37) % 90


def orders() -> Iterator[tuple[Any, ...]]:
    for number in range(140):
        customer = (number * 7) % 60
        note = "Please leave it with the neighbours." if number % 9 == 0 else None
        yield (
            number + 1,
            customer + 1,
            f"LL-{number % len(PRODUCTS):03}",
            1 + number % 3,
            address(customer),
            f"ch_{10_000 + number}",
            note,
            moment(number),
        )


def payments() -> Iterator[tuple[Any, ...]]:
    for number in range(140):
        customer = (number * 7) % 60
        by_card = number % 4 != 0
        yield (
            f"ch_{10_000 + number}",
            " ".join(name(customer)).upper(),
            CARDS[number % len(CARDS)] if by_card else None,
            None if by_card else account(number),
            PRODUCTS[number % len(PRODUCTS)][1] * (1 + number % 3),
        )


def subscribers() -> Iterator[tuple[Any, ...]]:
    interests = ("reading", "outdoor lamps", "linen, gifts", "weaving", "antiques")
    for number in range(0, 60, 2):
        yield (
            email(number),
            name(number)[0],
            moment(number) if number % 3 else None,
            ADDRESSES[number % len(ADDRESSES)].format(1 + number),
            interests[number % len(interests)],
        )


def tickets() -> Iterator[tuple[Any, ...]]:
    for number in range(24):
        customer = (number * 11) % 60
        subject, text = LETTERS[number % len(LETTERS)]
        message = text.format(
            name=" ".join(name(customer)),
            email=email(customer),
            phone=phone(customer),
            iban=account(customer),
        )
        yield number + 1, customer + 1, subject, message, 1 + number % 12


def logins() -> Iterator[tuple[Any, ...]]:
    for number in range(80):
        yield (
            moment(number),
            email((number * 13) % 60),
            ADDRESSES[number % len(ADDRESSES)].format(2 + number),
            AGENTS[number % len(AGENTS)],
            int(number % 6 != 5),
        )


def gift_cards() -> Iterator[tuple[Any, ...]]:
    for number in range(8):
        giver = " ".join(name(number * 3))
        message = f"Happy birthday, {name(number * 5 + 1)[0]}! Get well soon."
        yield f"GIFT-{7_000 + 31 * number}", giver, message if number % 2 else None


if __name__ == "__main__":
    build(Path(sys.argv[1]) if sys.argv[1:] else SHOP)
