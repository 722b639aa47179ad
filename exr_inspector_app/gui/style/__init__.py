"""Theme, icons, formatting, and painting shared by all views."""
