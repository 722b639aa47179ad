"""Fuzzer of damaged files: `python -m tests.fuzz --help`."""
