"""Arrow row encoding and decoding of payloads."""
