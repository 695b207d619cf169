"""Where ports meet adapters: the only place that names adapters."""
