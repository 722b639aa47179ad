"""Row encoder and decoder between inspection payloads and Arrow tables."""
