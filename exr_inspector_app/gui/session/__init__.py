"""Session pane: opened files, their models, watchers, and jobs."""
