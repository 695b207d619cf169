"""Signatures and signing keys, for commands."""

from wct_adapters.ledgers.ciphers import SigningKey, signature_fits

__all__ = ["SigningKey", "signature_fits"]
