"""Color of the preview: menus, exposure, ranges, and scales."""
