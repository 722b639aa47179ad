"""Backfill: publishes the files that exist already, in shards, over the cores of a machine or of a cluster."""
