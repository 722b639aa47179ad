"""Similar pane: similarity search and its results."""
