"""Playback of a sequence in the preview: frame strip, clock, and prefetch."""
