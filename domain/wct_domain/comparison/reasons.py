"""Why a step came out as it did: what differs from the last run of the same runbook.

A step's result is a function of what it reads, its components with their properties,
the rules these work by, and the code. Each of these is recorded, so whatever differs
between two runs can be named; what cannot decide a result (descriptions, contacts, the
order of the runbook) is of no account.
"""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, TypeAlias

from wct_domain.comparison.documents import differences
from wct_domain.comparison.facts import RunFacts
from wct_domain.comparison.runs import component_versions
from wct_domain.events import PlannedComponent
from wct_domain.projections.states import StepState, StepStatus

Kind: TypeAlias = Literal[
    "input", "parameter", "rule", "component", "code", "step", "unknown"
]
"""What may differ. ``code``: wct or Python; ``component``: type, plugin or ruleset."""

_VERSIONS: tuple[tuple[str, Any], ...] = (("wct", "wct"), ("python", "Python"))
_OF_A_STEP = (
    *("connector", "input_from", "analyser"),
    *("input_schema", "input_schema_version", "output_schema", "output_schema_version"),
    *("context", "retry", "timeout"),
)


_ENDS = ("", "_version")


class Cause(NamedTuple):
    """One thing that differs, and that a step's result may depend on."""

    kind: Kind
    what: str
    before: Any = None
    after: Any = None
    because: tuple["Cause", ...] = ()  # of an input: why the step before differs


def causes(before: RunFacts, after: RunFacts, step: str) -> tuple[Cause, ...]:
    """Return everything that differs and may decide what a step comes to.

    ``step`` is planned in both runs. What cannot be compared is a cause of the kind
    ``unknown``.
    """
    found = _Causes(before.of_step(step), after.of_step(step))
    return tuple(found.of(step)) or tuple(found.unread(step))


class _Causes:
    def __init__(self, before: RunFacts, after: RunFacts) -> None:
        self._before = before
        self._after = after
        self._one_key = before.origin == after.origin
        # Of a runbook that is gone neither parameters nor rules are known.
        self._readable = before.runbook is not None and after.runbook is not None

    def of(self, step: str) -> Iterator[Cause]:
        one, other = self._before.run.steps[step], self._after.run.steps[step]
        yield from self._settings(step, one, other)
        yield from self._input(one, other)
        for kind, left, right in (
            ("connector", one.plan.connector, other.plan.connector),
            ("analyser", one.plan.analyser, other.plan.analyser),
        ):
            if left is not None and right is not None:
                yield from self._component(kind, left, right)
        yield from self._schemas(step, one, other)
        yield from self._code()

    def unread(self, step: str) -> Iterator[Cause]:
        """Name a source that was read in one of the runs only.

        Where nothing else differs: a step that fails before it reads has no input.
        """
        one, other = self._before.run.steps[step], self._after.run.steps[step]
        if one.plan.connector is None or other.plan.connector is None:
            return
        was, now = self._before.source(one), self._after.source(other)
        if (was is None) != (now is None):
            yield Cause(
                "input",
                f"what {other.plan.connector} read",
                "nothing" if was is None else _read(was.items),
                "nothing" if now is None else _read(now.items),
            )

    def _settings(self, step: str, one: StepState, other: StepState) -> Iterator[Cause]:
        for facts in (self._before, self._after):
            if facts.opening.missing is not None:
                what = f"the runbook of run {facts.run.id}: {facts.opening.missing}"
                yield Cause("unknown", what)
        if not self._readable:
            for name in ("connector", "input_from", "analyser"):
                was, now = getattr(one.plan, name), getattr(other.plan, name)
                if was != now:
                    yield Cause("step", f"step {step} -> {name}", was, now)
            return
        was, now = (
            {key: section.get(key) for key in _OF_A_STEP}
            for section in (
                self._before.section("execution", step),
                self._after.section("execution", step),
            )
        )
        for each in differences(was, now, f"step {step}"):
            yield Cause("step", *each)

    def _input(self, one: StepState, other: StepState) -> Iterator[Cause]:
        if one.plan.connector is not None and other.plan.connector is not None:
            yield from self._source(one, other)
        origin = one.plan.input_from
        if origin is not None and origin == other.plan.input_from:
            yield from self._artifact(origin)

    def _source(self, one: StepState, other: StepState) -> Iterator[Cause]:
        was, now = self._before.source(one), self._after.source(other)
        if was is None or now is None:
            return  # see ``unread``
        what = f"what {now.connector} read"
        if not self._one_key:
            yield Cause("unknown", f"{what}: recorded in two ledgers")
        elif was.content != now.content:
            yield Cause("input", what, _read(was.items), _read(now.items))
        if (was.truncated, was.unreadable) != (now.truncated, now.unreadable):
            yield Cause(
                "input",
                f"what {now.connector} left out",
                _gaps(was.unreadable, truncated=was.truncated),
                _gaps(now.unreadable, truncated=now.truncated),
            )

    def _artifact(self, origin: str) -> Iterator[Cause]:
        one = self._before.run.steps.get(origin)
        other = self._after.run.steps.get(origin)
        if one is None or other is None:
            return
        what = f"the result of step {origin}"
        if one.status != other.status:
            because = causes(self._before, self._after, origin)
            yield Cause("input", what, str(one.status), str(other.status), because)
        elif one.saved != other.saved:
            saved = ("saved", "not saved")
            yield Cause("input", what, saved[not one.saved], saved[not other.saved])
        elif one.result is None or other.result is None:
            return
        elif not self._one_key:
            yield Cause("unknown", f"{what}: recorded in two ledgers")
        elif one.result.content != other.result.content:
            because = causes(self._before, self._after, origin)
            was, now = _read(one.items or 0), _read(other.items or 0)
            yield Cause("input", what, was, now, because)

    def _component(self, kind: str, left: str, right: str) -> Iterator[Cause]:
        section = f"{kind}s"
        was: dict[str, Any] = self._before.section(section, left).get("properties", {})
        now: dict[str, Any] = self._after.section(section, right).get("properties", {})
        if self._readable:
            for each in differences(was, now, f"{kind} {right}"):
                yield Cause("parameter", *each)
        one = self._before.component(kind, left)
        other = self._after.component(kind, right)
        if one is not None and other is not None:
            yield from self._versions(one, other, f"{kind} {right}")

    def _versions(
        self, one: PlannedComponent, other: PlannedComponent, name: str
    ) -> Iterator[Cause]:
        if one.type != other.type:
            yield Cause("component", f"{name} -> type", one.type, other.type)
        was = component_versions(self._before, one)
        now = component_versions(self._after, other)
        found = list(differences(was, now, name))
        # A ruleset whose rules differ one by one needs no line of its own.
        of_rules = [each for each in found if " rules -> " in each.place]
        detailed = {each.place.partition(" rules -> ")[0] for each in of_rules}
        for each in found:
            if each in of_rules:
                yield Cause("rule", each.place.replace(" rules -> ", " -> "), *each[1:])
            elif each.place not in detailed and not each.place.endswith(" rules"):
                yield Cause("component", *each)

    def _schemas(self, step: str, one: StepState, other: StepState) -> Iterator[Cause]:
        """Name schemas that the runbook leaves open, and components now choose."""
        before, after = self._before, self._after
        for side in ("input_schema", "output_schema"):
            was, now = getattr(one, side), getattr(other, side)
            asked = [
                [facts.section("execution", step).get(f"{side}{end}") for end in _ENDS]
                for facts in (before, after)
            ]
            if was and now and was != now and asked[0] == asked[1]:
                yield Cause("component", f"step {step} -> {side}", was, now)

    def _code(self) -> Iterator[Cause]:
        was, now = self._before.opening.versions, self._after.opening.versions
        for key, name in _VERSIONS:
            if was.get(key) != now.get(key):
                yield Cause("code", name, was.get(key), now.get(key))


def same_outcome(before: RunFacts, after: RunFacts, step: str) -> bool | None:
    """Say whether a step came to the same; None: nobody can tell."""
    one, other = before.run.steps[step], after.run.steps[step]
    if StepStatus.PRUNED in (one.status, other.status):
        return None
    if one.status != other.status:
        return False
    if one.status is not StepStatus.SUCCEEDED:
        return one.code == other.code
    if one.result is None or other.result is None or before.origin != after.origin:
        return None
    return one.result.content == other.result.content


def _read(items: int) -> str:
    return f"{items:,} item{'' if items == 1 else 's'}"


def _gaps(unreadable: int, *, truncated: bool) -> str:
    return f"{unreadable:,} unreadable{', cut off by a limit' if truncated else ''}"
