"""Background tasks and jobs, and the event queue that brings their events to the GUI thread."""
