"""Migration of the tables of a VAST Database: schema versions, keys, and rows of other programs."""
