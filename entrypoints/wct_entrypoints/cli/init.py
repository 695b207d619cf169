"""``wct init``: a first runbook, for what is here."""

from pathlib import Path

import click

from wct_entrypoints.cli.shared import errors_end_the_command


@click.command()
@click.argument("target", metavar="[PATH|URL]", default=".")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    default=Path("runbook.yaml"),
    show_default=True,
    help="Write it to this file; - prints it.",
)
def init(*, target: str, output: Path) -> None:
    """Write a first runbook for a directory, a file or a database, and check it.

    Of a directory (by default this one) all files are read, and every SQLite database
    in it; hidden directories and those of packages are left out. Source code is
    analysed as such, where that analyser is installed. A URL names a server:
    mysql://USER@HOST/DATABASE, or postgresql://. A password in it is not written down.

    A file that is there is never replaced. Nothing is scanned, and no server is asked:
    'wct run' does that.
    """
    # Here, because it imports components.
    from wct_entrypoints.cli.init_command import write_first_runbook

    with errors_end_the_command():
        write_first_runbook(target, None if str(output) == "-" else output)
