"""What a subscriber declares of itself: a function, or a class, of somebody else's."""

import inspect
from collections.abc import Callable, Collection
from typing import Any, Literal, NamedTuple, TypeAlias, cast, get_args

from wct_domain.errors import SubscriberError
from wct_domain.events import Event
from wct_domain.explaining import ends_process, explain
from wct_domain.ports.bus import Subscriber
from wct_domain.upcasting import CURRENT

OnReplay: TypeAlias = Literal["skip", "run"]
"""Whether a subscriber may be told events that happened long ago."""


class DeclaredSubscriber(NamedTuple):
    """A subscriber that can be called, and what it wants to be told."""

    name: str
    call: Subscriber
    types: tuple[type[Event], ...]  # empty: all
    on_replay: OnReplay
    description: str  # first line of its docstring; may be empty
    from_start: bool = False  # told also what was recorded before it was first seen

    @classmethod
    def of(cls, found: Any, name: str) -> "DeclaredSubscriber":
        """Read what was found: a function, an instance, or a class to make one of.

        ``types`` is a tuple of event classes, ``on_replay`` is ``skip`` or ``run``,
        ``from_start`` is a bool; each may be missing.

        Raises:
            SubscriberError: it is no subscriber; the text says why.
        """
        description = (inspect.getdoc(found) or "").partition("\n")[0]
        made: Any = _made(found, name) if isinstance(found, type) else found
        if not callable(made):
            msg = f"'{name}' cannot be called: a function with one parameter is wanted"
            raise SubscriberError(msg)
        if _is_async(made):
            msg = f"'{name}' is an async function, which nobody would wait for"
            raise SubscriberError(msg)
        call = cast("Subscriber", made)
        return cls(
            name,
            call,
            _types(made, name),
            _on_replay(made, name),
            description,
            _from_start(made, name),
        )


def _is_async(made: object) -> bool:
    call = getattr(type(made), "__call__", None)  # noqa: B004  # the one of an instance
    return any(map(inspect.iscoroutinefunction, (made, call)))


def _made(kind: Callable[[], Any], name: str) -> Any:
    try:
        return kind()
    except BaseException as error:
        # A stranger's code, which may ask the whole process to exit.
        if ends_process(error) and not isinstance(error, SystemExit):
            raise
        msg = f"'{name}' cannot be made: {explain(error)}"
        raise SubscriberError(msg) from error


def _types(found: object, name: str) -> tuple[type[Event], ...]:
    wanted: object = getattr(found, "types", ())
    known: Collection[object] = CURRENT.values()
    if isinstance(wanted, (tuple, list, set, frozenset)):
        types = tuple(cast("Collection[object]", wanted))
        if all(each in known for each in types):
            return cast("tuple[type[Event], ...]", types)
    msg = f"'{name}' has types = {wanted!r}: a tuple of event classes is wanted"
    raise SubscriberError(msg)


def _on_replay(found: object, name: str) -> OnReplay:
    chosen: object = getattr(found, "on_replay", "skip")
    if chosen not in get_args(OnReplay):
        msg = f"'{name}' has on_replay = {chosen!r}: 'skip' or 'run' is wanted"
        raise SubscriberError(msg)
    return cast("OnReplay", chosen)


def _from_start(found: object, name: str) -> bool:
    chosen: object = getattr(found, "from_start", False)
    if not isinstance(chosen, bool):
        msg = f"'{name}' has from_start = {chosen!r}: True or False is wanted"
        raise SubscriberError(msg)
    return chosen
