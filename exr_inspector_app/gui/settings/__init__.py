"""Settings sheet and persistent window state."""
