"""Options of every command that runs steps."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from wct_domain.risk import LEVELS
from wct_entrypoints import logs
from wct_entrypoints.cli.shared import json_option, ledger_option

Command = TypeVar("Command", bound=Callable[..., Any])


def _no_dash(
    _ctx: click.Context, _param: click.Parameter, value: Path | None
) -> Path | None:
    if value == Path("-"):
        msg = "stdout is for results: name a file, or use 'wct events --follow'"
        raise click.BadParameter(msg)
    return value


_FLAGS = (
    click.option(
        "--output-dir",
        type=click.Path(path_type=Path),
        help="Directory of the results file. Default: outputs.",
    ),
    click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        help="Results file, in the output directory unless absolute. "
        "Default: <time>_<run>_analysis_results.json.",
    ),
    ledger_option,
    click.option(
        "--max-workers",
        type=click.IntRange(min=1),
        metavar="N",
        help="Steps that may run at the same time. Default: one per processor, 2 to 8.",
    ),
    click.option(
        "--fail-on",
        type=click.Choice(LEVELS),
        help="Exit with 4 if a finding has this risk level, or a higher one.",
    ),
    click.option(
        "--exit-zero", is_flag=True, help="Exit with 0 in spite of failed steps."
    ),
    click.option(
        "--evidence",
        type=click.Choice(["masked", "full"]),
        default="masked",
        show_default=True,
        help="Write raw evidence with 'full'. That you did is recorded in the run.",
    ),
    click.option(
        "--record-inputs",
        is_flag=True,
        help="Keep what connectors read, sealed like results, so that steps can be "
        "done again without their sources.",
    ),
    click.option(
        "--events",
        type=click.Path(path_type=Path),
        callback=_no_dash,
        metavar="FILE",
        help="Write each event, as it is recorded, as a line of CloudEvents JSON. "
        "'run' writes the file anew, 'resume' adds to it.",
    ),
    click.option(
        "--subscribe",
        multiple=True,
        metavar="MODULE:CALLABLE",
        help="Tell this function or class of each event; may be repeated.",
    ),
    click.option(
        "--exec",
        "programs",
        multiple=True,
        metavar="'PROGRAM ARGS'",
        help="Feed this program events on stdin, a line of CloudEvents JSON each; may "
        "be repeated. It has to read to the end, and to exit with 0.",
    ),
    click.option(
        "--exec-env",
        "variables",
        multiple=True,
        metavar="NAME",
        help="Pass this variable to the programs of --exec, which get little of the "
        "environment else; may be repeated.",
    ),
    click.option(
        "--webhook",
        "webhooks",
        multiple=True,
        metavar="URL",
        help="Post each event there; may be repeated. Signed with the secrets in "
        "WCT_WEBHOOK_SECRET, if there are any.",
    ),
    click.option(
        "--nats",
        multiple=True,
        metavar="URL",
        help="Publish each event there, for a stream 'wct' of JetStream; may be "
        "repeated. Login: WCT_NATS_TOKEN, or a file WCT_NATS_CREDENTIALS.",
    ),
    click.option(
        "--drain",
        type=click.FloatRange(min=0, max=3600),
        default=2.0,
        show_default=True,
        metavar="SECONDS",
        help="Time that subscribers get when the run has ended.",
    ),
    click.option("-q", "--quiet", is_flag=True, help="Nothing on stderr but errors."),
    json_option,
    click.option(
        "-v",
        "--verbose",
        is_flag=True,
        help="Log everything, and show the traceback of each failed step.",
    ),
    click.option(
        "--log-level",
        type=click.Choice([level.name for level in logs.Level], case_sensitive=False),
        help="Log this and above, to stderr. Default: WARNING; with --log-format json "
        "INFO.",
    ),
    click.option(
        "--log-format",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="Lines on stderr: for people, or one JSON object each.",
    ),
    click.option(
        "--trust-config",
        is_flag=True,
        envvar="WCT_TRUST_CONFIG",
        help="Use the subscribers of a wct.yaml that stands among what is scanned.",
    ),
)


def run_flags(command: Command) -> Command:
    """Give a command all of them, in this order."""
    for flag in reversed(_FLAGS):
        command = flag(command)
    return command
