"""Publish sheet: plan, targets, and the publish job."""
