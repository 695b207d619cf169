"""``python -m wct_entrypoints.cli``: the command ``wct``, where it is not installed."""

from wct_entrypoints.cli import main

main(prog_name="wct")
