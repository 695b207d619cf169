"""New ids for what commands start."""

from wct_adapters.identity import new_id

__all__ = ["new_id"]
