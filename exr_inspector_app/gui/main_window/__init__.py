"""Main window: layout, actions, and the presenters that connect the panes."""
