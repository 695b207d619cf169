"""Other people's Python, named as ``package.module:callable``."""

from importlib import import_module
from typing import Any

from wct_domain.errors import SubscriberError
from wct_domain.explaining import ends_process, explain


def load_callable(text: str) -> Any:
    """Import the module and return what is named in it.

    Raises:
        SubscriberError: it is not of that form, or cannot be loaded.
    """
    module, colon, path = text.partition(":")
    if not (module and colon and path):
        msg = f"'{text}' is not of the form package.module:callable"
        raise SubscriberError(msg)
    try:
        found: Any = import_module(module)
        for name in path.split("."):
            found = getattr(found, name)
    except BaseException as error:
        # A stranger's code, which may ask the whole process to exit.
        if ends_process(error) and not isinstance(error, SystemExit):
            raise
        msg = f"'{text}' cannot be loaded: {explain(error)}"
        if isinstance(error, ModuleNotFoundError):
            msg += "; install it, or name its directory in PYTHONPATH"
        raise SubscriberError(msg) from error
    return found
