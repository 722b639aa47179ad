"""Pixel decoding in a worker process with limits on time and memory."""
