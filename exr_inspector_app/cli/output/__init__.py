"""Output of the commands: summaries, lines, tables, and the terminal."""
