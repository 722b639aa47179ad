"""Vector index, ranking, and explanation of matches."""
