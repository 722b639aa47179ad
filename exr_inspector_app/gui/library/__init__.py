"""Library pane: paging, facets, and maintenance of published files."""
