"""Activity pane: background jobs and their results."""
