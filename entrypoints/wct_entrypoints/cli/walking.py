"""A walk through a run, with the keyboard."""

from collections.abc import Callable, Mapping, Sequence

from wct_domain.errors import WctError
from wct_domain.ports.ledger import Ledger, Recorded
from wct_domain.projections.replay import Walk, place
from wct_entrypoints.cli.keyboard import ESCAPE, Keyboard
from wct_entrypoints.cli.printing import print_lines, wrapped
from wct_entrypoints.cli.replay_text import Story, state_of
from wct_entrypoints.cli.shared import printable


def _arrows(letters: str) -> list[str]:
    """Return what arrow keys send, in either mode of a terminal."""
    return [f"{ESCAPE}{way}{letter}" for letter in letters for way in "[O"]


_KEYS: Mapping[str, str] = {
    **dict.fromkeys(("n", " ", "\r", "\n", *_arrows("CB")), "next"),
    **dict.fromkeys(("b", "p", "\x7f", *_arrows("DA")), "back"),
    "j": "jump",
    "s": "state",
    "a": "artifact",
    **dict.fromkeys(("?", "h"), "help"),
    **dict.fromkeys(("q", "\x04", ESCAPE, ""), "quit"),
}
HELP = "n next · b back · j jump · s state · a artifact · ? help · q quit"


class Walker:
    """Shows a walk on a terminal, and does what the keys say."""

    def __init__(
        self,
        keyboard: Keyboard,
        ledger: Ledger,
        run: str,
        history: Sequence[Recorded],
    ) -> None:
        self._keyboard = keyboard
        self._ledger = ledger
        self._run = run
        self._history = history
        self._walk = Walk(history)
        self._story = Story(history[0] if history else None)
        self._does: Mapping[str, Callable[[], None]] = {
            "next": self._next,
            "back": self._back,
            "jump": self._jump,
            "state": self._state,
            "artifact": self._artifact,
            "help": lambda: _say(HELP),
        }

    def walk(self, start: int = 0) -> None:
        """Walk until somebody quits."""
        _say(f"Run {self._run}, {self._walk.last:,} events")
        _say(HELP)
        print_lines(["", self._story.HEADING])
        if start:
            self._walk.jump(start)
            self._show()
        # A key that does nothing says which do.
        while (does := _KEYS.get(self._keyboard.key(), "help")) != "quit":
            try:
                self._does[does]()
            except WctError as error:
                _say(str(error))

    def _next(self) -> None:
        if self._walk.next():
            self._show()
        else:
            _say("that was the last event")

    def _back(self) -> None:
        if self._walk.back() and self._walk.position:
            self._show()
        else:
            _say("before the first event")

    def _jump(self) -> None:
        wanted = self._keyboard.line("position or step: ")
        if wanted:
            self._walk.jump(place(self._history, wanted))
            self._show()

    def _state(self) -> None:
        if self._walk.state.run.started is None:
            _say("before the first event nothing is known of the run")
            return
        lines = state_of(self._ledger, self._run, self._walk.state, self._history)
        print_lines(["", *lines, ""])

    def _artifact(self) -> None:
        kept = self._walk.state.inventory.kept
        if not kept:
            _say("no step has produced anything yet")
            return
        step = self._keyboard.line(printable(f"of step ({', '.join(kept)}): "))
        if not step:
            return
        # Here, because it needs schemas and detectors, and most walks show none.
        from wct_entrypoints.cli.artifacts import print_masked

        if step not in kept:
            _say(f"step '{step}' has produced nothing up to here")
        else:
            print_masked(self._ledger, self._run, kept[step])

    def _show(self) -> None:
        told = self._walk.told
        if told is not None:
            print_lines([self._story.line(told)])


def _say(line: str) -> None:
    print_lines([wrapped("", line)])
