"""Shared widgets of the window: buttons, fields, tables, tabs, banners, and placeholders."""
