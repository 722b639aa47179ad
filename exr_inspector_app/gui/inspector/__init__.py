"""Inspector pane: structure, attributes, and checks of the selected file."""
