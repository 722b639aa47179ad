"""Filter parser and derived columns."""
