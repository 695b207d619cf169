"""Events of the ledger, delivered to subscribers from a durable cursor."""
