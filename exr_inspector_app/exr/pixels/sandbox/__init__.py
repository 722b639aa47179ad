"""Sandbox of the worker process: the rights that it drops before it reads the first file."""
