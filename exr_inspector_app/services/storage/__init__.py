"""Storage report of a library: bytes by property, and what other compressions, types and clean-ups would free."""
