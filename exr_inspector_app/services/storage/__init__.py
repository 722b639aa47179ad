"""Storage report of a library: bytes by property, and savings by compression, pixel type and clean-up."""
