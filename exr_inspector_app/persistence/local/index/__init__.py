"""On-disk similarity index of the local library."""
