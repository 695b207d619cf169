"""The words from which the scan corpus is drawn: ours, about nobody.

Long because it is data; there is nothing to understand in it.
"""

from typing import NamedTuple


class Language(NamedTuple):
    """Sentences with slots: ``[n]`` noun, ``[a]`` adjective, ``[v]`` verb ..."""

    frames: tuple[str, ...]
    personal: tuple[str, ...]  # sentences that name personal data
    slots: tuple[tuple[str, tuple[str, ...]], ...]


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


NOUNS = words(
    """
    item order list value result price stock parcel invoice config index page message
    report table column field query cache batch queue worker window image button label
    layout theme route request response header handler service client server channel
    topic event record entry line branch node leaf tree graph edge path folder file
    stream buffer block chunk offset cursor token rule filter mapper factory builder
    parser reader writer adapter plugin module package version release change patch
    ticket task step stage pipeline schedule timer clock delay retry limit quota budget
    total amount discount tax currency shelf box pallet truck dock warehouse season
    catalogue brand variant colour width depth margin padding border shadow corner grid
    row cell chart axis legend scale map layer tile marker zone region district estate
    supplier contract clause term notice letter manual guide chapter section note
    estimate survey answer question test fixture sample metric counter average median
    range sum product factor matrix vector manage usage storage language landing passage
    sausage carriage coverage
    """
)
VERBS = words(
    """
    get set load save read write open close start stop make build create update remove
    delete find search filter sort merge split parse format render send receive push
    pull fetch store check validate count sum compare copy move rename resolve register
    notify schedule cancel confirm reject approve publish archive
    """
)
ADJECTIVES = words(
    """
    new old small large early late open closed simple quiet heavy light broken complete
    empty spare regular seasonal local internal external shared common careful patient
    rough narrow wide bright dull plain final first second usual
    """
)
PERSONAL = (
    "email address",
    "user email",
    "phone number",
    "mobile phone",
    "date of birth",
    "first name",
    "last name",
    "street address",
    "postal code",
    "credit card number",
    "bank account",
    "ip address",
    "device id",
    "passport number",
    "national id",
    "gender",
    "nationality",
    "blood type",
    "medical record",
    "home address",
    "user id",
    "login name",
    "marital status",
    "salary",
    "location",
)

ENGLISH = Language(
    frames=(
        "the [a] [n] waits beside the [n] until the [n] is [a].",
        "we [v] the [n] before the [n] changes, because a [a] [n] costs time.",
        "every [n] has a [a] [n], and most of them need no [n] at all.",
        "nobody expected the [n] to [v] the [n] again after the [a] [n].",
        "if the [n] is [a], [v] the [n] and try the next [n].",
        "the [n] keeps its [n] for [d] days, then the [a] [n] takes over.",
        "a [n] without a [n] is [a], but it is still a [n].",
        "in that season the [a] [n] came with [d] pages and a [a] [n].",
        "please [v] the [n]; the team will [v] the [a] [n] on Monday.",
        "the message says that the [n] was [a] and the image was not.",
    ),
    personal=(
        "the form asks for an email address and a phone number for the [n].",
        "customers may change their home address or date of birth in the [n].",
        "we keep the IP address of a visitor for [d] days beside the [n].",
        "patients with a chronic diagnosis speak to the [a] [n] first.",
        "the employee gives a bank account before the first salary is paid.",
        "a subscriber can ask that the [n] no longer holds the user name.",
        "consent to marketing emails is a [a] choice, not part of the [n].",
    ),
    slots=(
        ("[n]", NOUNS),
        ("[a]", ADJECTIVES),
        ("[v]", VERBS),
        ("[d]", ("3", "14", "30", "90", "365", "2,400", "1.5")),
    ),
)
GERMAN = Language(
    frames=(
        "der [a] [n] wartet neben dem [n], bis der [n] fertig wird.",
        "wir prüfen den [n], bevor der [a] [n] wieder geöffnet wird.",
        "für jeden [n] gibt es einen [n], doch nicht für jeden [n] ein Maß.",
    ),
    personal=(
        "die E-Mail-Adresse und das Geburtsdatum stehen auf dem [n].",
        "der Kunde nennt seine Telefonnummer und die Straße im [a] [n].",
    ),
    slots=(
        ("[n]", ("Auftrag", "Wagen", "Schlüssel", "Bericht", "Zähler", "Vertrag")),
        ("[a]", ("kleine", "große", "übliche", "späte", "nächste", "grüne")),
    ),
)
FRENCH = Language(
    frames=(
        "le [n] [a] demeure près du [n] jusqu'à la fin de l'été.",
        "nous vérifions le [n] avant que le [n] [a] ne soit fermé.",
        "chaque [n] possède un [n], même si personne ne l'a demandé.",
    ),
    personal=(
        "l'adresse électronique et le numéro de téléphone figurent sur le [n].",
        "le prénom du client précède toujours son nom dans le [n] [a].",
    ),
    slots=(
        ("[n]", ("dossier", "colis", "relevé", "château", "modèle", "crédit")),
        ("[a]", ("léger", "carré", "fermé", "général", "prévu", "ancien")),
    ),
)
POLISH = Language(
    frames=(
        "[a] [n] czeka obok, aż [n] będzie gotowy.",
        "najpierw sprawdzamy [n], później zamykamy [a] [n].",
        "każdy [n] ma własny [n], choć nie każdy jest potrzebny.",
    ),
    personal=(
        "e-mail i telefon klienta są wpisane w [n].",
        "pracownik podaje datę urodzenia, zanim dostanie [a] [n].",
    ),
    slots=(
        ("[n]", ("raport", "wózek", "klucz", "magazyn", "wykaz")),
        ("[a]", ("mały", "duży", "zwykły", "późny", "następny", "żółty")),
    ),
)
JAPANESE = Language(
    frames=(
        "[n]は[n]のそばで待っています。",
        "私たちは[n]を確認してから[n]を閉じます。",
        "すべての[n]に[n]があるわけではありません。",
    ),
    personal=(
        "お客様のメールアドレスと電話番号は[n]に記載されています。",
        "[n]には住所と生年月日が必要です。",
    ),
    slots=(("[n]", ("注文", "倉庫", "報告書", "荷物", "棚", "契約")),),
)
OTHERS = (GERMAN, FRENCH, POLISH, JAPANESE)

GIVEN = words(
    """
    Anna Bruno Clara David Elif Farid Greta Hugo Inès Jonas Katarzyna Lukas Mariam Noé
    Olga Pedro Quentin Rosa Søren Tomasz Ursula Viktor Wanda Xenia Yusuf Zoë
    """
)
FAMILY = words(
    """
    Abel Bergström Castro Dupré Engel Fischer García Hartl Ivanova Jansen Kowalska
    Lindqvist Müller Novák Oduya Petit Quist Rossi Schäfer Tanaka Ueda Varga Weiß Xu
    Yildiz Zieliński
    """
)
_ACCENTED = "àáâäãåèéêëìíîïòóôöõøùúûüýñçłńśźżğ"
_PLAIN = str.maketrans(_ACCENTED, "aaaaaaeeeeiiiioooooouuuuyncLnszzg".lower())


def ascii_name(name: str) -> str:
    return name.lower().translate(_PLAIN).replace("ß", "ss")


DOMAINS = words("example.com example.org mail.example.net post.example shop.example")
NETWORKS = ("192.0.2", "198.51.100", "203.0.113", "10.0.3", "10.20.0", "192.168.7")
# Number ranges that regulators keep free for fiction: GB, US, DE, FR, AU, IE.
FICTIONAL_NUMBERS = (
    ("+44 7700 900", 3),
    ("+44 20 7946 0", 3),
    ("+1 202-555-01", 2),
    ("+1 (415) 555-01", 2),
    ("+49 30 23125 ", 3),
    ("+33 1 99 00 ", 4),
    ("+61 491 570 ", 3),
    ("+353 20 912 ", 4),
)
# Country and pattern of the account part (n digit, a letter).
ACCOUNTS = (
    ("DE", "n" * 18),
    ("FR", "n" * 23),
    ("GB", "aaaa" + "n" * 14),
    ("NL", "aaaa" + "n" * 10),
    ("ES", "n" * 20),
    ("PL", "n" * 24),
    ("BE", "n" * 12),
)
CONTACTS = (
    "write to {name} at {email} or call {phone} before noon.",
    "{name} ({email}) answers questions about the order.",
    "the deposit goes to {iban}, account holder {name}.",
    "call {name} under {phone} when the parcel is ready.",
)

STREETS = ("Mill Lane", "Quay Street", "Lindenweg", "Rue du Moulin", "Plaza Mayor")
TOWNS = ("Northport", "Altstadt", "Vieuxpont", "Nowa Wieś", "Södervik", "Puerto Viejo")
TIERS = ("basic", "silver", "gold")
CURRENCIES = ("EUR", "GBP", "PLN", "USD")
STATES = ("open", "packed", "sent", "returned")
CUSTOMER_HEAD = (
    "customer_id,first_name,last_name,email,phone_number,date_of_birth,"
    "street_address,city,account,tier,created_at"
)
ORDER_HEAD = "order_id,customer_id,ordered_at,product,count,price,currency,state,trace"

METHODS = ("GET", "GET", "GET", "POST", "PUT")
STATUS = ("200", "200", "200", "204", "304", "404", "500")
LEVELS = ("INFO", "INFO", "DEBUG", "WARN", "ERROR")
SYSTEMS = ("X11; Linux x86_64", "Macintosh; OS 14_2_1", "Windows NT 10.0; Win64")

STYLES = {"php": "camel", "js": "camel", "py": "snake", "java": "camel", "sql": "snake"}
REMARKS = {"php": "//", "js": "//", "py": "#", "java": "//", "sql": "--"}
HEADS = {
    "php": "<?php\n\ndeclare(strict_types=1);\n",
    "js": "import { format } from './format.js';\n",
    "py": "from dataclasses import dataclass\n",
    "java": "package shop.core;\n",
    "sql": "BEGIN;\n",
}
CODE: dict[str, tuple[str, ...]] = {
    "php": (
        "    public function {@v}{@c}(array ${@i}, int ${@i} = {@n}): {@c}",
        "    {",
        "        $this->{@i} = $this->{@i}->{@v}($row['{@i}'] ?? null);",
        "        if ($this->{@i} === {@n} && count(${@i}) > 0) {",
        "            return new {@c}(${@i}, '{@x}');",
        "        }",
        "",
        "        foreach ($this->{@v}{@c}() as ${@i}) {",
        "            ${@i}[] = sprintf('%s-%05d', $this->{@i}, {@n});",
        "    }",
        "    /** {@s} */",
        "    private const {@i} = 0x{@x};",
    ),
    "js": (
        "export async function {@v}{@c}({@i}, options = {}) {",
        "  const {@i} = await this.{@i}.{@v}(`/{@i}/${id}`, { {@i}: {@n} });",
        "  if (!{@i} || {@i}.length > {@n}) return null;",
        "  return {@i}.map(({ {@i}, {@i} }) => ({ {@i}, key: '{@x}' }));",
        "}",
        "",
        "  // {@s}",
        "  this.{@i}.on('{@v}', event => this.{@v}{@c}(event.{@i}));",
        "  element.style.margin = `${{@i} + {@n}}px`;",
    ),
    "py": (
        "def {@v}_{@i}({@i}: list[{@c}], limit: int = {@n}) -> {@c} | None:",
        "    {@i} = [row.{@i} for row in {@i} if row.{@i} is not None]",
        "    return {@c}({@i}, {@i}={@n}, checksum='{@x}')",
        "",
        "@dataclass(frozen=True)",
        "class {@c}:",
        "    {@i}: dict[str, int]",
        '    """{@s}"""',
        "    logger.info('{@i}.{@v}', extra={'{@i}': {@n}})",
        "    for index, {@i} in enumerate(self.{@i}.{@v}()):",
    ),
    "java": (
        "    public Optional<{@c}> {@v}{@c}(final List<{@c}> {@i}) {",
        "        return {@i}.stream().filter(i -> i.get{@c}() > {@n}).findFirst();",
        "        this.{@i} = Objects.requireNonNull({@i}, \"{@i}\");",
        "    }",
        "",
        "    @Override",
        "    /* {@s} */",
        "    private static final String {@i} = \"{@x}\";",
        "    private final Map<String, {@c}> {@i} = new HashMap<>({@n});",
    ),
    "sql": (
        "SELECT {@i}, {@i}, count(*) FROM {@i} WHERE {@i} > {@n} GROUP BY {@i};",
        "CREATE TABLE {@i} (id integer PRIMARY KEY, {@i} text, {@i} numeric(10, 2));",
        "INSERT INTO {@i} ({@i}, {@i}) VALUES ({@n}, '{@x}');",
        "UPDATE {@i} SET {@i} = {@n} WHERE {@i} = '{@x}' AND {@i} IS NOT NULL;",
        "-- {@s}",
        "CREATE INDEX {@v}_{@i} ON {@i} ({@i});",
    ),
}  # fmt: skip


def wrap(text: str, width: int) -> str:
    """Break lines at blanks; no ``textwrap``, whose rules differ by version."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        if line and len(line) + len(word) >= width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return "\n".join([*lines, line])
