"""Window of exr-inspector: one folder per feature, assembled in `main_window`."""
