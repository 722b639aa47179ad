"""Text handling shared by all layers: channel names, escaping, encoding."""
