"""Color management: the space of a file, OpenColorIO configurations, and display transforms; see `help/color.md`."""
