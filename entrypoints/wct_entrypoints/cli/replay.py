"""``wct replay``: a run told again from its log."""

import sys
from pathlib import Path

import click

from wct_entrypoints.cli import INTERRUPTED
from wct_entrypoints.cli.completing import run_ids, step_ids, subscriber_names
from wct_entrypoints.cli.shared import (
    LedgerPlace,
    errors_end_the_command,
    json_option,
    ledger_option,
    trust_option,
)


@click.command()
@click.argument("run", metavar="RUN", shell_complete=run_ids)
@click.option(
    "--until",
    metavar="POSITION|STEP",
    shell_complete=step_ids,
    help="Stop behind this event, or behind the last event of this step. A step "
    "whose id is a number: step:7.",
)
@click.option(
    "--step-by-step",
    is_flag=True,
    help="Walk through the run with the keyboard, on a terminal.",
)
@click.option(
    "--verify",
    is_flag=True,
    help="Do the steps again with what is installed, and compare what they come to.",
)
@click.option(
    "--runbook",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With --verify: the runbook, for steps that need a secret of it. Default: "
    "the file that the run was made from.",
)
@click.option(
    "--to",
    "subscriber",
    metavar="NAME",
    shell_complete=subscriber_names,
    help="Tell this subscriber the events of the run, in place of you.",
)
@ledger_option
@json_option
@trust_option
def replay(
    *,
    run: str,
    until: str | None,
    step_by_step: bool,
    verify: bool,
    runbook: Path | None,
    subscriber: str | None,
    ledger: LedgerPlace | None,
    as_json: bool,
) -> None:
    """Tell RUN again from its log: each event, then the state that they make.

    RUN is an id, any beginning of one that is unambiguous, or 'latest'. A line says
    which event it is, when it was recorded, how long after the run's first event, which
    event is its cause, and what happened. With --until it ends where you say, and the
    state is that of then: steps, sources, artifacts, findings. Personal data in it is
    masked; times are local.

    Nothing is executed and nothing is changed: no source is read, no plugin asked,
    unless you say --verify.

    --step-by-step walks: next, back, jump, show the state, show an artifact, quit.

    --json prints one object: run, until (position), events (position, id, type,
    recorded_at (UTC), since (seconds after the first event), text, duration (seconds,
    or null), because_of (position, or null)), remarks, and state, which is what 'wct
    show --json' prints, as it was then.

    --verify does each step again: with its recorded artifact, time and seed, or its
    source read once more; where that is gone or changed, with what 'wct run
    --record-inputs' kept of it. Nothing is recorded. What a step emits must be the
    same, by the digests of its content. Each step is the same, diverged, has an input
    that changed or is not available, or cannot be done again (erased, pruned, never
    ended, out of time, a plugin missing, a secret not at hand). The first divergence is
    shown: what was expected, what came, which findings differ (masked), and which
    versions, rules and parts of the runbook differ from then.

    --to back-fills one subscriber that declares on_replay = "run": it is told the
    events that it wants, once, and what it was told before does not count. Where it
    stands stays as it is. With --json: name, told.

    Exit status of --verify: 0 all the same; 4 a step diverged; 3 none did, but some
    could not be verified.

    --verify --json prints one object: run, steps (step, verdict, why, expected, got,
    findings (appeared, vanished, changed, same; or null), places, source (why it was
    given what is recorded; or null)), first_divergence
    (a step, or null), differs (place, before, after).
    """
    if verify and (until or step_by_step):
        msg = "'--verify' is about all of a run: leave out what stops or walks."
        raise click.UsageError(msg)
    if runbook is not None and not verify:
        msg = "only '--verify' needs a runbook."
        raise click.BadParameter(msg, param_hint="'--runbook'")
    if step_by_step and as_json:
        msg = "walking is for people: leave out '--json'."
        raise click.BadParameter(msg, param_hint="'--step-by-step'")
    if step_by_step and not (sys.stdin.isatty() and sys.stdout.isatty()):
        msg = "walking needs a terminal; '--until' stops at any event without one."
        raise click.BadParameter(msg, param_hint="'--step-by-step'")
    if subscriber is not None and (verify or until or step_by_step):
        msg = "'--to' tells a subscriber all of a run: leave out the other ways."
        raise click.UsageError(msg)
    with errors_end_the_command():
        # Here, because the help needs none of it.
        if verify:
            from wct_entrypoints.cli.verifying import verify as done_again

            sys.exit(done_again(run, runbook, ledger, as_json=as_json))
        if subscriber is not None:
            from wct_entrypoints.cli.backfill import tell_again

            tell_again(run, subscriber, ledger, as_json=as_json)
            return
        from wct_entrypoints.cli.replay_command import print_story, walk_through

        if step_by_step:
            try:
                walk_through(run, until, ledger)
            except KeyboardInterrupt:  # a way to leave it: no word about it
                click.echo()
                sys.exit(INTERRUPTED)
        else:
            print_story(run, until, ledger, as_json=as_json)
