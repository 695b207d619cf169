"""Ships orders, and tells people about it."""

from dataclasses import dataclass


@dataclass
class Parcel:
    """One box on its way."""

    order_id: int
    recipient: str
    shipping_address: str
    phone_number: str | None = None


def label(parcel: Parcel) -> str:
    """What the courier needs: name, address, and a number to ring."""
    lines = [parcel.recipient, parcel.shipping_address]
    if parcel.phone_number:
        lines.append(f"Tel. {parcel.phone_number}")
    return "\n".join(lines)


def invoice(order, customer, bank) -> dict:
    return {
        "invoice_number": f"LL-{order.id:06}",
        "bill_to": customer.full_name,
        "email": customer.email,
        "vat_number": customer.vat_number,
        "pay_to": bank.iban,
        "total": order.total,
    }


# The example that the tests print.
EXAMPLE = Parcel(1, "Amara Okafor", "4 Weaver's Yard, Northport", "+44 161 496 0127")
