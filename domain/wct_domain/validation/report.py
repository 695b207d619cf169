"""All remarks on a runbook at once, and the order in which its steps would run."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from wct_domain.components import Components
from wct_domain.inline_connectors import OneForm, in_one_form
from wct_domain.plan import plan_runbook
from wct_domain.runbook import ExecutionStep, Runbook
from wct_domain.schemas import SchemaLoader
from wct_domain.substitution import Unset, as_written
from wct_domain.validation.components import component_remarks
from wct_domain.validation.cycles import cycle_remarks
from wct_domain.validation.flow import schema_remarks, unsaved_remarks
from wct_domain.validation.limits import limit_remarks
from wct_domain.validation.remarks import Location, Remark, error
from wct_domain.validation.sketch import Sketch, sketch
from wct_domain.validation.writing import (
    field_remarks,
    key_remarks,
    name_remarks,
    reference_remarks,
    repeated_key_remarks,
    source_remarks,
    unused_remarks,
)


class Report(NamedTuple):
    """What was found; ``runbook`` is None if ``wct run`` would refuse it."""

    remarks: tuple[Remark, ...]
    runbook: Runbook | None

    @property
    def errors(self) -> int:
        """Number of remarks that are errors."""
        return sum(remark.level == "error" for remark in self.remarks)

    @property
    def warnings(self) -> int:
        """Number of remarks that are warnings."""
        return len(self.remarks) - self.errors

    @property
    def refusals(self) -> tuple[Remark, ...]:
        """Why ``wct run`` refuses the runbook."""
        return tuple(remark for remark in self.remarks if remark.stops_run)

    def execution_order(self) -> list[ExecutionStep]:
        """Return the steps in an order in which they could run one after the other."""
        if self.runbook is None:
            return []
        frontier = plan_runbook(self.runbook).frontier()
        order: list[ExecutionStep] = []
        while ready := frontier.take():
            order += ready
            for step in ready:
                frontier.finish(step.id)
        return order


def examine(
    document: object,
    installed: Components,
    *,
    repeated_keys: Sequence[tuple[Location, int]] = (),
    schemas: SchemaLoader | None = None,
    thorough: bool = True,
    unset: Sequence[Unset] = (),
) -> Report:
    """Check a parsed runbook file against format 1.0.0 and the installed components.

    Args:
        repeated_keys: keys that stand twice in a mapping, with their lines: a parsed
            document no longer shows them.
        schemas: where those that steps would produce have to be; not looked for
            without it.
        thorough: also ask factories whether they can make the components.
        unset: variables that the document names, and the environment lacks.
    """
    form = in_one_form(document)
    written = sketch(form)
    missing = {each.location for each in unset}
    of_components = component_remarks(written, installed, thorough=thorough)
    remarks = (
        *repeated_key_remarks(repeated_keys),
        *map(_of_a_variable, unset),
        *_in_its_place(form, _of_the_text(written)),
        *(
            _as_the_file_has_it(each)
            for each in _in_its_place(form, of_components)
            if each.location not in missing
        ),
        *_in_its_place(form, schema_remarks(written, installed, schemas)),
        *_in_its_place(form, limit_remarks(written)),
    )
    refused = any(remark.stops_run for remark in remarks)
    if written.runbook is None and not refused:
        # The model refuses what nothing above does: its own words, then.
        remarks += tuple(
            error(problem.location, problem.message, stops_run=True)
            for problem in written.problems
        )
        refused = True
    return Report(remarks, None if refused else written.runbook)


def _of_the_text(written: Sketch) -> Iterator[Remark]:
    yield from field_remarks(written)
    yield from source_remarks(written)
    yield from key_remarks(written)
    yield from name_remarks(written)
    yield from reference_remarks(written)
    yield from unused_remarks(written)
    yield from cycle_remarks(written)
    yield from unsaved_remarks(written)


def _in_its_place(form: OneForm, remarks: Iterable[Remark]) -> Iterator[Remark]:
    """Have remarks on what was rewritten name what stands in the file."""
    for remark in remarks:
        yield remark._replace(location=form.place(remark.location))


def _of_a_variable(unset: Unset) -> Remark:
    return error(unset.location, unset.message, unset.way_out, stops_run=True)


def _as_the_file_has_it(remark: Remark) -> Remark:
    """Components quote what they refuse, which may come from the environment."""
    message, way_out = as_written(remark.message), as_written(remark.way_out)
    return remark._replace(message=message, way_out=way_out)
