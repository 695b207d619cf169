"""The domain of wct: facts, what they mean, and what may be asked. No I/O."""

__version__ = "0.1.0"
