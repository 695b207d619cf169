"""The commands of ``wct``: where each is, and what the help says of it."""

from collections.abc import Mapping

SECTIONS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "Runbooks": {
        "init": ("init", "Write a first runbook for what is here."),
        "validate-runbook": ("validate", "Check a runbook without running it."),
        "generate-schema": ("schema", "Print JSON Schemas: of runbooks, of events."),
        "ls-connectors": ("listing", "List installed connectors."),
        "ls-analysers": ("listing", "List installed analysers."),
        "ls-rulesets": ("listing", "List installed rulesets."),
    },
    "Runs": {
        "run": ("run", "Execute a runbook and record what happens."),
        "resume": ("resume", "Go on with a run that did not succeed."),
        "runs": ("runs", "List recorded runs, newest first."),
        "show": ("show", "Show one run, rebuilt from the ledger."),
        "artifacts": ("artifacts", "List a run's artifacts, or print one."),
        "events": ("events", "Print a run's events, one line each."),
    },
    "How a run came out as it did": {
        "why": ("why", "Say why a step ran, and came out as it did."),
        "diff": ("diff", "Compare two runs: what went in, and what was found."),
        "replay": ("replay", "Tell a run again from its log, event by event."),
        "debug": ("debug", "Do one step again from its recorded input."),
    },
    "Subscribers": {
        "ls-subscribers": (
            "subscriber_list",
            "List subscribers, and how far each has come.",
        ),
        "deliver": ("deliver", "Tell subscribers what is recorded and pending."),
        "rebuild": ("rebuild", "Make rows of subscribers anew."),
    },
    "Proof, copies and erasure": {
        "verify": ("verify", "Prove that a ledger is what was recorded."),
        "export": ("export", "Write a run as a bundle that verifies alone."),
        "import": ("import_run", "Take a run out of a bundle into a ledger."),
        "erase": ("erase", "Erase what a run has stored, for ever."),
        "ledger": ("ledger", "Look after a ledger: copies, retention, room."),
    },
    "This installation": {
        "config": ("config", "Show every setting, and where it comes from."),
        "doctor": ("doctor", "Say how installation and ledger are."),
        "completion": ("completion", "Print what a shell needs to complete commands."),
    },
}
"""Headings of the help, with what stands below each."""

COMMANDS = {
    name: entry for section in SECTIONS.values() for name, entry in section.items()
}
"""Command name to its module in this package and its line of help.

The module has the command as ``<name with underscores>``."""
