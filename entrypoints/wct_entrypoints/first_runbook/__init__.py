"""A first runbook for a place: what is there, and what to write for it."""
