"""The application: command → handler → ledger → bus."""
