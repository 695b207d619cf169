"""How a value is shown to people who need not see it.

========================== =====================================
detector                   form
========================== =====================================
email                      ``b***@e***.com``
iban, payment_card, phone  ``**** 1111``, the last four characters
ipv4, ipv6                 ``192.…``, ``2001:…``, the first group
========================== =====================================

A kind of value that is not in this table is masked as a whole: ``***``.
"""


def mask(detector_name: str, value: str) -> str:
    """Return ``value`` in the form of the table above."""
    match detector_name:
        case "email":
            return _mask_email(value)
        case "iban" | "payment_card" | "phone":
            kept = "".join(sign for sign in value if sign.isalnum())
            return f"**** {kept[-4:]}"
        case "ipv4":
            return f"{value.partition('.')[0]}.…"
        case "ipv6":
            return f"{value.partition(':')[0]}:…"
        case _:
            return "***"


def _mask_email(value: str) -> str:
    local, _, domain = value.replace("%40", "@").partition("@")
    host, _, top = domain.rpartition(".")
    return f"{local[:1]}***@{host[:1]}***.{top}"
