"""Filter conditions, filter chips and saved filters."""
