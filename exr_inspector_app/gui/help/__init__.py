"""Help window and bug report dialog."""
