"""Compare pane: header differences between selected files."""
