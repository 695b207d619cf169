"""Texts of errors as they may be shown: a component may quote data, and secrets."""

from wct_domain.secrecy import without_secrets_in_text


def shown(text: str) -> str:
    """Return ``text`` with its secrets and the values that detectors know masked."""
    # Here, because detectors are needed only where something went wrong.
    from wct_domain.analysis.masking import mask_text

    # Secrets first: a masked value inside one could hide where it ends.
    return mask_text(without_secrets_in_text(text))
