"""Background task runner and the event queue to the GUI thread."""
