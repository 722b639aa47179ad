"""Layer palette: thumbnails of all layers, parts and views of a file, with search."""
