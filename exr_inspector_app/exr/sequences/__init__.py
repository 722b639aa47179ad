"""Discovery of files and their grouping into frame sequences."""
